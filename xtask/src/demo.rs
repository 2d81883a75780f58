//! `cargo xtask demo`: builds what is needed and hands over to the program that plays it.
//!
//! That program is `ringside-demo` in `tests/`, because it is made of the same parts the whole-system tests are.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{setup, step};

/// The programs a demo runs. Only they are compiled: a newcomer waits for this.
const PROGRAMS: &[&str] = &["ringside", "ringside-api", "ringside-demo", "ringside-sign-in"];

/// Opens the windows, or plays a session without a display.
pub(crate) fn demo(sh: &Shell, headless: bool) -> Result<(), Failure> {
    let has_display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| sh.var_os(name).is_some_and(|it| !it.is_empty()));
    let headless = headless || !has_display;
    if !has_display {
        println!("There is no display here, so the session plays on a virtual one.");
    }
    setup::demo(sh, headless)?;
    step::npm(sh, "build")?;
    let programs = PROGRAMS.iter().flat_map(|program| ["--bin", program]);
    cargo(sh).args(["build", "--locked", "--workspace"]).args(programs).run()?;
    let how = if headless { "play" } else { "open" };
    Ok(cmd!(sh, "target/debug/ringside-demo {how}").run()?)
}
