//! The npm packages whose code is in the windows.

use serde::Deserialize;
use xshell::Shell;

use super::list::{Dependency, Kind};
use super::texts::Texts;
use crate::failure::{Failure, IoContext};

/// Only the bundler knows which these are: a build fails if it bundled something else (`ui/bundled.config.ts`).
const BUNDLED: [&str; 12] = [
    "@fontsource-variable/inter",
    "@inlang/paraglide-js",
    "@tauri-apps/api",
    "clsx",
    "d3-array",
    "d3-path",
    "d3-shape",
    "d3-time",
    "rolldown",
    "svelte",
    "uqr",
    "vite",
];

/// After this line come the licences of a build tool's own dependencies, which are not in what it builds.
const TOOL_DEPENDENCIES: &str = "# Licenses of bundled dependencies";

#[derive(Deserialize)]
struct Manifest {
    version: String,
    license: String,
}

/// All of them, with the contents of their licence files.
pub(super) fn dependencies(sh: &Shell, texts: &mut Texts) -> Result<Vec<Dependency>, Failure> {
    BUNDLED.iter().map(|name| dependency(sh, name, texts)).collect()
}

fn dependency(sh: &Shell, name: &str, texts: &mut Texts) -> Result<Dependency, Failure> {
    let directory = sh.current_dir().join("ui/node_modules").join(name);
    let manifest: Manifest = serde_json::from_str(&sh.read_file(directory.join("package.json"))?)
        .map_err(|cause| Failure::NotJson { what: "an npm package's manifest", cause })?;
    let mut dependency = Dependency {
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
    // Not in subdirectories, which may contain other packages.
    for entry in std::fs::read_dir(&directory).context(reading())? {
        files.push(entry.context(reading())?.path());
    }
    files.sort();
    for file in files {
        let file_name = super::relative(&directory, &file);
        if !super::is_licence_file(&file_name) {
            continue;
        }
        let text = sh.read_file(&file)?;
        let text = text.split(TOOL_DEPENDENCIES).next().unwrap_or_default();
        dependency.add(&texts.add(&format!("{name}/{file_name}"), text));
    }
    if dependency.texts.is_empty() {
        return Err(Failure::NoLicence { package: dependency.name, expression: dependency.licence });
    }
    Ok(dependency)
}
