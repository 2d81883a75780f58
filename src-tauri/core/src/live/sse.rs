//! The format of an event stream, as the WHATWG describes it:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
//!
//! Bytes go in as they come, split anywhere; whole messages come out. Memory stays bounded whatever a peer sends.

use std::time::Duration;

/// The longest a line or a message's data may be, in bytes. A session with all its rounds is far shorter.
const LONGEST: usize = 16 * 1024 * 1024;

/// One message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Its name; empty, where it has none.
    pub(super) kind: String,
    /// Its lines of data.
    pub(super) data: String,
    /// The last id that came, with this message or before it.
    pub(super) id: String,
    /// Whether it came with this message.
    pub(super) id_is_its_own: bool,
    /// How long to stay away after the stream has ended, as said last.
    pub(super) retry: Option<Duration>,
}

/// A line or a message is longer than any of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message is too long")]
pub(super) struct TooLong;

/// What has come and is no message yet.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// The line so far, without its end.
    line: Vec<u8>,
    /// Whether the line before ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Whether the first line has passed, which may begin with a byte order mark.
    begun: bool,
    kind: String,
    /// Each line of data, with an LF after it.
    data: String,
    id: String,
    id_is_new: bool,
    retry: Option<Duration>,
}

impl Parser {
    /// Takes what came; answers the messages that are complete with it.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<Vec<Message>, TooLong> {
        let mut messages = Vec::new();
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let (line, rest) = bytes.split_at(end);
            self.extend_line(line)?;
            messages.extend(self.end_line());
            self.after_cr = rest == b"\r";
            bytes = rest.strip_prefix(b"\r\n").unwrap_or(&rest[1..]);
        }
        self.extend_line(bytes)?;
        Ok(messages)
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + bytes.len() > LONGEST {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// The line is complete: takes it in, and answers the message it completes.
    fn end_line(&mut self) -> Option<Message> {
        let line = std::mem::take(&mut self.line);
        let line = if self.begun { &line[..] } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            return self.end_message();
        }
        // The ends of lines are ASCII, so that no character is cut here that was whole.
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => {
                value.clone_into(&mut self.id);
                self.id_is_new = true;
            }
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            // A comment, which has no name, or what this version does not know.
            _ => {}
        }
        None
    }

    fn end_message(&mut self) -> Option<Message> {
        let (kind, mut data) = (std::mem::take(&mut self.kind), std::mem::take(&mut self.data));
        let id_is_its_own = std::mem::take(&mut self.id_is_new);
        data.pop()?;
        Some(Message { kind, data, id: self.id.clone(), id_is_its_own, retry: self.retry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of `bytes`, which must be the same however they are split in two, and byte by byte.
    fn messages(bytes: impl AsRef<[u8]>) -> Vec<Message> {
        let bytes = bytes.as_ref();
        let whole = Parser::default().feed(bytes).expect("short");
        for at in 0..=bytes.len() {
            let mut parser = Parser::default();
            let mut split = parser.feed(&bytes[..at]).expect("short");
            split.extend(parser.feed(&bytes[at..]).expect("short"));
            assert_eq!(split, whole, "split at {at}");
        }
        let mut parser = Parser::default();
        let bytewise: Vec<_> = bytes.chunks(1).flat_map(|byte| parser.feed(byte).expect("short")).collect();
        assert_eq!(bytewise, whole, "byte by byte");
        whole
    }

    fn data(bytes: impl AsRef<[u8]>) -> Vec<String> {
        messages(bytes).into_iter().map(|message| message.data).collect()
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_once_and_at_the_start_only() {
        assert_eq!(data("\u{feff}data: a\n\n"), ["a"]);
        assert_eq!(data("\u{feff}\u{feff}data: a\n\n"), [""; 0], "the second belongs to the name");
        assert_eq!(data("data: a\n\n\u{feff}data: b\n\ndata: c\n\n"), ["a", "c"]);
        assert_eq!(data("data: \u{feff}a\n\n"), ["\u{feff}a"]);
    }

    #[test]
    fn lines_end_with_cr_or_lf_or_both() {
        for end in ["\n", "\r", "\r\n"] {
            let text = format!("event: e{end}data: a{end}data: b{end}{end}data: c{end}{end}");
            let all = messages(&text);
            assert_eq!((all[0].kind.as_str(), all[0].data.as_str()), ("e", "a\nb"), "{end:?}");
            assert_eq!(all[1].data, "c", "{end:?}");
        }
        assert_eq!(data("data: a\r\n\rdata: b\n\r\n"), ["a", "b"], "mixed");
        assert_eq!(data("data: a\n\r"), ["a"], "without waiting for what may follow a CR");
    }

    #[test]
    fn a_character_of_several_bytes_may_be_split() {
        assert_eq!(data("data: Knie – 膝 🏋\n\n"), ["Knie – 膝 🏋"]);
    }

    #[test]
    fn what_is_not_utf_8_is_replaced_and_ends_nothing() {
        assert_eq!(data(b"data: a\xffb\n\ndata: \xe2\x82\n\ndata: c\n\n"), ["a\u{fffd}b", "\u{fffd}", "c"]);
    }

    #[test]
    fn comments_and_unknown_fields_are_passed_over() {
        assert_eq!(data(": keep-alive\n\n:\n:x\ndata: a\nwhat: x\n\n"), ["a"]);
        assert_eq!(data("datax: a\n data: b\n\n"), [""; 0]);
    }

    #[test]
    fn a_field_without_a_colon_has_no_value() {
        assert_eq!(data("data\n\ndata\ndata\n\ndata:\n\n"), ["", "\n", ""]);
        assert_eq!(messages("id: 1\nid\ndata: a\n\n")[0].id, "");
    }

    #[test]
    fn one_space_after_the_colon_is_not_of_the_value() {
        assert_eq!(data("data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\ndata:a:b\n\n"), ["a", "a", " a", "\ta", "a:b"]);
    }

    #[test]
    fn several_lines_of_data_are_one_message() {
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        assert_eq!(data("data\ndata: x\ndata\n\n"), ["\nx\n"]);
    }

    #[test]
    fn without_data_there_is_no_message_and_its_name_is_forgotten() {
        assert_eq!(
            messages("event: hello\nid: 7\n\ndata: a\n\n"),
            [Message { data: "a".into(), id: "7".into(), ..Message::default() }]
        );
    }

    #[test]
    fn without_the_empty_line_at_its_end_there_is_no_message() {
        assert_eq!(data("data: a"), [""; 0]);
        assert_eq!(data("data: a\n"), [""; 0]);
        assert_eq!(data("data: a\n\ndata: b\n"), ["a"]);
    }

    #[test]
    fn an_id_stays_until_there_is_another_or_it_is_emptied() {
        let all = messages("id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\nid:\ndata: d\n\ndata: e\n\n");
        let ids: Vec<_> = all.iter().map(|message| (message.id.as_str(), message.id_is_its_own)).collect();
        assert_eq!(ids, [("1", true), ("1", false), ("2", true), ("", true), ("", false)]);
    }

    #[test]
    fn an_id_with_a_nul_is_no_id() {
        assert_eq!(messages("id: 1\nid: 2\0\ndata: a\n\n")[0].id, "1");
    }

    #[test]
    fn a_retry_is_of_digits_only() {
        let retry = |text: &str| messages(format!("retry: 70\n{text}\ndata: a\n\n"))[0].retry;
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(retry("retry: 1500"), ms(1_500));
        for text in
            ["retry: +5", "retry: -5", "retry: 5s", "retry: 5.5", "retry: ٥", "retry", "retry: 99999999999999999999"]
        {
            assert_eq!(retry(text), ms(70), "{text}");
        }
    }

    #[test]
    fn a_retry_holds_from_its_line_on() {
        let retries: Vec<_> =
            messages("data: a\n\nretry: 9\n\ndata: b\n\n").into_iter().map(|message| message.retry).collect();
        assert_eq!(retries, [None, Some(Duration::from_millis(9))]);
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let mut parser = Parser::default();
        let chunk = vec![b'a'; LONGEST / 4];
        for _ in 0..4 {
            assert_eq!(parser.feed(&chunk), Ok(Vec::new()));
        }
        assert_eq!(parser.feed(b"a"), Err(TooLong));
        let mut parser = Parser::default();
        let mut line = b"data:".to_vec();
        line.extend(&chunk[..LONGEST / 4 - 10]);
        line.push(b'\n');
        let fed = (0..8).map(|_| parser.feed(&line)).find(Result::is_err);
        assert_eq!(fed, Some(Err(TooLong)), "nor data without end");
    }
}
