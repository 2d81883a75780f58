//! A file in a ZIP: our own export in it, or else the one CSV file, within the limits of any file. What it unpacks to is counted, not what it
//! claims.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::{ImportLimits, Unreadable};

/// What every ZIP begins with; an empty one has other bytes and nothing to read.
const SIGNATURE: &[u8] = b"PK\x03\x04";
/// Most files in a ZIP.
const MAX_FILES: usize = 1_000;

/// The file in a ZIP; nothing if it is no ZIP.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    if !bytes.starts_with(SIGNATURE) {
        return Ok(None);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::BrokenArchive)?;
    if archive.len() > MAX_FILES {
        return Err(Unreadable::UnclearArchive);
    }
    let files = |is_meant: fn(&str) -> bool| -> Vec<usize> {
        let is_meant = |at: &usize| matches!(archive.name_for_index(*at), Some(Ok(name)) if is_meant(&name));
        (0..archive.len()).filter(is_meant).collect()
    };
    // The tables beside our own export say less than it does.
    let (at, limit) = match (&files(is_export)[..], &files(is_table)[..]) {
        ([at], _) => (*at, ImportLimits::MAX_EXPORT_BYTES),
        ([], [at]) => (*at, ImportLimits::MAX_BYTES),
        _ => return Err(Unreadable::UnclearArchive),
    };
    let file = archive.by_index(at).map_err(|_| Unreadable::BrokenArchive)?;
    let mut content = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut content).map_err(|_| Unreadable::BrokenArchive)?;
    if content.len() > limit { Err(Unreadable::TooLarge) } else { Ok(Some(content)) }
}

/// Whether a file is our own export.
fn is_export(name: &str) -> bool {
    name.rsplit(['/', '\\']).next() == Some("ringside.json") && !name.to_lowercase().starts_with("__macosx/")
}

/// Whether a file is a table that somebody could mean. What macOS adds is not.
fn is_table(name: &str) -> bool {
    let lower = name.to_lowercase();
    let has_ending = std::path::Path::new(&lower).extension().is_some_and(|is| is == "csv" || is == "txt");
    has_ending && !lower.starts_with("__macosx/") && !lower.ends_with("readme.txt")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
            writer.write_all(content).expect("it is written");
        }
        writer.finish().expect("a ZIP").into_inner()
    }

    #[test]
    fn the_one_table_of_a_zip_is_read() {
        let zip = packed(&[("strong.csv", b"a,b"), ("README.txt", b"hello"), ("__MACOSX/strong.csv", b"x")]);
        assert_eq!(unpacked(&zip), Ok(Some(b"a,b".to_vec())));
        assert_eq!(unpacked(b"Date,Workout Name"), Ok(None));
    }

    #[test]
    fn of_our_own_export_the_loss_free_file_is_read() {
        let zip =
            packed(&[("README.txt", b"hello"), ("ringside.json", b"{}"), ("sets.csv", b"a"), ("weights.csv", b"b")]);
        assert_eq!(unpacked(&zip), Ok(Some(b"{}".to_vec())));
        let two = packed(&[("ringside.json", b"{}"), ("other/ringside.json", b"{}")]);
        assert_eq!(unpacked(&two), Err(Unreadable::UnclearArchive));
    }

    #[test]
    fn a_zip_with_two_tables_or_none_is_refused() {
        assert_eq!(unpacked(&packed(&[("a.csv", b"a"), ("b.csv", b"b")])), Err(Unreadable::UnclearArchive));
        assert_eq!(unpacked(&packed(&[("a.xml", b"a")])), Err(Unreadable::UnclearArchive));
        let half = packed(&[("a.csv", &[b'a'; 500])]);
        assert_eq!(unpacked(&half[..half.len() / 2]), Err(Unreadable::BrokenArchive));
    }

    #[test]
    fn a_zip_bomb_is_not_unpacked() {
        let bomb = packed(&[("a.csv", &vec![b'0'; 3 * ImportLimits::MAX_BYTES])]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        assert_eq!(unpacked(&bomb), Err(Unreadable::TooLarge));
    }
}
