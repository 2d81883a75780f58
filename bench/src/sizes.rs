//! Sizes of what is delivered.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::{Row, root};
use crate::{Problem, io};

/// The server's program.
pub(crate) fn server() -> Result<Row, Problem> {
    let size = of_files(&[root().join("target/release/ringside-api")])?;
    Ok(Row { what: "size of `ringside-api`".to_owned(), figure: megabytes(size), goal: "" })
}

/// The windows' bundle: what a start loads and, in words, what is loaded when somebody opens it.
pub(crate) fn bundle() -> Result<Row, Problem> {
    let dist = root().join("ui/dist");
    let path = dist.join("index.html");
    let page = std::fs::read_to_string(&path).map_err(io(format!("reading {}", path.display())))?;
    let (script, later_script) = compressed(&dist, &page, "js")?;
    let (style, later_style) = compressed(&dist, &page, "css")?;
    let [script, later_script, style, later_style] = [script, later_script, style, later_style].map(kilobytes);
    Ok(Row {
        what: "what a start loads of the windows' bundle, gzip".to_owned(),
        figure: format!(
            "{script} JavaScript, {style} CSS; {later_script} and {later_style} are loaded when they are wanted"
        ),
        goal: "≤ 80 KB of JavaScript",
    })
}

/// How large these files are together, in bytes.
pub(crate) fn of_files(files: &[PathBuf]) -> Result<u64, Problem> {
    let size = |path: &PathBuf| Ok(path.metadata().map_err(io(format!("measuring {}", path.display())))?.len());
    files.iter().map(size).sum()
}

/// Megabytes of a million bytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// Kilobytes of 1024 bytes, as the budget in `vite.config.ts` counts them.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

/// How large the files of a kind are together, each compressed as that budget has them: those that a start loads, and the
/// others.
fn compressed(dist: &Path, page: &str, extension: &str) -> Result<(usize, usize), Problem> {
    let assets = dist.join("assets");
    let what = || format!("compressing {}", assets.display());
    let named = named(page, extension);
    let (mut at_start, mut later) = (0, 0);
    for entry in std::fs::read_dir(&assets).map_err(io(what()))? {
        let path = entry.map_err(io(what()))?.path();
        if path.extension().is_none_or(|it| it != extension) {
            continue;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&std::fs::read(&path).map_err(io(what()))?).map_err(io(what()))?;
        let size = encoder.finish().map_err(io(what()))?.len();
        let is_named = path.file_name().is_some_and(|name| named.iter().any(|named| name == *named));
        *(if is_named { &mut at_start } else { &mut later }) += size;
    }
    if at_start == 0 {
        return Err(Problem::Unexpected(format!("index.html names no .{extension} in {}", assets.display())));
    }
    Ok((at_start, later))
}

/// The names of the files of a kind that `page` itself loads: the entry and, as Vite writes them beside it to be preloaded,
/// what the entry imports. What is imported later, when it is opened, the page does not name.
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
    fn a_start_loads_the_entry_and_what_it_imports() {
        assert_eq!(named(PAGE, "js"), ["index-C.js", "shared-B.js"]);
        assert_eq!(named(PAGE, "css"), ["index-D.css"]);
        assert!(named(PAGE, "woff2").is_empty());
    }

    #[test]
    fn what_the_page_does_not_name_is_not_of_the_start() {
        let dist = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(dist.path().join("assets")).expect("writable");
        for name in ["index-C.js", "shared-B.js", "Settings-A.js"] {
            std::fs::write(dist.path().join("assets").join(name), name).expect("writable");
        }
        let (at_start, later) = compressed(dist.path(), PAGE, "js").expect("sizes");
        assert!(later > 0 && at_start > later, "{at_start}, {later}");
        compressed(dist.path(), PAGE, "css").expect_err("the page's style is not there");
    }

    #[test]
    fn sizes_are_cut_not_rounded() {
        assert_eq!(megabytes(8_990_000), "8.9 MB");
        assert_eq!(kilobytes(80 * 1024), "80.0 KB");
        assert_eq!(kilobytes(80 * 1024 - 1), "79.9 KB");
    }
}
