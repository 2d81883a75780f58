//! Pages of lists: how long one is, and whether another follows.

use training::ProblemCode;

use super::ApiError;

/// How many entries of a list are asked for, 1 to [`PageSize::MAX`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageSize(u32);

impl PageSize {
    /// The longest page.
    pub(crate) const MAX: u32 = 100;

    /// What a request asks for, or the list's default.
    pub(crate) fn of(asked: Option<u32>, default: u32) -> Result<Self, ApiError> {
        let size = asked.unwrap_or(default);
        if (1..=Self::MAX).contains(&size) {
            Ok(Self(size))
        } else {
            Err(ApiError::new(ProblemCode::InvalidParameter).detail(format!("limit must be 1 to {}", Self::MAX)))
        }
    }

    /// How many rows to read: one more than the page has, which tells whether another page follows.
    pub(crate) fn rows(self) -> u32 {
        self.0 + 1
    }

    /// Cuts the rows that were read to a page; returns its last one if another page follows.
    pub(crate) fn cut<T>(self, rows: &mut Vec<T>) -> Option<&T> {
        let size = self.0 as usize;
        let is_last = rows.len() <= size;
        rows.truncate(size);
        rows.last().filter(|_| !is_last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_at_most_its_size_and_says_whether_another_follows() {
        let size = PageSize::of(Some(2), 50).expect("allowed");
        for (read, page, last) in [(vec![], 0, None), (vec![1, 2], 2, None), (vec![1, 2, 3], 2, Some(2))] {
            let mut rows = read;
            assert_eq!(size.cut(&mut rows).copied(), last);
            assert_eq!(rows.len(), page);
        }
        assert_eq!(PageSize::of(None, 50).expect("allowed").rows(), 51);
        for size in [0, 101] {
            assert_eq!(PageSize::of(Some(size), 50).expect_err("refused").code, ProblemCode::InvalidParameter);
        }
    }
}
