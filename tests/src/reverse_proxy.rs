//! A real reverse proxy in front of a server: nginx or Caddy, configured by the very file in `deploy/`.
//!
//! Only what belongs to the machine is replaced in it: names, addresses and the certificate.

use std::fs::File;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

use reqwest::{Certificate, Client};
use tempfile::TempDir;

use crate::certificate::LocalhostCertificate;
use crate::deadline::IN_TIME;
use crate::failure::{Failure, IoContext};
use crate::port::Port;
use crate::process::{Process, command};
use crate::programs::{reverse_proxy_path, root};

/// Where the files expect the server.
const UPSTREAM: &str = "127.0.0.1:8787";
/// The name in the files.
const NAME: &str = "ringside.example";

/// See the module. Dropping it ends it.
#[derive(Debug)]
pub struct ReverseProxy {
    process: Process,
    certificate: LocalhostCertificate,
    https: Port,
    http: Port,
    directory: TempDir,
}

impl ReverseProxy {
    /// nginx in front of the server at `server`.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub async fn nginx(server: &str) -> Result<Self, Failure> {
        Self::start(server, "nginx", |directory, certificate, [http, https], upstream| {
            let path = |path: &Path| path.display().to_string();
            let site = replaced("deploy/nginx.conf", &[
                (format!("/etc/letsencrypt/live/{NAME}/fullchain.pem"), path(&certificate.certificate)),
                (format!("/etc/letsencrypt/live/{NAME}/privkey.pem"), path(&certificate.key)),
                (NAME.to_owned(), "localhost".to_owned()),
                // A machine may have no IPv6.
                ("    listen [::]:80;\n".to_owned(), String::new()),
                ("    listen [::]:443 ssl http2;\n".to_owned(), String::new()),
                ("listen 80;".to_owned(), format!("listen 127.0.0.1:{http};")),
                ("listen 443 ".to_owned(), format!("listen 127.0.0.1:{https} ")),
                (UPSTREAM.to_owned(), upstream.to_owned()),
            ])?;
            write(&directory.join("site"), &site)?;
            let here = path(directory);
            let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let temporary: String = kinds.map(|kind| format!("{kind}_temp_path {here}/{kind};\n")).concat();
            let main = format!(
                "daemon off;\npid {here}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}include {here}/site;\n}}\n"
            );
            write(&directory.join("main"), &main)?;
            let mut nginx = command(reverse_proxy_path("sbin/nginx")?);
            nginx.arg("-c").arg(directory.join("main")).args(["-e", "stderr"]);
            Ok(nginx)
        })
        .await
    }

    /// Caddy in front of the server at `server`.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub async fn caddy(server: &str) -> Result<Self, Failure> {
        Self::start(server, "caddy", |directory, certificate, [http, https], upstream| {
            let tls = format!("tls {} {}", certificate.certificate.display(), certificate.key.display());
            let site = replaced(
                "deploy/Caddyfile",
                &[(format!("{NAME} {{"), format!("localhost {{\n\t{tls}")), (UPSTREAM.to_owned(), upstream.to_owned())],
            )?;
            let global = format!("{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n}}\n");
            write(&directory.join("Caddyfile"), &format!("{global}{site}"))?;
            let mut caddy = command(reverse_proxy_path("bin/caddy")?);
            caddy.args(["run", "--adapter", "caddyfile", "--config"]).arg(directory.join("Caddyfile"));
            caddy.envs(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map(|name| (name, directory)));
            Ok(caddy)
        })
        .await
    }

    /// Writes the configuration with `configure`, starts what that returns, and waits until it answers.
    async fn start(
        server: &str,
        name: &str,
        configure: impl FnOnce(&Path, &LocalhostCertificate, [u16; 2], &str) -> Result<Command, Failure>,
    ) -> Result<Self, Failure> {
        let directory = tempfile::tempdir().context(format!("making a directory for {name}"))?;
        let certificate = LocalhostCertificate::create(directory.path())?;
        let (http, https) = (Port::reserve()?, Port::reserve()?);
        let ports = [http.number(), https.number()];
        let mut command = configure(directory.path(), &certificate, ports, server.trim_start_matches("http://"))?;
        command.stderr(File::create(directory.path().join("log")).context(format!("making {name}'s log"))?);
        let process = Process::start(name, &mut command)?;
        let mut proxy = Self { process, certificate, https, http, directory };
        let client = proxy.client(Ipv4Addr::LOCALHOST)?;
        let health = format!("{}/healthz", proxy.url());
        let answers = async {
            while client.get(&health).send().await.is_err() {
                if proxy.process.has_ended() {
                    return false;
                }
            }
            true
        };
        if tokio::time::timeout(IN_TIME, answers).await != Ok(true) {
            let problem = format!("does not answer: {}", proxy.log());
            return Err(Failure::Program { program: name.to_owned(), problem });
        }
        Ok(proxy)
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.https.number())
    }

    /// Its address without TLS.
    pub fn plain_url(&self) -> String {
        format!("http://localhost:{}", self.http.number())
    }

    /// A client that trusts it, on a machine with this address, which is one of 127.0.0.0/8.
    ///
    /// # Errors
    /// [`Failure`] when its certificate can't be read.
    pub fn client(&self, address: impl Into<IpAddr>) -> Result<Client, Failure> {
        let authority = std::fs::read(&self.certificate.authority).context("reading a certificate")?;
        let client = Certificate::from_pem(&authority).and_then(|authority| {
            let trusting = Client::builder().add_root_certificate(authority).no_proxy();
            trusting.redirect(reqwest::redirect::Policy::none()).local_address(address.into()).build()
        });
        client.map_err(std::io::Error::other).context("making a client")
    }

    /// What it has said on standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

/// The text of a file of this repository with replacements made, each of which must have something to replace.
fn replaced(file: &str, replacements: &[(String, String)]) -> Result<String, Failure> {
    let text = std::fs::read_to_string(root().join(file)).context(format!("reading {file}"))?;
    replacements.iter().try_fold(text, |text, (from, to)| {
        if text.contains(from) {
            return Ok(text.replace(from, to));
        }
        Err(Failure::Program { program: file.to_owned(), problem: format!("does not contain {from:?}") })
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).context(format!("writing {}", path.display()))
}
