//! Weights in whole grams and distances in whole millimetres, so that what is compared is exact and sums are the same in
//! every order. The wire has kilograms and metres, with up to three decimals.

/// A quantity in thousandths, rounded; none for what is no weight and no distance.
pub(super) fn thousandths(quantity: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "checked to be far within the range of both")]
    (quantity.abs() <= 1_000_000.0).then(|| (quantity * 1_000.0).round() as i64)
}

/// So many thousandths as a quantity.
pub(super) fn from_thousandths(thousandths: i64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "grams and millimetres of one person are far below 2^52")]
    let thousandths = thousandths as f64;
    thousandths / 1_000.0
}
