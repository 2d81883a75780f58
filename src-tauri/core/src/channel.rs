//! Which releases an installation is offered.

use serde::{Deserialize, Serialize};

/// Which releases an installation wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Those for everybody.
    #[default]
    Stable,
    /// Those for whoever tries them first, as well.
    Beta,
}

impl Channel {
    /// The channel as it is written in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
        }
    }
}
