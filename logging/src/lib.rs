//! A log that is never in the way of what is logged.
//!
//! A log's destination can fail (a full disk, a pipe whose reader has died) or stall (a pipe that nobody reads). Work
//! must not fail or wait with it. So a [`LogWriter`] only queues lines, and a thread of its own writes them. A line that
//! can't be queued or written is lost: it is counted, and the number is reported in the log as soon as that can be
//! written again.
//!
//! `tracing-appender` has such a writer too. It is not used because it does not count lines that could not be written,
//! and because it prints to the standard streams when it ends, which can stall as well.
//!
//! Deliberately absent: what a line looks like, which is the business of `tracing-subscriber`.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How many lines may wait to be written. A line is a few hundred bytes, so this is less than a megabyte.
const MOST_WAITING: usize = 1024;
/// How often to retry while lost lines have not been reported yet.
const RETRY_EVERY: Duration = Duration::from_secs(1);

thread_local! {
    static WRITES_A_LOG: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread is one that writes a log. What happens there must not be logged, or a log that fails would
/// be kept busy by its own failures.
pub fn is_writing_a_log() -> bool {
    WRITES_A_LOG.get()
}

/// A writer that never blocks and never fails. Each call of [`Write::write`] is a line. Clones write to the same log.
#[derive(Clone)]
pub struct LogWriter {
    queue: SyncSender<Entry>,
    lost: LostLines,
}

/// The number of lines that could not be logged.
#[derive(Clone, Debug, Default)]
pub struct LostLines(Arc<AtomicU64>);

enum Entry {
    Line(Vec<u8>),
    /// Says when everything before it has been dealt with.
    Flush(SyncSender<()>),
}

impl LogWriter {
    /// Starts a log that is written to `destination`. If the system allows no further thread, all lines are lost.
    pub fn to(destination: impl Write + Send + 'static) -> Self {
        let (queue, entries) = sync_channel(MOST_WAITING);
        let lost = LostLines::default();
        let log = Log { destination, lost: lost.clone(), reported: 0, has_torn_line: false };
        // Without the thread its end of the queue is dropped, so that nothing can be queued.
        drop(thread::Builder::new().name("log".to_owned()).spawn(move || log.write_all_of(&entries)));
        Self { queue, lost }
    }

    /// How many lines were lost.
    pub fn lost_lines(&self) -> LostLines {
        self.lost.clone()
    }

    /// Waits until everything logged so far is written or lost, but no longer than `within`.
    pub fn flush(&self, within: Duration) {
        let (done, is_done) = sync_channel(1);
        // A full queue means that the destination is stalled, so there is nothing to wait for.
        if self.queue.try_send(Entry::Flush(done)).is_ok() {
            is_done.recv_timeout(within).ok();
        }
    }
}

impl fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter").field("lost", &self.lost).finish_non_exhaustive()
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Entry::Line(line.to_vec())).is_err() {
            self.lost.add_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl LostLines {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The thread's side.
struct Log<W> {
    destination: W,
    lost: LostLines,
    /// How many of the lost lines the log itself has reported.
    reported: u64,
    /// Whether the last line may have been written in part.
    has_torn_line: bool,
}

impl<W: Write> Log<W> {
    fn write_all_of(mut self, entries: &Receiver<Entry>) {
        WRITES_A_LOG.set(true);
        loop {
            let entry = if self.lost.count() == self.reported {
                entries.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                entries.recv_timeout(RETRY_EVERY)
            };
            match entry {
                Ok(Entry::Line(line)) => self.line(&line),
                Ok(Entry::Flush(done)) => {
                    self.report_lost();
                    done.try_send(()).ok();
                }
                Err(RecvTimeoutError::Timeout) => drop(self.report_lost()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        if !(self.report_lost() && self.write(line)) {
            self.lost.add_one();
        }
    }

    /// Writes how many lines were lost since the last report; returns whether nothing is left to report.
    fn report_lost(&mut self) -> bool {
        let lost = self.lost.count();
        if lost == self.reported {
            return true;
        }
        let begin = if self.has_torn_line { "\n" } else { "" };
        let is_reported = self.write(format!("{begin}{} lines could not be logged\n", lost - self.reported).as_bytes());
        if is_reported {
            self.reported = lost;
        }
        is_reported
    }

    /// Writes; returns whether it succeeded. The destination is somebody else's code, so a panic in it is a failure like
    /// any other: `tracing-appender`'s panics when it can't begin the next day's file and standard error is broken too.
    fn write(&mut self, bytes: &[u8]) -> bool {
        let (destination, mut rest) = (&mut self.destination, bytes);
        let written = catch_unwind(AssertUnwindSafe(|| {
            while !rest.is_empty() {
                match destination.write(rest) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(written) => rest = &rest[written..],
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            destination.flush()
        }));
        if rest.len() < bytes.len() {
            self.has_torn_line = !rest.is_empty();
        }
        matches!(written, Ok(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// Nothing takes this long.
    const PATIENCE: Duration = Duration::from_secs(90);

    /// A destination in memory, and how it behaves at the moment.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, Behaviour)>>);

    #[derive(Clone, Copy, Default)]
    enum Behaviour {
        #[default]
        Works,
        IsFull,
        /// Takes the first bytes of a line only.
        FillsUp,
        Panics,
    }

    impl Disk {
        fn behave(&self, behaviour: Behaviour) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = behaviour;
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()).expect("text")
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match disk.1 {
                Behaviour::Works => disk.0.extend_from_slice(bytes),
                Behaviour::IsFull => return Err(io::ErrorKind::StorageFull.into()),
                Behaviour::FillsUp => {
                    disk.0.extend_from_slice(&bytes[..2]);
                    disk.1 = Behaviour::IsFull;
                    return Ok(2);
                }
                Behaviour::Panics => panic!("as the code of others may"),
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn say(log: &mut LogWriter, line: &str) {
        log.write_all(line.as_bytes()).expect("a log never fails");
        LogWriter::flush(log, PATIENCE);
    }

    #[test]
    fn lost_lines_are_counted_and_reported_once_writing_works_again() {
        for broken in [Behaviour::IsFull, Behaviour::Panics] {
            let disk = Disk::default();
            let mut log = LogWriter::to(disk.clone());
            say(&mut log, "one\n");
            disk.behave(broken);
            say(&mut log, "two\n");
            say(&mut log, "three\n");
            assert_eq!(log.lost_lines().count(), 2);
            disk.behave(Behaviour::Works);
            // Even if nothing else is logged.
            LogWriter::flush(&log, PATIENCE);
            say(&mut log, "four\n");
            assert_eq!(disk.text(), "one\n2 lines could not be logged\nfour\n");
            assert_eq!(log.lost_lines().count(), 2);
        }
    }

    #[test]
    fn a_partly_written_line_is_ended_before_the_next() {
        let disk = Disk::default();
        let mut log = LogWriter::to(disk.clone());
        disk.behave(Behaviour::FillsUp);
        say(&mut log, "one\n");
        disk.behave(Behaviour::Works);
        say(&mut log, "two\n");
        assert_eq!(disk.text(), "on\n1 lines could not be logged\ntwo\n");
    }

    /// A pipe that is read one line at a time.
    struct Pipe {
        taken: Sender<String>,
        read: Receiver<()>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.read.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.taken.send(String::from_utf8_lossy(bytes).into_owned()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stalled_destination_does_not_block_writers() {
        let ((taken, lines), (reading, read)) = (channel(), channel());
        let mut log = LogWriter::to(Pipe { taken, read });
        let most = u64::try_from(MOST_WAITING).expect("a small number");
        // Nobody reads, and this ends all the same.
        for number in 0..2 * most {
            log.write_all(format!("{number}\n").as_bytes()).expect("a log never fails");
        }
        let lost = log.lost_lines().count();
        assert!(lost >= most - 1, "{lost}");
        drop(reading);
        // The pipe is broken now, so what waited is lost as well.
        while log.lost_lines().count() < 2 * most {
            thread::yield_now();
        }
        assert!(lines.try_recv().is_err(), "nothing was taken");
    }

    #[test]
    fn the_writing_thread_is_recognised() {
        struct Asks(Sender<bool>);
        impl Write for Asks {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.send(is_writing_a_log()).map_err(|_| io::ErrorKind::BrokenPipe)?;
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (told, answer) = channel();
        say(&mut LogWriter::to(Asks(told)), "line\n");
        assert_eq!((answer.recv(), is_writing_a_log()), (Ok(true), false));
    }
}
