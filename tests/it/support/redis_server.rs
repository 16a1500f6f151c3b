//! A real `redis-server` of the tests' own: own directory, own port, gone when the test process is.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);
const PORTS_TO_TRY: usize = 5;

/// A running server. Dropping it kills it.
pub struct RedisServer {
    directory: TempDir,
    settings: Vec<String>,
    port: u16,
    process: Process,
}

/// What became of a start.
enum Start {
    Answers(Process),
    PortTaken,
}

impl RedisServer {
    /// The server that the tests of this process share; each takes a key prefix of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RedisServer> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server that keeps everything in memory.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, such as `["--appendonly", "yes"]`.
    pub fn start_with(settings: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("modqueue-redis-").tempdir().expect("a directory");
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        for _ in 0..PORTS_TO_TRY {
            let port = free_port();
            if let Start::Answers(process) = Process::start(directory.path(), port, &settings) {
                return Self { directory, settings, port, process };
            }
        }
        panic!("redis-server found {PORTS_TO_TRY} free ports taken; is something grabbing all of them?")
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Kills it with SIGKILL: what it had not written is lost.
    pub fn kill_hard(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same port and directory, killing it first when it still runs.
    pub fn restart(&mut self) {
        self.process.kill();
        match Process::start(self.directory.path(), self.port, &self.settings) {
            Start::Answers(process) => self.process = process,
            Start::PortTaken => panic!("port {} was taken while redis-server was down", self.port),
        }
    }

    /// Stops it in the middle of whatever it does (SIGSTOP): connections stay open, nothing answers.
    pub fn freeze(&self) {
        self.process.signal("STOP");
    }

    /// Lets a frozen server go on (SIGCONT).
    pub fn thaw(&self) {
        self.process.signal("CONT");
    }
}

/// The server's process with a guard beside it, which ends the server when this process dies in
/// whatever way: statics are never dropped, and a killed test drops nothing.
struct Process {
    server: Child,
    guard: Child,
}

impl Process {
    fn start(directory: &Path, port: u16, settings: &[String]) -> Start {
        let log = directory.join("log");
        let server = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
            .arg(directory)
            .args(settings)
            .stdin(Stdio::null())
            .stdout(File::create(&log).expect("a log file"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot run redis-server ({error}); install it: apt-get install redis-server")
            });
        let guard = guard(server.id(), directory);
        let mut process = Self { server, guard };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match process_id(port) {
                Some(id) if id == process.server.id() => return Start::Answers(process),
                Some(_) => return Start::PortTaken,
                None if process.server.try_wait().expect("its state").is_some() => {
                    let log = std::fs::read_to_string(log).unwrap_or_default();
                    assert!(log.contains("in use"), "redis-server ended at once; its log:\n{log}");
                    return Start::PortTaken;
                }
                None => sleep(Duration::from_millis(5)),
            }
        }
        let log = std::fs::read_to_string(log).unwrap_or_default();
        panic!("redis-server did not answer within {PATIENCE:?}; its log:\n{log}")
    }

    fn kill(&mut self) {
        for child in [&mut self.guard, &mut self.server] {
            child.kill().expect("a child can be killed");
            child.wait().expect("a killed child ends");
        }
    }

    fn signal(&self, name: &str) {
        let target = self.server.id().to_string();
        let status = Command::new("kill").args(["-s", name, &target]).status().expect("kill runs");
        assert!(status.success(), "kill -s {name} {target}: {status}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for the end of this process, which closes its standard input; then cleans up.
fn guard(server: u32, directory: &Path) -> Child {
    Command::new("sh")
        .args(["-c", r#"cat; kill -9 "$1"; rm -rf "$2""#, "guard", &server.to_string()])
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs")
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

/// The process that answers on this port; `None` while none does.
fn process_id(port: u16) -> Option<u32> {
    let client = redis::Client::open(url(port)).expect("a well-formed URL");
    let mut connection = client.get_connection_with_timeout(Duration::from_secs(1)).ok()?;
    let info: redis::InfoDict = redis::cmd("INFO").arg("server").query(&mut connection).ok()?;
    info.get("process_id")
}
