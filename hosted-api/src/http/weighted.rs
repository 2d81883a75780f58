//! Elements of `Accept` and `Accept-Language`, with their weights.

/// A media range or a language without its parameters, and its weight, 0 (not acceptable) to 1 (RFC 9110, section
/// 12.4.2). None if the weight can't be parsed, because then the meaning is unclear.
pub(crate) fn parse_weighted(element: &str) -> Option<(&str, f32)> {
    let mut parts = element.split(';').map(str::trim);
    let what = parts.next()?;
    let weight = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("q").then_some(value)
    });
    let weight: f32 = weight.map_or(Ok(1.0), str::parse).ok()?;
    (0.0..=1.0).contains(&weight).then_some((what, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_range_from_zero_to_one() {
        for (element, expected) in [
            ("de", Some(("de", 1.0))),
            (" de-AT ; q=0.5", Some(("de-AT", 0.5))),
            ("text/html;level=1;Q=0", Some(("text/html", 0.0))),
            ("", Some(("", 1.0))),
            ("de;q=", None),
            ("de;q=x", None),
            ("de;q=NaN", None),
            ("de;q=-1", None),
            ("de;q=7", None),
        ] {
            assert_eq!(parse_weighted(element), expected, "{element:?}");
        }
    }
}
