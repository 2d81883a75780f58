//! `cargo xtask demo`: builds what is needed and hands over to the program that plays it.
//!
//! That program is `ringside-demo` in `tests/`, because it is made of the same parts the whole-system tests are. What a
//! demo does not need is neither installed nor compiled: a newcomer waits for this.

use std::thread;

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::setup::{self, npm};
use crate::step;
use crate::timing::Timings;

/// The programs of a demo that need no system library but the C library.
const WITHOUT_WINDOWS: [&str; 3] = ["ringside-api", "ringside-demo", "ringside-sign-in"];
/// The desktop application.
const APPLICATION: &str = "ringside";

/// Opens the windows, or plays a session without a display.
pub(crate) fn demo(sh: &Shell, headless: bool) -> Result<(), Failure> {
    let has_display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| sh.var_os(name).is_some_and(|it| !it.is_empty()));
    let headless = headless || !has_display;
    if !has_display {
        println!("There is no display here, so the session plays on a virtual one.");
    }
    let timings = Timings::start();
    prepare(sh, headless, &timings)?;
    if headless {
        timings.step("session", || Ok(cmd!(sh, "target/debug/ringside-demo play").run()?))?;
        println!("\n{}", timings.table());
        return Ok(());
    }
    println!("\n{}", timings.table());
    Ok(cmd!(sh, "target/debug/ringside-demo open").run()?)
}

/// Installs and builds everything.
///
/// Installing packages hardly uses the processor, so it runs beside the compilation of the programs that do not need
/// them. The pages of the windows are built at the same time; the application contains them.
fn prepare(sh: &Shell, headless: bool, timings: &Timings) -> Result<(), Failure> {
    let system = setup::demo_packages(sh, headless)?;
    npm::check_node(sh)?;
    let npm_installed = npm::are_installed(sh)?;
    thread::scope(|scope| {
        let installing = system.as_ref().map(|packages| {
            scope.spawn(move || timings.step("Debian packages", || packages.install_quietly(&crate::shell()?)))
        });
        let pages = scope.spawn(|| {
            let sh = crate::shell()?;
            timings.step("npm packages", || npm::packages(&sh))?;
            timings.step("pages of the windows", || step::npm(&sh, "build"))
        });
        // When nothing is to be installed, one compilation of everything is faster than two in a row.
        let compiled = if installing.is_some() || !npm_installed {
            timings.step("server and demo programs", || build(sh, &WITHOUT_WINDOWS))
        } else {
            Ok(())
        };
        let installed = installing.map_or(Ok(()), |thread| thread.join().expect("it does not panic"));
        let built = pages.join().expect("it does not panic");
        installed.and(built).and(compiled)
    })?;
    timings.step("application", || build(sh, &[&WITHOUT_WINDOWS, [APPLICATION].as_slice()].concat()))
}

/// Compiles these programs. As part of the whole workspace, so that features are those everything else is built with,
/// and nothing is compiled twice.
fn build(sh: &Shell, programs: &[&str]) -> Result<(), Failure> {
    let programs = programs.iter().flat_map(|program| ["--bin", program]);
    Ok(cargo(sh).args(["build", "--locked", "--workspace"]).args(programs).run()?)
}
