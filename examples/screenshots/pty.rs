//! A program in a terminal of its own, and what that terminal shows.

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::svg;

/// How long something may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nothing is drawn for so long: what was asked for stands on the screen.
const STILL: Duration = Duration::from_millis(400);

/// A terminal.
pub struct Pty {
    child: Child,
    drawn: Receiver<Vec<u8>>,
    terminal: vt100::Parser,
}

impl Pty {
    /// Runs a command line in a terminal of this size; `script` gives it one.
    pub fn open(mut script: Command, line: &str, rows: u16, columns: u16) -> Result<Self, Box<dyn Error>> {
        let mut child = script
            .args(["-qefc", &format!("stty rows {rows} cols {columns}; {line}"), "/dev/null"])
            .env("TERM", "xterm-256color")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = child.stdout.take().ok_or("no output")?;
        let (send, drawn) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut part) {
                if send.send(part[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, drawn, terminal: vt100::Parser::new(rows, columns, 0) })
    }

    /// Presses keys and waits for what they bring.
    pub fn press(&mut self, keys: &str, seen: &str) -> Result<(), Box<dyn Error>> {
        // An escape and what follows it would be taken for one key.
        for key in keys.split_inclusive('\u{1b}') {
            let input = self.child.stdin.as_mut().ok_or("no input")?;
            input.write_all(key.as_bytes())?;
            input.flush()?;
            self.settle()?;
        }
        self.wait_for(seen)
    }

    /// Waits until this is seen.
    pub fn wait_for(&mut self, text: &str) -> Result<(), Box<dyn Error>> {
        let end = Instant::now() + PATIENCE;
        while !self.terminal.screen().contents().contains(text) {
            match self.drawn.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(part) => self.terminal.process(&part),
                Err(_) => {
                    return Err(format!("not seen: {text}\n{}", self.terminal.screen().contents()).into());
                }
            }
        }
        Ok(())
    }

    /// Waits for the program's end.
    pub fn end(&mut self) -> Result<(), Box<dyn Error>> {
        while let Ok(part) = self.drawn.recv_timeout(PATIENCE) {
            self.terminal.process(&part);
        }
        self.child.wait()?;
        Ok(())
    }

    /// Draws what is seen into a file.
    pub fn picture(&mut self, file: &Path) -> Result<(), Box<dyn Error>> {
        self.settle()?;
        fs::write(file, svg::drawn(self.terminal.screen()))?;
        println!("{}", file.display());
        Ok(())
    }

    /// Waits until nothing more is drawn.
    fn settle(&mut self) -> Result<(), Box<dyn Error>> {
        loop {
            match self.drawn.recv_timeout(STILL) {
                Ok(part) => self.terminal.process(&part),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
