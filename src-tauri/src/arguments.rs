//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;
use ringside_core::{Profile, ServerUrl};

use crate::link::Link;

/// Live training sessions between a trainer and an athlete.
#[derive(Parser)]
#[command(name = "ringside", version)]
pub(crate) struct Arguments {
    /// The profile this window is bound to; each has its own sign-in and data [default: default, or on a kiosk that
    /// of the member in the foreground]
    #[arg(long)]
    pub(crate) profile: Option<Profile>,
    /// The server, whatever the configuration says: https, or http on this machine
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<ServerUrl>,
    /// The data directory [default: the system's place for application data]
    #[arg(long, env = "RINGSIDE_HOME", value_name = "DIRECTORY")]
    pub(crate) home: Option<PathBuf>,
    /// Size and place of the window in pixels, as WIDTHxHEIGHT+X+Y
    #[arg(long, value_name = "GEOMETRY")]
    pub(crate) geometry: Option<Geometry>,
    /// A link to open: to a session, or an invitation
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<Link>,
}

impl Arguments {
    /// The profile this window is bound to, as the system sees it.
    pub(crate) fn profile_or_default(&self) -> Profile {
        self.profile.clone().unwrap_or_default()
    }
}

/// Size and position of a window, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The text is not a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a geometry is written WIDTHxHEIGHT+X+Y, as in 1280x800+0+0")]
pub(crate) struct InvalidGeometry;

impl FromStr for Geometry {
    type Err = InvalidGeometry;

    fn from_str(text: &str) -> Result<Self, InvalidGeometry> {
        let mut numbers = text.split(['x', '+']).map(|number| number.parse::<u16>().map(f64::from));
        let mut next = || numbers.next().and_then(Result::ok).ok_or(InvalidGeometry);
        let geometry = Self { width: next()?, height: next()?, x: next()?, y: next()? };
        let is_whole = text.matches('x').count() == 1 && text.matches('+').count() == 2;
        if is_whole && geometry.width > 0.0 && geometry.height > 0.0 { Ok(geometry) } else { Err(InvalidGeometry) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometry_is_parsed_in_the_form_of_x11_programs() {
        assert_eq!("1280x800+960+0".parse(), Ok(Geometry { width: 1280.0, height: 800.0, x: 960.0, y: 0.0 }));
        for text in ["", "1280x800", "1280+800+0+0", "0x0+0+0", "ax1+0+0", "1x1+0+0+0", "1x1-0+0"] {
            assert_eq!(text.parse::<Geometry>(), Err(InvalidGeometry), "{text:?}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
