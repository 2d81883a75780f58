//! Kilograms and pounds: what a unit is called, and which one a silent file means.

use training::imports::{UnitFinding, UnitSource, WeightUnit};

use crate::fold::fold;

/// The metres of a mile, by its definition.
pub(crate) const METRES_PER_MILE: f64 = 1_609.344;

/// The unit that is called this, in one of the languages of the trackers.
pub(crate) fn unit_called(word: &str) -> Option<WeightUnit> {
    match fold(word).trim_end_matches('.') {
        "kg" | "kgs" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kilogramm" | "quilos" | "кг" | "公斤" => {
            Some(WeightUnit::Kg)
        }
        "lb" | "lbs" | "pound" | "pounds" | "pfund" | "libras" | "libbre" | "фунт" | "фунты" | "磅" => {
            Some(WeightUnit::Lb)
        }
        _ => None,
    }
}

/// What the weights of a silent file tell about their unit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence {
    like_kg: u32,
    like_lb: u32,
}

impl Evidence {
    /// Counts a weight. Bars of 20 kg with plates of 20 give 60, 100, 140; plates of 1.25 kg give halves. Bars of 45 lb
    /// with plates of 45 give 135, 225, 315, and with those of 5 and 10 whatever ends in 5.
    pub(crate) fn count(&mut self, weight: f64) {
        let is_multiple = |of: f64, beyond: f64| ((weight - beyond) / of).fract().abs() < 1e-9;
        if weight <= 0.0 {
        } else if is_multiple(5.0, 2.5) || is_multiple(2.5, 1.25) || is_multiple(40.0, 20.0) {
            self.like_kg += 1;
        } else if weight >= 45.0 && is_multiple(10.0, 5.0) {
            self.like_lb += 1;
        }
    }

    /// The unit, which the request may say.
    pub(crate) fn finding(self, requested: Option<WeightUnit>) -> UnitFinding {
        let Self { like_kg, like_lb } = self;
        let (unit, source) = match requested {
            Some(unit) => (unit, UnitSource::Request),
            // 85 kg is 2 × 32.5 + 20: a third of the weights in kilograms end in 5 as well.
            None if like_lb > 2 * like_kg => (WeightUnit::Lb, UnitSource::Evidence),
            None if like_kg > 0 => (WeightUnit::Kg, UnitSource::Evidence),
            None => (WeightUnit::Kg, UnitSource::Assumed),
        };
        UnitFinding { unit, source, like_kg, like_lb }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(weights: &[f64]) -> (WeightUnit, UnitSource) {
        let mut evidence = Evidence::default();
        for &weight in weights {
            evidence.count(weight);
        }
        let finding = evidence.finding(None);
        (finding.unit, finding.source)
    }

    #[test]
    fn the_plates_tell_the_unit() {
        assert_eq!(told_by(&[60.0, 62.5, 80.0, 85.0, 100.0, 22.5]), (WeightUnit::Kg, UnitSource::Evidence));
        assert_eq!(told_by(&[45.0, 95.0, 135.0, 185.0, 225.0, 100.0]), (WeightUnit::Lb, UnitSource::Evidence));
        assert_eq!(told_by(&[0.0, 10.0]), (WeightUnit::Kg, UnitSource::Assumed));
        assert_eq!(Evidence::default().finding(Some(WeightUnit::Lb)).source, UnitSource::Request);
    }
}
