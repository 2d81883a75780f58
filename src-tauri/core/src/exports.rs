//! A person's data on its way into a file of this machine: in the directory for downloads, under the name that the
//! server suggests, beside whatever is there already.
//!
//! The file appears under its name when it is complete. What can't be completed leaves nothing behind, unless the process is
//! killed: then a file that ends in `.part` stays. Others on this machine can't read it.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use reqwest::Response;
use reqwest::header::CONTENT_DISPOSITION;

use crate::bridge::Failure;
use crate::environment::Environment;
use crate::failure::ApiError;
use crate::files::{blocking, disk_failure, private_file};

/// The longest name that is taken from the server.
const MAX_NAME_BYTES: usize = 100;
/// How many files of one name there may be.
const MAX_COPIES: u32 = 1_000;

/// Writes the body of an answer into a new file; returns its path.
pub(crate) async fn save(
    environment: &dyn Environment,
    mut answer: Response,
    directory: &Path,
) -> Result<PathBuf, Failure> {
    let failed = |error: io::Error| disk_failure(directory, &error);
    let (place, wanted) = (directory.to_owned(), name(&answer));
    let mut partial = blocking(environment, move || Partial::create(place, wanted)).await.map_err(failed)?;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => {
                let written = blocking(environment, move || partial.file.write_all(&chunk).map(|()| partial));
                partial = written.await.map_err(failed)?;
            }
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Err(ApiError::NoAnswer.into()),
            Err(error) => return Err(ApiError::Unreachable(error.without_url().into()).into()),
        }
    }
    blocking(environment, move || partial.finish()).await.map_err(failed)
}

/// The name that the server suggests, if it is a plain one: nothing in it leads anywhere else.
fn name(answer: &Response) -> String {
    let disposition = answer.headers().get(CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let suggested = disposition.and_then(|value| value.split_once("filename=\"")?.1.split('"').next());
    let is_plain = |name: &&str| {
        let stem = name.strip_suffix(".zip").unwrap_or_default();
        let is_kept = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        stem.starts_with("ringside") && name.len() <= MAX_NAME_BYTES && stem.bytes().all(is_kept)
    };
    suggested.filter(is_plain).unwrap_or("ringside.zip").to_owned()
}

/// A file that is being written. Dropped unfinished, it is removed.
struct Partial {
    file: File,
    path: PathBuf,
    directory: PathBuf,
    wanted: String,
}

impl Partial {
    fn create(directory: PathBuf, wanted: String) -> io::Result<Self> {
        std::fs::create_dir_all(&directory)?;
        let (file, path) = free_name(&directory, &format!("{wanted}.part"), |path| {
            private_file().create_new(true).write(true).open(path).map(|file| (file, path.to_owned()))
        })?;
        Ok(Self { file, path, directory, wanted })
    }

    /// Gives it a name that nothing has.
    fn finish(mut self) -> io::Result<PathBuf> {
        self.file.sync_all()?;
        let from = std::mem::take(&mut self.path);
        let named = free_name(&self.directory, &self.wanted, |path| {
            // A new, empty file first: renaming replaces what has the name.
            private_file().create_new(true).write(true).open(path)?;
            std::fs::rename(&from, path).inspect_err(|_| drop(std::fs::remove_file(path)))?;
            Ok(path.to_owned())
        });
        named.inspect_err(|_| self.path = from)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty()
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "an unfinished export was not removed");
        }
    }
}

/// Tries `name.zip`, `name (1).zip` and so on, until one does not exist yet.
fn free_name<T>(directory: &Path, name: &str, take: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    for copy in 0..MAX_COPIES {
        let name = if copy == 0 { name.to_owned() } else { format!("{stem} ({copy}).{extension}") };
        match take(&directory.join(name)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            taken => return taken,
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::this_machine::ThisMachine;

    fn answer(disposition: Option<&str>, body: &'static str) -> Response {
        let builder = http::Response::builder();
        let builder =
            disposition.into_iter().fold(builder, |builder, value| builder.header(CONTENT_DISPOSITION, value));
        Response::from(builder.body(body).expect("an answer"))
    }

    fn files(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).expect("readable").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().expect("text")).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn b37_an_export_is_saved_beside_what_is_there() {
        let place = tempfile::tempdir().expect("a directory");
        let directory = place.path().join("Downloads");
        let suggested = Some("attachment; filename=\"ringside-mara-2026-12-01.zip\"");
        let first = save(&ThisMachine::default(), answer(suggested, "one"), &directory).await.expect("writable");
        let second = save(&ThisMachine::default(), answer(suggested, "two"), &directory).await.expect("writable");
        assert_eq!(files(&directory), ["ringside-mara-2026-12-01 (1).zip", "ringside-mara-2026-12-01.zip"]);
        assert_eq!(std::fs::read_to_string(first).expect("readable"), "one");
        assert_eq!(std::fs::read_to_string(second).expect("readable"), "two");
    }

    #[tokio::test]
    async fn a_name_from_the_server_leads_nowhere_else() {
        let place = tempfile::tempdir().expect("a directory");
        for name in ["../evil.zip", "/etc/passwd", "evil.exe", ".zip", "a b.zip", "", "ringside.zip.desktop"] {
            let path = save(
                &ThisMachine::default(),
                answer(Some(&format!("attachment; filename=\"{name}\"")), "x"),
                place.path(),
            )
            .await;
            let path = path.expect("writable");
            assert_eq!(path.parent(), Some(place.path()));
            assert!(path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("ringside")));
        }
        save(&ThisMachine::default(), answer(None, "x"), place.path()).await.expect("writable");
    }

    #[tokio::test]
    async fn what_can_t_be_completed_leaves_nothing_behind() {
        let place = tempfile::tempdir().expect("a directory");
        let broken = futures_util::stream::iter([Ok("some"), Err(io::Error::other("the connection is lost"))]);
        let body = reqwest::Body::wrap_stream(broken);
        let answer = Response::from(http::Response::new(body));
        save(&ThisMachine::default(), answer, place.path()).await.expect_err("it broke off");
        assert_eq!(files(place.path()), Vec::<String>::new());
        let file = place.path().join("file");
        std::fs::write(&file, "").expect("writable");
        let answer = Response::from(http::Response::new("x"));
        save(&ThisMachine::default(), answer, &file).await.expect_err("this is no directory");
    }
}
