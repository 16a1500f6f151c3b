//! The real `modqueue` binary, to be killed and started again.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use super::clients::Clients;

/// A running server with a directory of its own. Dropping it kills it.
pub struct ServerProcess {
    directory: TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    running: Running,
}

/// The process and where it said that it can be reached.
struct Running {
    child: Child,
    address: String,
    metrics: String,
}

impl ServerProcess {
    /// Starts a server on the embedded store of its own directory.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, such as `["--store", "redis://127.0.0.1:6379"]`.
    pub fn start_with(arguments: &[&str]) -> Self {
        Self::start_in(arguments, &[])
    }

    /// Starts a server that logs what it logs by default.
    pub fn start_logging(arguments: &[&str]) -> Self {
        Self::start_in(arguments, &[("RUST_LOG", "info")])
    }

    /// Starts a server with more arguments and environment variables.
    pub fn start_in(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::Builder::new().prefix("modqueue-server-").tempdir().expect("a directory");
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let environment: Vec<(String, String)> =
            environment.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let running = spawn(directory.path(), &arguments, &environment);
        Self { directory, arguments, environment, running }
    }

    /// Where it keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).expect("a log")
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.running.address
    }

    /// The page of its metrics, in the format that this `Accept` header asks for.
    pub fn metrics(&self, accept: &str) -> String {
        let mut stream = TcpStream::connect(&self.running.metrics).expect("it serves metrics");
        let head = format!(
            "GET /metrics HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("it reads the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, page) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        page.to_owned()
    }

    /// The token that it made for a role.
    pub fn token(&self, role: &str) -> String {
        let file = self.data_dir().join("tokens").join(role);
        std::fs::read_to_string(file).expect("a made token").trim().to_owned()
    }

    /// Bytes of memory that it occupies.
    pub fn memory(&self) -> usize {
        self.told("VmRSS:") << 10
    }

    /// Bytes of address space that it asked for, occupied or not.
    pub fn address_space(&self) -> usize {
        self.told("VmSize:") << 10
    }

    /// Threads that it has now.
    pub fn threads(&self) -> usize {
        self.told("Threads:")
    }

    fn told(&self, field: &str) -> usize {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.running.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("it is told");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// A connection.
    pub async fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address())).expect("an address");
        endpoint.connect().await.expect("the server accepts")
    }

    /// Clients with the made tokens.
    pub async fn clients(&self) -> Clients {
        Clients::connect(&self.running.address, &self.data_dir().join("tokens")).await
    }

    /// Kills it with SIGKILL: nothing is finished, nothing flushed.
    pub fn kill_hard(&mut self) {
        self.running.child.kill().expect("it can be killed");
        self.running.child.wait().expect("a killed process ends");
    }

    /// Sends a signal, such as `HUP`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.running.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Sends SIGTERM and waits for its end.
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.running.child.wait().expect("it ends")
    }

    /// Starts it again on the same data.
    pub fn restart(&mut self) {
        self.running = spawn(self.directory.path(), &self.arguments, &self.environment);
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.running.child.kill();
        let _ = self.running.child.wait();
    }
}

fn spawn(directory: &Path, arguments: &[String], environment: &[(String, String)]) -> Running {
    let log = File::options().append(true).create(true).open(directory.join("log")).expect("a log");
    let mut child = Command::new(env!("CARGO_BIN_EXE_modqueue"))
        .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--workers", "2"])
        .arg("--data-dir")
        .arg(directory.join("data"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .env("RUST_LOG", "error")
        .envs(environment.iter().cloned())
        .stderr(log)
        .spawn()
        .expect("the server's binary runs");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = output.lines().map_while(Result::ok);
    let mut told = |start: &str| lines.find_map(|line| line.strip_prefix(start).map(str::to_owned));
    let log = || std::fs::read_to_string(directory.join("log")).unwrap_or_default();
    let address = told("listening on ");
    let address = address.unwrap_or_else(|| panic!("it does not say where it listens: {}", log()));
    let metrics = told("  metrics   http://").expect("the server says where its metrics are");
    let metrics = metrics.trim_end_matches("/metrics").to_owned();
    // The rest is read on, so that the server never writes into a closed pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Running { child, address, metrics }
}
