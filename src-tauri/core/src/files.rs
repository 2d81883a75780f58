//! Files of the application: small JSON files, read whole and written whole, and what all of its files share.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::bridge::{Failure, LocalCode};
use crate::environment::Environment;

/// Writes a temporary file and renames it, so that a crash leaves the old file or the new one. Other users can't read
/// it: none of these files is their business, and one contains PIN hashes.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension("json.new");
    let mut file = private_file().create(true).truncate(true).write(true).open(&temporary)?;
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

/// Creates a directory, and makes it inaccessible to other users of the machine.
pub(crate) fn create_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    make_private(directory)
}

/// Makes a directory inaccessible to other users of the machine: training data is private.
#[cfg(unix)]
pub(crate) fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
}

/// On other systems the user's own directories are private already.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as where it does something")]
pub(crate) fn make_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Options to create a file that other users of the machine can't read.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a directory survive a power cut.
#[cfg(unix)]
pub(crate) fn sync_directory(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Other systems can't open a directory as a file; they write names by themselves.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as where it does something")]
pub(crate) fn sync_directory(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Does `work`, which waits for the disk, where that holds up nobody else.
pub(crate) async fn blocking<T: Send + 'static>(
    environment: &dyn Environment,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    if environment.blocks_on_files() {
        return work();
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down, and ends whoever waits here as well.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}

/// What a failure of the disk is to a window.
pub(crate) fn disk_failure(path: &Path, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => Failure::local(LocalCode::DiskFull),
        _ => Failure::local(LocalCode::DataDirectory).because(format_args!("{}: {error}", path.display())),
    }
}

/// A time, as the file system has it.
pub(crate) fn system_time(time: jiff::Timestamp) -> SystemTime {
    let since_epoch = time.as_duration();
    let distance = since_epoch.unsigned_abs();
    if since_epoch.is_negative() { SystemTime::UNIX_EPOCH - distance } else { SystemTime::UNIX_EPOCH + distance }
}
