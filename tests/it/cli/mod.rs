//! The real `modctl` against the real server.

mod certificates;
mod dry_run;
mod evaluate;
mod export;
mod failures;
mod fields;
mod figures;
mod import;
mod pipes;
mod policy;
mod policy_edit;
mod revise;
mod road;
mod shown;
mod words;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::server_process::ServerProcess;

/// A server, and a user of `modctl` with a home of their own.
struct Desk {
    server: ServerProcess,
    home: TempDir,
}

/// What a command printed, and how it ended.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Self {
        Self { server: ServerProcess::start(), home: home() }
    }

    /// With three comments that wait.
    fn with_three() -> Self {
        let desk = Self::new();
        for (id, text) in
            [("c-1", "First of all."), ("c-2", "Second thoughts."), ("c-3", "Third time lucky.")]
        {
            assert_eq!(desk.submit(id, text).code, 0);
        }
        desk
    }

    /// Runs `modctl` as the desk's user.
    fn modctl(&self, arguments: &[&str]) -> Ran {
        self.fed(arguments, "")
    }

    /// The same with something on standard input.
    fn fed(&self, arguments: &[&str], input: &str) -> Ran {
        run(self.command(&self.home).args(arguments), input)
    }

    /// Runs `modctl` as somebody else, whose state and configuration are their own.
    fn modctl_of(&self, home: &TempDir, arguments: &[&str]) -> Ran {
        run(self.command(home).args(arguments), "")
    }

    /// Runs `modctl`, expects it to succeed, and reads its output as one JSON document.
    fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.modctl(&[arguments, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).expect("JSON")
    }

    /// Submits a comment by an author of its own.
    fn submit(&self, id: &str, text: &str) -> Ran {
        self.modctl(&["submit", text, "--id", id, "--author", id])
    }

    /// Puts a policy in force.
    fn set_policy(&self, source: &str) {
        let ran = self.fed(&["policy", "set", "-"], source);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }

    fn command(&self, home: &TempDir) -> Command {
        let mut command = bare(home);
        command.env("MODCTL_SERVER", self.server.address()).env("MODQUEUE_DATA_DIR", self.server.data_dir());
        command
    }
}

fn home() -> TempDir {
    tempfile::Builder::new().prefix("modctl-home-").tempdir().expect("a directory")
}

/// `modctl` in an empty environment, so that nothing of the machine that runs the tests shows.
fn bare(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modctl"));
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    command
}

fn run(command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("modctl runs");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    // A command that needs no input ends without reading it.
    let writer = std::thread::spawn(move || _ = stdin.write_all(input.as_bytes()));
    let Output { status, stdout, stderr } = child.wait_with_output().expect("modctl ends");
    writer.join().expect("the input is written");
    let text = |bytes| String::from_utf8(bytes).expect("modctl prints UTF-8");
    Ran { code: status.code().expect("an exit code"), stdout: text(stdout), stderr: text(stderr) }
}
