//! The pictures of `modctl` in the README: the real programs, in a terminal of their own or a browser, over comments written for
//! this project.
//!
//! `make screenshots` draws them anew into `docs/screenshots`. It needs `script` of util-linux, and chromium.

mod browser;
mod pty;
mod svg;
mod week;

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use self::pty::Pty;
use self::week::Week;

const COMMENTS: &str = include_str!("comments.jsonl");
const POLICY: &str = include_str!("policy.toml");

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let into = std::env::args().nth(1).ok_or("usage: screenshots DIRECTORY")?;
    fs::create_dir_all(&into)?;
    let desk = Desk::open()?;
    review(&desk, Path::new(&into))?;
    queue(&desk, Path::new(&into))?;
    report(&desk.binaries, Path::new(&into))
}

/// The report on a week, whole, and its top as it is in the dark.
fn report(binaries: &Path, into: &Path) -> Done {
    let directory = tempfile::tempdir()?;
    let page = directory.path().join("report.html");
    Week::pass(binaries)?.report(&page)?;
    browser::picture(&page, 3800, false, &into.join("report.png"))?;
    browser::picture(&page, 1250, true, &into.join("report-dark.png"))
}

/// The review with its findings, the author's others, a wave, and a change of the policy.
fn review(desk: &Desk, into: &Path) -> Done {
    let mut screen = desk.terminal("review", 30)?;
    screen.wait_for("yours for")?;
    screen.press("jjjjjjj", "answers")?;
    screen.picture(&into.join("review.svg"))?;
    screen.press("\t\t", "changes the rule")?;
    screen.press("x", "enter tries it")?;
    screen.press("\r", "would free")?;
    screen.picture(&into.join("fix.svg"))?;
    screen.press("\u{1b}\u{1b}", "yours for")?;
    screen.press("g", " 1 of ")?;
    screen.press("", " alike")?;
    screen.press("W", "the whole wave")?;
    screen.picture(&into.join("wave.svg"))?;
    screen.press("\u{1b}", "nothing was decided")?;
    screen.press("q", "")
}

fn queue(desk: &Desk, into: &Path) -> Done {
    for (ids, decision) in [(&["c-02", "c-05", "c-08"][..], "approve"), (&["c-11"][..], "reject")] {
        desk.modctl(&[&[decision], ids].concat())?;
    }
    let mut screen = desk.terminal("queue", 34)?;
    screen.end()?;
    screen.picture(&into.join("queue.svg"))
}

/// A server on a throw-away store, with the comments in it.
struct Desk {
    directory: tempfile::TempDir,
    server: Child,
    address: String,
    binaries: PathBuf,
}

impl Desk {
    fn open() -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let binaries =
            std::env::current_exe()?.parent().and_then(Path::parent).ok_or("no binaries")?.to_owned();
        let mut server = Command::new(binaries.join("modqueue"))
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.path().join("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lines = BufReader::new(server.stdout.take().ok_or("no output")?).lines().map_while(Result::ok);
        let mut lines = lines.filter_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let address = lines.next().ok_or("the server does not start")?;
        let desk = Self { directory, server, address, binaries };
        desk.fill()?;
        Ok(desk)
    }

    fn fill(&self) -> Done {
        for (name, text) in [("policy.toml", POLICY), ("comments.jsonl", COMMENTS)] {
            fs::write(self.directory.path().join(name), text)?;
        }
        self.modctl(&["policy", "set", "policy.toml"])?;
        self.modctl(&["import", "comments.jsonl"])
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.directory.path())
            .env("MODCTL_SERVER", format!("http://{}", self.address))
            .env("MODQUEUE_DATA_DIR", self.directory.path().join("data"))
            .env("XDG_CONFIG_HOME", self.directory.path())
            .env_remove("NO_COLOR");
        command
    }

    fn modctl(&self, arguments: &[&str]) -> Done {
        let modctl = self.binaries.join("modctl");
        let output = self.command(&modctl.to_string_lossy()).args(arguments).stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("modctl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }

    /// `modctl` with this command in a terminal of 110 columns.
    fn terminal(&self, command: &str, rows: u16) -> Result<Pty, Box<dyn Error>> {
        let modctl = self.binaries.join("modctl");
        Pty::open(self.command("script"), &format!("{} {command} 2>/dev/null", modctl.display()), rows, 110)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
