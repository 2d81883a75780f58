//! The units that weights are loaded in.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A unit of weight.
    WeightUnit {
        /// Kilograms.
        Kg = "kg",
        /// Pounds.
        Lb = "lb",
    }
}

#[allow(clippy::derivable_impls, reason = "a vocabulary has no attributes on its words")]
impl Default for WeightUnit {
    fn default() -> Self {
        Self::Kg
    }
}

/// The kilograms of a pound, by its definition (the international avoirdupois pound, 1959).
pub const KG_PER_LB: f64 = 0.453_592_37;

impl WeightUnit {
    /// A weight in this unit, in kilograms to three decimals, so that pounds read back as they were written.
    pub fn kilograms(self, weight: f64) -> f64 {
        let kg = if self == Self::Lb { weight * KG_PER_LB } else { weight };
        (kg * 1_000.0).round() / 1_000.0
    }

    /// The step in which weights are loaded, in hundred-thousandths of a gram: 2.5 kg, or 5 lb of 453.59237 g.
    fn step(self) -> i64 {
        match self {
            Self::Lb => 5 * 45_359_237,
            Self::Kg | Self::Unknown(_) => 250_000_000,
        }
    }

    /// The nearest weight that can be loaded, in kilograms to three decimals; of two that are as near, the heavier.
    pub fn loadable(self, kg: f64) -> f64 {
        #[allow(clippy::cast_possible_truncation, reason = "a weight in grams is far below 2^52")]
        let grams = (kg * 1_000.0).round() as i64;
        let steps = (2 * grams * 100_000 + self.step()).div_euclid(2 * self.step());
        let grams = (2 * steps * self.step() + 100_000).div_euclid(200_000);
        #[allow(clippy::cast_precision_loss, reason = "a weight in grams is far below 2^52")]
        let grams = grams as f64;
        grams / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn b58_a_weight_in_pounds_is_kept_to_three_decimals() {
        assert!((WeightUnit::Lb.kilograms(45.0) - 20.412).abs() < 1e-12);
        assert!((WeightUnit::Kg.kilograms(62.5) - 62.5).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn b58_pounds_read_back_as_they_were_written(hundredths in 0_u32..440_000) {
            let pounds = f64::from(hundredths) / 100.0;
            let back = WeightUnit::Lb.kilograms(pounds) / KG_PER_LB;
            prop_assert!(((back * 100.0).round() - f64::from(hundredths)).abs() < 1e-9);
        }
    }

    #[test]
    fn b32_weights_are_rounded_to_what_can_be_loaded() {
        for (unit, exact, loadable) in [
            (WeightUnit::Kg, 81.2, 80.0),
            (WeightUnit::Kg, 81.25, 82.5),
            (WeightUnit::Kg, 0.0, 0.0),
            (WeightUnit::Kg, -18.0, -17.5),
            (WeightUnit::Lb, 83.0, 83.915),
            (WeightUnit::Lb, 45.359, 45.359),
        ] {
            assert!((unit.loadable(exact) - loadable).abs() < 1e-9, "{exact} {unit:?}: {}", unit.loadable(exact));
        }
    }
}
