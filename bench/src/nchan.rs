//! nginx with its nchan module, measured by the same listeners and publisher as our server: the cost of the same
//! streams on the same machine, without storage, accounts or rules.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use system_tests::{Percentiles, family};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::interval;

use crate::delivery::{RATE, delivery_times, memory_per_stream};
use crate::listeners::{LineMarkers, Listeners};
use crate::problem::{Problem, io};
use crate::process::proportional_set_size;
use crate::publisher::{Job, publish};
use crate::report::{Row, times};

/// Where Debian's package `libnginx-mod-nchan` puts it.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
const NGINX: &str = "/usr/sbin/nginx";
/// How long it may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// A stream is up when its head is there; each message is a line of data.
const MARKERS: LineMarkers = LineMarkers { up: "HTTP/1.1 200", event: "data: " };
/// About as long as a released round.
const MESSAGE_BYTES: usize = 900;

/// A server. Dropping it ends it.
struct Nginx {
    process: Child,
    address: SocketAddr,
    _directory: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Terminated and not killed, so that it ends its workers. It is fine if it has already ended.
        if let Some(id) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            kill_process(id, Signal::TERM).ok();
        }
        self.process.wait().ok();
    }
}

/// The results, or a row that says that they are missing.
pub(crate) async fn rows(streams: usize) -> Result<Vec<Row>, Problem> {
    if !Path::new(MODULE).exists() {
        return Ok(vec![Row {
            what: "the same with nginx and its nchan module".to_owned(),
            figure: "not measured: libnginx-mod-nchan is not installed".to_owned(),
            goal: "",
        }]);
    }
    println!("{streams} streams of nginx with nchan");
    let nginx = Nginx::start(streams).await?;
    let before = nginx.memory()?;
    let requests = (0..streams).map(|stream| {
        format!("GET /listen?id={} HTTP/1.1\r\nHost: nginx\r\nAccept: text/event-stream\r\n", stream / 2)
    });
    let mut listeners = Listeners::open(nginx.address, requests.collect(), MARKERS).await?;
    let idle = memory_per_stream(nginx.memory()?.saturating_sub(before), streams);
    let text = "x".repeat(MESSAGE_BYTES);
    let jobs = (0..streams / 2).map(|number| {
        let head =
            format!("POST /publish?id={number} HTTP/1.1\r\nHost: nginx\r\nContent-Length: {}\r\n\r\n", text.len());
        Job { number, request: head + &text }
    });
    let done = publish(nginx.address, jobs.collect(), RATE).await?;
    let delivered = delivery_times(&mut listeners, &done).await?;
    Ok(vec![
        Row { what: "the same for each idle stream of nginx with its nchan module".to_owned(), figure: idle, goal: "" },
        times(
            format!("the same from a request to nginx with nchan, which stores nothing, to its event, {RATE} a second"),
            &Percentiles::from_iter(delivered),
            "",
        ),
    ])
}

impl Nginx {
    async fn start(streams: usize) -> Result<Self, Problem> {
        let directory =
            tempfile::Builder::new().prefix("ringside-nginx-").tempdir().map_err(io("making a directory"))?;
        // It can't say which port it was given, so it is given one that was free a moment ago.
        let free = TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr());
        let address = free.map_err(io("finding a port"))?;
        let file = directory.path().join("nginx.conf");
        std::fs::write(&file, configuration(directory.path(), address, streams)).map_err(io("configuring nginx"))?;
        let process = Command::new("setpriv")
            .args(["--pdeathsig=TERM", NGINX, "-c"])
            .arg(&file)
            .spawn()
            .map_err(io("starting nginx"))?;
        let nginx = Self { process, address, _directory: directory };
        let mut probe = interval(Duration::from_millis(20));
        let since = Instant::now();
        while let Err(error) = TcpStream::connect(address).await {
            if since.elapsed() > START_TIMEOUT {
                return Err(io("starting nginx")(error));
            }
            probe.tick().await;
        }
        Ok(nginx)
    }

    fn memory(&self) -> Result<u64, Problem> {
        family(self.process.id())?.into_iter().map(proportional_set_size).sum()
    }
}

fn configuration(directory: &Path, address: SocketAddr, streams: usize) -> String {
    let directory = directory.display();
    let mut text = format!(
        "load_module {MODULE};\nuser root;\ndaemon off;\nworker_processes auto;\nworker_rlimit_nofile {open};\n\
         pid {directory}/pid;\nerror_log {directory}/error.log;\nevents {{ worker_connections {open}; }}\n\
         http {{\naccess_log off;\n",
        open = 2 * streams + 100,
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{kind}_temp_path {directory}/{kind};");
    }
    let _ = writeln!(
        text,
        "server {{ listen {address};\n\
         location = /listen {{ nchan_subscriber eventsource; nchan_channel_id $arg_id; }}\n\
         location = /publish {{ nchan_publisher; nchan_channel_id $arg_id; }} }} }}"
    );
    text
}
