//! From bytes to text: UTF-8 and UTF-16, with and without a mark, or else Windows-1252, which contains Latin-1.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::Unreadable;

/// How many of the first bytes tell whether it is UTF-16.
const SAMPLE: usize = 4_096;

/// The text.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = decode(bytes);
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    // A text has no such characters; nearly everything else has them soon.
    let is_binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}');
    let controls = text.chars().take(SAMPLE).filter(|&c| is_binary(c)).count();
    if controls > 0 && (text.contains('\0') || controls > 8) { Err(Unreadable::NotText) } else { Ok(text) }
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Half a file may end within a character.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&bytes[..error.valid_up_to()]),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// UTF-16 without a mark: of mostly Western text, every second byte is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = sample.len() / 2 * 3 / 4;
    if sample.len() < 8 {
        None
    } else if odd > most && even == 0 {
        Some(UTF_16LE)
    } else if even > most && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "Date;Übung;Größe\n2026;Rückenstrecker;½\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| WRITTEN.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
        let with = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
        let latin1: Vec<u8> = WRITTEN.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        for bytes in [
            WRITTEN.as_bytes().to_vec(),
            with(b"\xEF\xBB\xBF", WRITTEN.as_bytes().to_vec()),
            with(b"\xFF\xFE", utf16(u16::to_le_bytes)),
            with(b"\xFE\xFF", utf16(u16::to_be_bytes)),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            latin1,
        ] {
            assert_eq!(text(&bytes).expect("text"), WRITTEN);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(text(b""), Err(Unreadable::Empty));
        assert_eq!(text(b"\xEF\xBB\xBF \n"), Err(Unreadable::Empty));
        assert_eq!(text(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x01\0"), Err(Unreadable::NotText));
        let cut = "Date,Übung,Ü".as_bytes();
        assert_eq!(text(&cut[..cut.len() - 1]).expect("text"), "Date,Übung,");
    }
}
