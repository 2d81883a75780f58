//! Small JSON files: read whole, written whole.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bridge::{Failure, LocalCode};

/// Writes a temporary file and renames it, so that a crash leaves the old file or the new one. Other users can't read
/// it: none of these files is their business, and one contains PIN hashes.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension("json.new");
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())?;
    // Before the rename: after a power cut, the new name must not point to missing content.
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

/// Reads and parses a JSON file. `None` if it does not exist.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, Failure> {
    let bad = |error: &dyn fmt::Display| {
        Failure::local(LocalCode::BadConfig).because(format_args!("{}: {error}", path.display()))
    };
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| bad(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // The problem is not the file itself: a part of its path is not a directory, or not accessible.
        Err(error) if error.kind() != std::io::ErrorKind::InvalidData => {
            Err(Failure::local(LocalCode::DataDirectory).because(format_args!("{}: {error}", path.display())))
        }
        Err(error) => Err(bad(&error)),
    }
}

/// Writes a JSON file as [`write_whole`] does, and creates its directory if necessary.
///
/// # Errors
/// [`LocalCode::DataDirectory`] with the path when it can't be written.
pub(crate) fn write(path: &Path, content: &impl Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(content).map_err(|error| Failure::local(LocalCode::Internal).because(error))?;
    let directory = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    directory
        .and_then(|()| write_whole(path, &text))
        .map_err(|error| Failure::local(LocalCode::DataDirectory).because(format_args!("{}: {error}", path.display())))
}
