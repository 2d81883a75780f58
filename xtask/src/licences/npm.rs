//! The npm packages of which something is in the windows.

use serde::Deserialize;
use xshell::Shell;

use super::list::{Delivered, Kind};
use super::texts::Texts;
use crate::failure::{Failure, While};

/// Which they are knows only who puts the windows together: a build fails when this list is not what it has bundled
/// (`ui/bundled.config.ts`).
const BUNDLED: [&str; 6] =
    ["@fontsource-variable/inter", "@inlang/paraglide-js", "@tauri-apps/api", "clsx", "svelte", "vite"];

/// After this line come licences of what a build tool contains itself, none of which gets into what it builds.
const OF_THE_TOOL: &str = "# Licenses of bundled dependencies";

#[derive(Deserialize)]
struct Manifest {
    version: String,
    license: String,
}

/// All of them, with what their licence files say.
pub(super) fn delivered(sh: &Shell, texts: &mut Texts) -> Result<Vec<Delivered>, Failure> {
    BUNDLED.iter().map(|name| package(sh, name, texts)).collect()
}

fn package(sh: &Shell, name: &str, texts: &mut Texts) -> Result<Delivered, Failure> {
    let directory = sh.current_dir().join("ui/node_modules").join(name);
    let manifest: Manifest = serde_json::from_str(&sh.read_file(directory.join("package.json"))?)
        .map_err(|cause| Failure::NotJson { what: "an npm package's manifest", cause })?;
    let mut delivered = Delivered {
        name: name.to_owned(),
        version: manifest.version.clone(),
        licence: manifest.license,
        kind: Kind::Npm,
        source: format!("https://www.npmjs.com/package/{name}/v/{}", manifest.version),
        notices: Vec::new(),
        texts: Vec::new(),
    };
    let reading = || format!("reading {}", directory.display());
    let mut files = Vec::new();
    // Not below it: what lies there belongs to packages of its own.
    for entry in std::fs::read_dir(&directory).while_doing(reading())? {
        files.push(entry.while_doing(reading())?.path());
    }
    files.sort();
    for file in files {
        let called = super::below(&directory, &file);
        if !super::is_licence_file(&called) {
            continue;
        }
        let text = sh.read_file(&file)?;
        let text = text.split(OF_THE_TOOL).next().unwrap_or_default();
        delivered.add(&texts.add(&format!("{name}/{called}"), text));
    }
    if delivered.texts.is_empty() {
        return Err(Failure::NoLicence { package: delivered.name, expression: delivered.licence });
    }
    Ok(delivered)
}
