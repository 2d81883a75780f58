//! The command line of the hosted API.
//!
//! Configuration comes from flags or the environment and is parsed once, here. Standard output carries what was asked
//! for (the address, the demo's accounts); everything else goes to standard error.

// They panic when the stream is closed or its disk is full; see `output`.
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod admin_command;
mod import_command;
mod output;
mod process;
mod release_command;
mod retention_options;
mod usage;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand};
use hosted_api::{
    Config, DatabaseUrl, MAX_DRAIN_GRACE_S, PathProblem, PublicUrl, TrustedProxies, artefacts_directory,
    create_private_directory, seed_demo, start,
};
use tracing_subscriber::EnvFilter;

use crate::admin_command::{Address, Admin};
use crate::output::{ErrorOutput, created_database, print, print_if_possible};
use crate::process::{ShutdownSignal, notify_ready, raise_open_file_limit, set_private_umask};
use crate::release_command::Release;
use crate::retention_options::RetentionOptions;

#[derive(Parser)]
#[command(name = "ringside-api", version, about = "Ringside's hosted API: live training sessions")]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// The database: `postgres://…` or `sqlite:///path/to/file.db`. If absent, a SQLite file in the data directory.
    #[arg(long, env = "RINGSIDE_DATABASE_URL", global = true, hide_env_values = true)]
    database_url: Option<DatabaseUrl>,
    /// A file that holds the database's URL, which may have a password in it.
    #[arg(long, env = "RINGSIDE_DATABASE_URL_FILE", global = true)]
    database_url_file: Option<PathBuf>,
    /// Where files are kept: the SQLite file, videos and the artefacts of releases. Several servers on one database need one
    /// directory that they share. If absent, `ringside-api` in the user's data directory.
    #[arg(long, env = "RINGSIDE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, env = "RINGSIDE_LISTEN", global = true, default_value = "127.0.0.1:8787", value_parser = parse_address)]
    listen: SocketAddr,
    /// The address people reach the server at, such as `https://ringside.example`: invitations lead there, and updates are
    /// downloaded from it. If absent, invitations lead to where the server listens, and updates to where each request says
    /// it went, both by http.
    #[arg(long, env = "RINGSIDE_PUBLIC_URL", global = true)]
    public_url: Option<PublicUrl>,
    /// What is logged to standard error, such as `info` or `hosted_api=debug`.
    #[arg(long, env = "RINGSIDE_LOG", global = true, default_value = "info,sqlx=warn")]
    log: EnvFilter,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Serve),
    /// Creates studios, prints links for people, and checks whether all is well.
    Admin {
        #[command(subcommand)]
        command: Admin,
    },
    /// Publishes releases of the desktop application, and says whom they are offered to.
    Release {
        #[command(subcommand)]
        command: Release,
    },
    /// Fills the database with a demo studio and prints its accounts as JSON. A studio of that name must not exist.
    SeedDemo {
        /// The studio's name.
        #[arg(long, default_value = "Ringside Demo")]
        studio: String,
    },
}

/// An address to listen on, as a person may write it.
fn parse_address(text: &str) -> Result<SocketAddr, &'static str> {
    let here = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = here.as_deref().unwrap_or(text).parse();
    address.map_err(|_| "an address to listen on looks like 127.0.0.1:8787 or [::1]:8787")
}

