//! Sizes of what is delivered.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::{Row, root};
use crate::{Problem, io};

/// The programs and the windows' bundle.
pub(crate) fn rows() -> Result<Vec<Row>, Problem> {
    let program = |name: &str| -> Result<Row, Problem> {
        let path = root().join("target/release").join(name);
        let size = std::fs::metadata(&path).map_err(io(format!("measuring {}", path.display())))?.len();
        Ok(Row { what: format!("size of `{name}`"), figure: megabytes(size), goal: "" })
    };
    let assets = root().join("ui/dist/assets");
    let (script, style) = (compressed(&assets, "js")?, compressed(&assets, "css")?);
    let bundle = format!("{} JavaScript, {} CSS", kilobytes(script), kilobytes(style));
    Ok(vec![
        program("ringside")?,
        program("ringside-api")?,
        Row { what: "the windows' bundle, gzip".to_owned(), figure: bundle, goal: "≤ 80 KB of JavaScript" },
    ])
}

/// Megabytes of a million bytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

/// How large the files of a kind in `directory` are together, each compressed as a web server would.
fn compressed(directory: &Path, extension: &str) -> Result<usize, Problem> {
    let what = || format!("compressing {}", directory.display());
    let mut size = 0;
    for entry in std::fs::read_dir(directory).map_err(io(what()))? {
        let path = entry.map_err(io(what()))?.path();
        if path.extension().is_some_and(|it| it == extension) {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&std::fs::read(&path).map_err(io(what()))?).map_err(io(what()))?;
            size += encoder.finish().map_err(io(what()))?.len();
        }
    }
    if size == 0 { Err(Problem::Unexpected(format!("no .{extension} in {}", directory.display()))) } else { Ok(size) }
}
