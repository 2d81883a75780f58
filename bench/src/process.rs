//! A process's resource usage: memory and processor time, as the kernel counts them.

use std::time::Duration;

use crate::problem::{Problem, io};

/// Ticks a second in `/proc/…/stat`; Linux has told programs this number on every machine for decades.
const TICKS_PER_SECOND: u64 = 100;

/// Proportional set size, in bytes: memory that processes share is counted once.
pub(crate) fn proportional_set_size(id: u32) -> Result<u64, Problem> {
    kilobytes(&format!("/proc/{id}/smaps_rollup"), "Pss:")
}

/// The process's peak memory usage, in bytes.
pub(crate) fn peak(id: u32) -> Result<u64, Problem> {
    kilobytes(&format!("/proc/{id}/status"), "VmHWM:")
}

/// The processor time it has used so far, in user and kernel mode.
pub(crate) fn processor_time(id: u32) -> Result<Duration, Problem> {
    let path = format!("/proc/{id}/stat");
    let text = read(&path)?;
    // The name is in brackets and may contain anything; the 14th and 15th fields are the 12th and 13th after it.
    let fields = text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(11).take(2));
    let ticks = fields.map(|fields| fields.filter_map(|field| field.parse::<u64>().ok()).collect::<Vec<_>>());
    match ticks.as_deref() {
        Some([user, system]) => Ok(Duration::from_millis((user + system) * 1000 / TICKS_PER_SECOND)),
        _ => Err(Problem::Unexpected(format!("{path} can't be read"))),
    }
}

/// How many connections wait to be accepted at `port` of this machine; 0 if nobody listens.
pub(crate) fn accept_queue(port: u16) -> Result<u64, Problem> {
    use std::io::Read;
    // Listening sockets come first; the thousands of connections after them are not read.
    let path = "/proc/net/tcp";
    let mut first = vec![0; 16 * 1024];
    let mut file = std::fs::File::open(path).map_err(io(format!("reading {path}")))?;
    let read = file.read(&mut first).map_err(io(format!("reading {path}")))?;
    let text = String::from_utf8_lossy(&first[..read]).into_owned();
    let waiting = text.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, state, queues) = (fields.get(1)?, fields.get(3)?, fields.get(4)?);
        let is_it = *state == "0A" && address.ends_with(&format!(":{port:04X}"));
        is_it.then(|| u64::from_str_radix(queues.split_once(':')?.1, 16).ok())?
    });
    Ok(waiting.unwrap_or_default())
}

/// The value in bytes of the line that begins with `name`.
fn kilobytes(path: &str, name: &str) -> Result<u64, Problem> {
    let text = read(path)?;
    let kilobytes =
        text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Problem::Unexpected(format!("{path} has no {name}")))
}

fn read(path: &str) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(io(format!("reading {path}")))
}
