//! Sizes of what is delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::machine::root;
use crate::problem::{Problem, io};
use crate::report::Row;

/// The server's program.
pub(crate) fn server() -> Result<Row, Problem> {
    let size = of_files(&[root().join("target/release/ringside-api")])?;
    Ok(Row { what: "size of `ringside-api`".to_owned(), figure: megabytes(size), goal: "" })
}

/// The windows' bundle: what a start loads for a trainer and for an athlete and, as text, the total.
pub(crate) fn bundle() -> Result<Row, Problem> {
    let dist = root().join("ui/dist");
    let path = dist.join("index.html");
    let page = std::fs::read_to_string(&path).map_err(io(format!("reading {}", path.display())))?;
    let assets = dist.join("assets");
    let scripts = texts(&assets, "js")?;
    let trainer = start(&scripts, &page, "TrainerView-")?;
    let athlete = start(&scripts, &page, "AthleteView-")?;
    let style = compressed(&texts(&assets, "css")?, named(&page, "css"))?;
    let all = compressed(&scripts, scripts.keys().map(String::as_str))?;
    let [trainer, athlete, style, all] = [trainer, athlete, style, all].map(kilobytes);
    Ok(Row {
        what: "what a start loads of the windows' bundle, gzip".to_owned(),
        figure: format!(
            "{trainer} JavaScript for a trainer, {athlete} for an athlete, {style} CSS; {all} JavaScript in all"
        ),
        goal: "≤ 80 KB of JavaScript",
    })
}

/// What the charts load that no start does: their scripts, and their texts in the language that has most of them.
pub(crate) fn charts() -> Result<Row, Problem> {
    let dist = root().join("ui/dist");
    let path = dist.join("index.html");
    let page = std::fs::read_to_string(&path).map_err(io(format!("reading {}", path.display())))?;
    let scripts = texts(&dist.join("assets"), "js")?;
    let started = start(&scripts, &page, "AthleteView-")?;
    let with_charts = start_with(&scripts, &page, &["AthleteView-", "charts-"])?;
    let figure = kilobytes(with_charts - started);
    Ok(Row { what: "JavaScript that the charts load when they are wanted, gzip".to_owned(), figure, goal: "≤ 20 KB" })
}

/// The total size of these files, in bytes.
pub(crate) fn of_files(files: &[PathBuf]) -> Result<u64, Problem> {
    let size = |path: &PathBuf| Ok(path.metadata().map_err(io(format!("measuring {}", path.display())))?.len());
    files.iter().map(size).sum()
}

/// Megabytes of a million bytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// Kilobytes of 1024 bytes, as the budget in `ui/budget.config.ts` counts them.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

/// The files of a kind, by their names.
fn texts(assets: &Path, extension: &str) -> Result<BTreeMap<String, String>, Problem> {
    let what = || format!("reading {}", assets.display());
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(assets).map_err(io(what()))? {
        let path = entry.map_err(io(what()))?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else { continue };
        if path.extension().is_some_and(|it| it == extension) {
            texts.insert(name.to_owned(), std::fs::read_to_string(&path).map_err(io(what()))?);
        }
    }
    Ok(texts)
}

/// The total size of these files, each compressed as in that budget.
fn compressed<'a>(
    texts: &BTreeMap<String, String>,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<usize, Problem> {
    let mut size = 0;
    for name in names {
        let what = || format!("compressing {name}");
        let text = texts.get(name).ok_or_else(|| Problem::Unexpected(format!("the bundle has no {name}")))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).map_err(io(what()))?;
        size += encoder.finish().map_err(io(what()))?.len();
    }
    Ok(size)
}

/// The size of what a part's start loads: its scripts, and their texts in the language that has most of them.
fn start(scripts: &BTreeMap<String, String>, page: &str, view: &str) -> Result<usize, Problem> {
    start_with(scripts, page, &[view])
}

/// The size of what these parts of the bundle load together.
fn start_with(scripts: &BTreeMap<String, String>, page: &str, views: &[&str]) -> Result<usize, Problem> {
    let mut loaded = BTreeSet::new();
    for view in views {
        loaded.extend(start_of(scripts, page, view)?);
    }
    let code = compressed(scripts, loaded)?;
    let mut languages = BTreeMap::new();
    for (name, language) in texts_of(scripts, &[&["index-"], views].concat()) {
        *languages.entry(language).or_default() += compressed(scripts, [name])?;
    }
    let texts: usize = languages.into_values().max().unwrap_or_default();
    Ok(code + texts)
}

/// The files of texts that come with these scripts, and the language of each: `texts-index-<hash>.de.js`.
fn texts_of<'a>(scripts: &'a BTreeMap<String, String>, names: &[&str]) -> Vec<(&'a str, &'a str)> {
    let belongs = |name: &str| name.strip_prefix("texts-").is_some_and(|of| names.iter().any(|it| of.starts_with(it)));
    let files = scripts.keys().map(String::as_str).filter(|name| belongs(name));
    files.filter_map(|name| Some((name, name.split('.').nth(1)?))).collect()
}

