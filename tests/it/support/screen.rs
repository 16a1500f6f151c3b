//! The real `modctl review` in a pseudo-terminal, seen as a terminal shows it.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::server_process::ServerProcess;

/// How long the screen may take; it fails with what was drawn.
const PATIENCE: Duration = Duration::from_secs(30);

/// `script` gives the program a terminal of its own and passes keys and drawings through.
pub struct Screen {
    child: Child,
    drawn: Receiver<Vec<u8>>,
    terminal: vt100::Parser,
    /// Everything that the program wrote.
    written: Vec<u8>,
}

impl Screen {
    /// Opens the review on a server, in 80 columns and 24 lines.
    pub fn open(server: &ServerProcess, options: &str) -> Self {
        Self::open_through(server.address(), server, options)
    }

    /// The same by way of another address.
    pub fn open_through(address: &str, server: &ServerProcess, options: &str) -> Self {
        let review = format!("stty rows 24 cols 80; exec {} review {options}", env!("CARGO_BIN_EXE_modctl"));
        let mut child = Command::new("script")
            .args(["-qefc", &review, "/dev/null"])
            .env("TERM", "xterm")
            .env("MODCTL_SERVER", format!("http://{address}"))
            .env("MODQUEUE_DATA_DIR", server.data_dir())
            .env("XDG_CONFIG_HOME", server.data_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`script` of util-linux is installed");
        let mut output = child.stdout.take().expect("its output");
        let (send, drawn) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut part) {
                if send.send(part[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, drawn, terminal: vt100::Parser::new(24, 80, 0), written: vec![] }
    }

    /// Presses keys, given as the bytes that a terminal sends for them.
    pub fn press(&mut self, keys: &str) {
        let input = self.child.stdin.as_mut().expect("its input");
        input.write_all(keys.as_bytes()).expect("the terminal takes keys");
        input.flush().expect("the terminal takes keys");
    }

    /// Waits until this is seen.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |seen| seen.contains(text));
    }

    /// Waits until what is seen is so.
    pub fn wait_until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) {
        self.wait_on_terminal(what, |terminal| is_so(&terminal.contents()));
    }

    /// Waits until the terminal is the program's own, or given back.
    pub fn wait_for_ownership(&mut self, owned: bool) {
        self.wait_on_terminal("the terminal's owner", |terminal| terminal.alternate_screen() == owned);
    }

    /// What is seen now.
    pub fn seen(&self) -> String {
        self.terminal.screen().contents()
    }

    /// Waits until the program has written this, be it seen or not.
    pub fn wait_for_written(&mut self, bytes: &str) {
        let end = Instant::now() + PATIENCE;
        while !String::from_utf8_lossy(&self.written).contains(bytes) {
            let part = self.drawn.recv_timeout(end.saturating_duration_since(Instant::now()));
            let part = part.unwrap_or_else(|_| panic!("{bytes:?} was not written"));
            self.terminal.process(&part);
            self.written.extend(part);
        }
    }

    /// Waits for the program's end.
    pub fn end(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    fn wait_on_terminal(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self.terminal.screen()) {
            let part = self.drawn.recv_timeout(end.saturating_duration_since(Instant::now()));
            let seen = self.terminal.screen().contents();
            let part = part.unwrap_or_else(|_| panic!("not so: {what}. What is seen:\n{seen}"));
            self.terminal.process(&part);
            self.written.extend(part);
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
