//! The real `modqueue` binary, to be killed and started again.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use super::clients::Clients;

/// A running server with a directory of its own. Dropping it kills it.
pub struct ServerProcess {
    directory: TempDir,
    arguments: Vec<String>,
    child: Child,
    address: String,
}

impl ServerProcess {
    /// Starts a server on the embedded store of its own directory.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, such as `["--store", "redis://127.0.0.1:6379"]`.
    pub fn start_with(arguments: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("modqueue-server-").tempdir().expect("a directory");
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let (child, address) = spawn(directory.path().join("data"), &arguments);
        Self { directory, arguments, child, address }
    }

    /// Where it keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The token that it made for a role.
    pub fn token(&self, role: &str) -> String {
        let file = self.data_dir().join("tokens").join(role);
        std::fs::read_to_string(file).expect("a made token").trim().to_owned()
    }

    /// Bytes of memory that it occupies.
    pub fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory is told");
        let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes << 10
    }

    /// Clients with the made tokens.
    pub async fn clients(&self) -> Clients {
        Clients::connect(&self.address, &self.data_dir().join("tokens")).await
    }

    /// Kills it with SIGKILL: nothing is finished, nothing flushed.
    pub fn kill_hard(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("a killed process ends");
    }

    /// Sends SIGTERM and waits for its end.
    pub fn terminate(&mut self) -> ExitStatus {
        let status = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
        self.child.wait().expect("it ends")
    }

    /// Starts it again on the same data.
    pub fn restart(&mut self) {
        (self.child, self.address) = spawn(self.data_dir(), &self.arguments);
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(data_dir: PathBuf, arguments: &[String]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_modqueue"))
        .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--workers", "2"])
        .arg("--data-dir")
        .arg(data_dir)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .env("RUST_LOG", "error")
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the server's binary runs");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = output.lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
    // The rest is read on, so that the server never writes into a closed pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address.expect("the server says where it listens"))
}
