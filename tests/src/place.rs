//! Where a window is on its display.

/// A window's position on its display.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Left edge and top edge, in pixels.
    pub at: (u16, u16),
    /// Width and height, in pixels.
    pub size: (u16, u16),
}

impl Place {
    /// The usual size, on the left.
    pub const LEFT: Self = Self { at: (0, 0), size: (1280, 800) };
    /// The usual size, on the right.
    pub const RIGHT: Self = Self { at: (1280, 0), size: (1280, 800) };
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ((x, y), (width, height)) = (self.at, self.size);
        write!(f, "{width}x{height}+{x}+{y}")
    }
}
