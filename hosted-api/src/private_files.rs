//! What the server stores is for its own user: directories are 0700 and files 0600, whatever the umask and whatever they
//! were before.
//!
//! On Windows, files inherit who may read them from their directory, and nothing is changed.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a directory, with those above it, that only this user may enter. One that exists becomes such a directory.
///
/// # Errors
/// When it can't be created, or is somebody else's and open to others.
pub fn create_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)?;
    make_private(path)
}

/// Creates a file that only this user may read.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Takes the permissions of everybody but this user from a file or directory, if it exists.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) => without_others(path, metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn without_others(path: &Path, mut permissions: fs::Permissions) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    /// The bits of the group and of all others.
    const OTHERS: u32 = 0o077;
    if permissions.mode() & OTHERS == 0 {
        return Ok(());
    }
    permissions.set_mode(permissions.mode() & !OTHERS);
    fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
fn without_others(_: &Path, _: fs::Permissions) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn existing_files_become_private() {
        let place = tempfile::tempdir().expect("a directory");
        let (directory, file) = (place.path().join("data"), place.path().join("data/file"));
        fs::create_dir(&directory).expect("writable");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("it is ours");
        create_private_directory(&directory).expect("it is there");
        fs::write(&file, "secret").expect("writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).expect("it is ours");
        make_private(&file).expect("it is ours");
        assert_eq!((mode(&directory), mode(&file)), (0o700, 0o600));
        make_private(&place.path().join("missing")).expect("nothing to do");
    }

    #[test]
    fn created_files_are_private_at_every_depth() {
        let place = tempfile::tempdir().expect("a directory");
        let (above, below) = (place.path().join("a"), place.path().join("a/b"));
        create_private_directory(&below).expect("it is made");
        create_private_file(&below.join("c")).expect("it is made");
        assert_eq!((mode(&above), mode(&below), mode(&below.join("c"))), (0o700, 0o700, 0o600));
    }
}
