//! `cargo xtask demo`: builds what is needed and hands over to the program that plays it.
//!
//! That program is `ringside-demo` in `tests/`, because it is made of the same parts the whole-system tests are.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{setup, step};

/// Opens the windows, or plays a session without a display.
pub(crate) fn demo(sh: &Shell, headless: bool) -> Result<(), Failure> {
    setup::everything(sh)?;
    step::npm(sh, "build")?;
    cargo(sh).args(["build", "--locked", "--workspace", "--bins"]).run()?;
    let has_display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| sh.var_os(name).is_some_and(|it| !it.is_empty()));
    if !headless && !has_display {
        println!("There is no display here, so the session plays on a virtual one.");
    }
    let how = if headless || !has_display { "play" } else { "open" };
    Ok(cmd!(sh, "target/debug/ringside-demo {how}").run()?)
}