#[derive(Args)]
struct Serve {
    /// The address to answer `/metrics` on, without a sign-in; port 0 picks a free one. The server also starts without.
    #[arg(long, env = "RINGSIDE_METRICS_LISTEN", default_value = "127.0.0.1:0", value_parser = parse_address)]
    metrics_listen: SocketAddr,
    #[command(flatten)]
    retention: RetentionOptions,
    /// How many seconds an access token is good for; a device gets the next one by itself.
    #[arg(long, env = "RINGSIDE_ACCESS_LIFETIME_S", default_value_t = 900,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    access_lifetime_s: u64,
    /// How many seconds to go on taking connections after being told to stop, so that load balancers see it.
    #[arg(long, env = "RINGSIDE_DRAIN_GRACE_S", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(0..=MAX_DRAIN_GRACE_S))]
    drain_grace_s: u64,
    /// The proxies in front of the server, as addresses and networks with commas between them, such as
    /// `10.0.0.7,fd00::/8`. What they say in `X-Forwarded-For` counts as the client's address, which failed sign-ins
    /// are counted by. If absent, nobody's does.
    #[arg(long, env = "RINGSIDE_TRUSTED_PROXIES", default_value = "", hide_default_value = true)]
    trusted_proxies: TrustedProxies,
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
enum ConfigError {
    #[error("there is no place for data: set RINGSIDE_DATA_DIR to a directory, or RINGSIDE_DATABASE_URL")]
    NoDataDirectory,
    #[error("the data directory {} can't be made", path.display())]
    DataDirectory { path: PathBuf, source: std::io::Error },
    #[error("the data directory {} can't be used: {problem}", path.display())]
    UnusableDirectory { path: PathBuf, problem: PathProblem },
    #[error("{} can't be read", path.display())]
    SecretFile { path: PathBuf, source: std::io::Error },
    #[error("RINGSIDE_DATABASE_URL and RINGSIDE_DATABASE_URL_FILE are both set: leave one of them")]
    TwoDatabases,
    #[error(transparent)]
    Database(#[from] hosted_api::BadDatabaseUrl),
}

#[tokio::main]
async fn main() -> ExitCode {
    // Clap says what is wrong with a value in a sentence, and exits with 2.
    let Cli { common, command } =
        Cli::try_parse().unwrap_or_else(|error| usage::without_environment(error, Cli::command()).exit());
    set_private_umask();
    let errors = ErrorOutput::begin();
    let database = match database(&common, &command) {
        Ok(database) => database,
        Err(error) => return print_error(&errors, &error, ExitCode::from(2)),
    };
    let data_dir = data_dir(&common);
    let artefacts = data_dir.as_deref().map(artefacts_directory);
    let address = Address { public_url: common.public_url, listen: common.listen };
    errors.install_as_log(common.log);
    let result = match command {
        Command::Serve(options) => serve(database, data_dir, address, options, &errors).await,
        Command::Admin { command } => command.run(&database, data_dir.as_deref(), address, &errors).await,
        Command::Release { command } => command.run(&database, artefacts, &errors).await,
        Command::SeedDemo { studio } => seed(&database, &studio, &errors).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => print_error(&errors, error.as_ref(), ExitCode::FAILURE),
    }
}

async fn serve(
    database: DatabaseUrl,
    data_dir: Option<PathBuf>,
    address: Address,
    options: Serve,
    errors: &ErrorOutput,
) -> Result<(), Box<dyn Error>> {
    raise_open_file_limit();
    // Before anything is announced, so that a signal right after the announcement is received.
    let mut shutdown_signal = ShutdownSignal::listen()?;
    let config = Config {
        listen: address.listen,
        metrics: Some(options.metrics_listen),
        retention: options.retention.into(),
        access_lifetime: Duration::from_secs(options.access_lifetime_s),
        drain_grace: Duration::from_secs(options.drain_grace_s),
        data_dir,
        public_url: address.public_url,
        lost_log_lines: errors.lost_lines(),
        trusted_proxies: options.trusted_proxies,
        ..Config::local(database)
    };
    let mut running = start(config).await?;
    print_if_possible(format_args!("listening on http://{}", running.addr));
    if let Some(address) = running.metrics_addr {
        print_if_possible(format_args!("metrics on http://{address}"));
    }
    notify_ready();
    tokio::select! {
        () = shutdown_signal.received() => {}
        end = running.unexpected_end() => return Err(end.into()),
    }
    running.shutdown().await;
    Ok(())
}

async fn seed(database: &DatabaseUrl, studio: &str, errors: &ErrorOutput) -> Result<(), Box<dyn Error>> {
    let was_missing = database.is_missing();
    let seeded = seed_demo(database, studio).await?;
    if was_missing {
        errors.write_line(&created_database(database));
    }
    Ok(print(serde_json::to_string(&seeded)?)?)
}

/// The database that is meant; makes the data directory when that is where it is, for a command that may begin one.
fn database(common: &Common, command: &Command) -> Result<DatabaseUrl, ConfigError> {
    match (&common.database_url, &common.database_url_file) {
        (Some(_), Some(_)) => return Err(ConfigError::TwoDatabases),
        (Some(url), None) => return Ok(url.clone()),
        (None, Some(path)) => {
            let unreadable = |source| ConfigError::SecretFile { path: path.clone(), source };
            return Ok(std::fs::read_to_string(path).map_err(unreadable)?.trim().parse()?);
        }
        (None, None) => {}
    }
    let directory = data_dir(common).ok_or(ConfigError::NoDataDirectory)?;
    let may_create = match command {
        Command::Release { command } => command.may_create_database(),
        Command::Admin { command } => command.may_create_database(),
        Command::Serve(_) | Command::SeedDemo { .. } => true,
    };
    let found = if may_create {
        create_private_directory(&directory).and_then(|()| directory.canonicalize())
    } else {
        std::path::absolute(&directory)
    };
    let directory = found.map_err(|source| match PathProblem::of_directory(&directory) {
        Some(problem) => ConfigError::UnusableDirectory { path: directory, problem },
        None => ConfigError::DataDirectory { path: directory, source },
    })?;
    Ok(DatabaseUrl::sqlite(&directory.join("ringside.db"))?)
}

/// Where files are kept, if there is a place for them.
fn data_dir(common: &Common) -> Option<PathBuf> {
    common.data_dir.clone().or_else(default_data_dir)
}

/// Where the XDG base directory specification puts a user's data.
fn default_data_dir() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")))?;
    Some(base.join("ringside-api"))
}

/// Prints in one line what went wrong and why.
fn print_error(errors: &ErrorOutput, error: &dyn Error, code: ExitCode) -> ExitCode {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Some errors say their cause themselves.
        let cause_text = cause.to_string();
        if !line.ends_with(&cause_text) {
            line = format!("{line}: {cause_text}");
        }
        source = cause.source();
    }
    errors.write_line(&line);
    code
}
