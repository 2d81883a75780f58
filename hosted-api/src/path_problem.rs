//! Why a file or a directory can't be used, found by looking at what is there: the error of whoever tried, `SQLite` above
//! all, says only that it can't, and not where on the way it failed.
//!
//! Deliberately absent: what can't be seen from outside, such as a full or a read-only disk. The error itself says that.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What stands in the way, and what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// A directory on the way is missing.
    #[error("there is no directory {}; make it, or correct RINGSIDE_DATABASE_URL or RINGSIDE_DATA_DIR", .0.display())]
    NoDirectory(PathBuf),
    /// Something else is where a directory should be.
    #[error("{} is no directory; correct RINGSIDE_DATABASE_URL or RINGSIDE_DATA_DIR", .0.display())]
    NotADirectory(PathBuf),
    /// A directory is where the file should be.
    #[error("{} is a directory; correct RINGSIDE_DATABASE_URL", .0.display())]
    IsADirectory(PathBuf),
    /// This user may not do what is needed.
    #[error(
        "{} belongs to {owner} (mode {mode:04o}), and this program runs as {user}; run it as the server's user \
         (`sudo ringsidectl` does), to whom everything in the data directory must belong", path.display()
    )]
    NotPermitted {
        /// What may not be used.
        path: PathBuf,
        /// Whose it is.
        owner: String,
        /// Who may do what with it.
        mode: u32,
        /// Who wanted to.
        user: String,
    },
}

impl PathProblem {
    /// What keeps this user from writing a database's file, if that can be seen.
    pub fn of_database(file: &Path) -> Option<Self> {
        let directory = file.parent()?;
        if let Some(missing) = missing_part(directory) {
            return Some(missing.map_or_else(|problem| problem, Self::NoDirectory));
        }
        if let Some(problem) = may_write(directory) {
            return Some(problem);
        }
        // What another user has left beside the file is needed as well.
        ["", "-wal", "-shm"].into_iter().find_map(|suffix| {
            let mut path = file.as_os_str().to_owned();
            path.push(suffix);
            let path = PathBuf::from(path);
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() => Some(Self::IsADirectory(path)),
                Ok(_) => may_write(&path),
                Err(_) => None,
            }
        })
    }

    /// What keeps this user from making or having a directory, if that can be seen.
    pub fn of_directory(directory: &Path) -> Option<Self> {
        match missing_part(directory) {
            Some(Ok(missing)) => may_write(missing.parent().filter(|above| !above.as_os_str().is_empty())?),
            Some(Err(problem)) => Some(problem),
            None => may_write(directory).or_else(|| foreign(directory)),
        }
    }
}

/// The first part of a directory's path that is missing, or what keeps this user from looking; `None` if all of it is there.
fn missing_part(directory: &Path) -> Option<Result<PathBuf, PathProblem>> {
    let parts: Vec<&Path> = directory.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
    for part in parts.into_iter().rev() {
        match fs::metadata(part) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Some(Err(PathProblem::NotADirectory(part.to_owned()))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Some(Ok(part.to_owned())),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return part.parent().and_then(not_permitted).map(Err);
            }
            Err(_) => return None,
        }
    }
    None
}

/// Whether this user may read and write a file, or change what is in a directory.
#[cfg(unix)]
fn may_write(path: &Path) -> Option<PathProblem> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    use rustix::io::Errno;

    let needed = if path.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::READ_OK | Access::WRITE_OK };
    match accessat(CWD, path, needed, AtFlags::EACCESS) {
        Err(Errno::ACCESS | Errno::PERM) => not_permitted(path),
        _ => None,
    }
}

/// A directory that others may enter and this user can't make private, because it is not theirs.
#[cfg(unix)]
fn foreign(directory: &Path) -> Option<PathProblem> {
    use std::os::unix::fs::MetadataExt;

    /// The bits of the group and of all others.
    const OTHERS: u32 = 0o077;
    let user = rustix::process::geteuid();
    let found = fs::metadata(directory).ok()?;
    let is_foreign = !user.is_root() && found.uid() != user.as_raw() && found.mode() & OTHERS != 0;
    is_foreign.then(|| not_permitted(directory)).flatten()
}

#[cfg(unix)]
fn not_permitted(path: &Path) -> Option<PathProblem> {
    use std::os::unix::fs::MetadataExt;

    let found = fs::metadata(path).ok()?;
    Some(PathProblem::NotPermitted {
        path: path.to_owned(),
        owner: user_name(found.uid()),
        mode: found.mode() & 0o7777,
        user: user_name(rustix::process::geteuid().as_raw()),
    })
}

/// The name of a user, as far as this machine's own list has it.
#[cfg(unix)]
fn user_name(uid: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let id = uid.to_string();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("user {id}"))
}

// Elsewhere the error itself has to do.
#[cfg(not(unix))]
fn may_write(_: &Path) -> Option<PathProblem> {
    None
}

#[cfg(not(unix))]
fn foreign(_: &Path) -> Option<PathProblem> {
    None
}

#[cfg(not(unix))]
fn not_permitted(_: &Path) -> Option<PathProblem> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_in_the_way_is_named() {
        let place = tempfile::tempdir().expect("a directory");
        let missing = place.path().join("missing");
        let found = PathProblem::of_database(&missing.join("below/ringside.db"));
        assert_eq!(found, Some(PathProblem::NoDirectory(missing.clone())));
        assert_eq!(PathProblem::of_directory(&missing.join("below")), None, "it can be made");
        let file = place.path().join("file");
        fs::write(&file, "").expect("writable");
        let expected = Some(PathProblem::NotADirectory(file.clone()));
        assert_eq!(PathProblem::of_database(&file.join("ringside.db")), expected);
        assert_eq!(PathProblem::of_directory(&file.join("below")), expected);
        assert_eq!(PathProblem::of_database(&file), None, "nothing is wrong with it");
        let directory = place.path().join("ringside.db");
        fs::create_dir(&directory).expect("writable");
        assert_eq!(PathProblem::of_database(&directory), Some(PathProblem::IsADirectory(directory)));
    }

    #[cfg(unix)]
    #[test]
    fn users_are_named() {
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(u32::MAX - 7), format!("user {}", u32::MAX - 7));
    }
}