/// The names of the scripts loaded at a part's start: what `page` loads, the part's script, whose name begins with that
/// of its view, and what these import.
fn start_of<'a>(
    scripts: &'a BTreeMap<String, String>,
    page: &'a str,
    view: &str,
) -> Result<BTreeSet<&'a str>, Problem> {
    let own = scripts.keys().find(|name| name.starts_with(view));
    let own = own.ok_or_else(|| Problem::Unexpected(format!("the bundle has no {view}*.js")))?;
    let mut wanted = named(page, "js");
    wanted.push(own);
    let mut loaded = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if loaded.insert(name) {
            wanted.extend(scripts.get(name).into_iter().flat_map(|code| imported(code)));
        }
    }
    Ok(loaded)
}

/// The names of the scripts that `code` imports statically, as Vite writes them: `from"./x.js"`. Dynamic imports are in
/// parentheses.
fn imported(code: &str) -> Vec<&str> {
    let paths = code.match_indices("\"./").map(|(at, quote)| (&code[..at], &code[at + quote.len()..]));
    let statements = paths.filter(|(before, _)| before.ends_with("from") || before.ends_with("import"));
    statements.filter_map(|(_, after)| after.split('"').next()).collect()
}

/// The names of the files of a kind that `page` itself loads: the entry and what the entry imports, which Vite adds as
/// preloads. The page does not name dynamic imports.
fn named<'a>(page: &'a str, extension: &str) -> Vec<&'a str> {
    // Between quotes: every second part.
    let quoted = page.split('"').skip(1).step_by(2);
    let names = quoted.filter_map(|path| path.strip_prefix("./assets/"));
    names.filter(|name| Path::new(name).extension().is_some_and(|it| it == extension)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html lang="de"><meta name="viewport" content="width=device-width, initial-scale=1" />
        <script type="module" crossorigin src="./assets/index-C.js"></script>
        <link rel="modulepreload" crossorigin href="./assets/shared-B.js">
        <link rel="stylesheet" crossorigin href="./assets/index-D.css"></html>"#;

    #[test]
    fn a_start_loads_the_entry_and_its_imports() {
        assert_eq!(named(PAGE, "js"), ["index-C.js", "shared-B.js"]);
        assert_eq!(named(PAGE, "css"), ["index-D.css"]);
        assert!(named(PAGE, "woff2").is_empty());
    }

    #[test]
    fn a_part_loads_its_script_and_its_imports() {
        let scripts = [
            ("index-C.js", r#"import{a}from"./shared-B.js";const b=()=>import(`./TrainerView-A.js`);"#),
            ("shared-B.js", "export{a}"),
            ("TrainerView-A.js", r#"import{c as d}from"./index-C.js";import"./plan-E.js";import("./Settings-F.js")"#),
            ("plan-E.js", r#"import{a}from"./shared-B.js";"#),
            ("Settings-F.js", ""),
        ];
        let scripts = BTreeMap::from(scripts.map(|(name, code)| (name.to_owned(), code.to_owned())));
        let trainer = start_of(&scripts, PAGE, "TrainerView-").expect("a trainer's script");
        assert_eq!(Vec::from_iter(trainer), ["TrainerView-A.js", "index-C.js", "plan-E.js", "shared-B.js"]);
        start_of(&scripts, PAGE, "AthleteView-").expect_err("there is no athlete's script");
    }

    #[test]
    fn a_start_loads_the_texts_of_one_language() {
        let page = r#"<script src="./assets/index-C.js"></script>"#;
        let scripts = [
            ("index-C.js", "start()"),
            ("TrainerView-A.js", "plan()"),
            ("texts-index-a-_4.de.js", "Abbrechen Zurück Schließen"),
            ("texts-index-a-_4.en.js", "Cancel"),
            ("texts-TrainerView-b.de.js", "Runde"),
            ("texts-TrainerView-b.en.js", "Round"),
            ("texts-AthleteView-c.de.js", "Pause"),
        ];
        let scripts = BTreeMap::from(scripts.map(|(name, code)| (name.to_owned(), code.to_owned())));
        let german = ["index-C.js", "TrainerView-A.js", "texts-index-a-_4.de.js", "texts-TrainerView-b.de.js"];
        assert_eq!(
            start(&scripts, page, "TrainerView-").expect("a trainer's start"),
            compressed(&scripts, german).expect("a size")
        );
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let dist = tempfile::tempdir().expect("a directory");
        for name in ["index-C.js", "shared-B.js", "index-D.css"] {
            std::fs::write(dist.path().join(name), name).expect("writable");
        }
        let scripts = texts(dist.path(), "js").expect("scripts");
        let start = compressed(&scripts, named(PAGE, "js")).expect("sizes");
        assert!(start > compressed(&scripts, ["index-C.js"]).expect("a size"));
        compressed(&scripts, named(PAGE, "css")).expect_err("a style is no script");
    }

    #[test]
    fn sizes_are_truncated_not_rounded() {
        assert_eq!(megabytes(8_990_000), "8.9 MB");
        assert_eq!(kilobytes(80 * 1024), "80.0 KB");
        assert_eq!(kilobytes(80 * 1024 - 1), "79.9 KB");
    }
}
