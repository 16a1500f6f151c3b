//! The real `modctl review` in a pseudo-terminal, before a real server.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use modqueue::proto::v1::{CommentState, InspectCommentRequest};

use super::support::backend::runtime;
use super::support::clients::submission;
use super::support::server_process::ServerProcess;

/// How long the screen may take; it fails with what was drawn.
const PATIENCE: Duration = Duration::from_secs(30);

/// `script` gives the program a terminal of its own and passes keys and drawings through.
struct Screen {
    child: Child,
    drawn: Receiver<Vec<u8>>,
    seen: String,
}

impl Screen {
    fn open(server: &ServerProcess, options: &str) -> Self {
        let review = format!("stty rows 24 cols 80; exec {} review {options}", env!("CARGO_BIN_EXE_modctl"));
        let mut child = Command::new("script")
            .args(["-qefc", &review, "/dev/null"])
            .env("TERM", "xterm")
            .env("MODCTL_SERVER", format!("http://{}", server.address()))
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
        Self { child, drawn, seen: String::new() }
    }

    fn press(&mut self, keys: &str) {
        let input = self.child.stdin.as_mut().expect("its input");
        input.write_all(keys.as_bytes()).expect("the terminal takes keys");
        input.flush().expect("the terminal takes keys");
    }

    /// Waits until this is drawn after what was waited for before.
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(place) = self.seen.find(text) {
                self.seen.drain(..place + text.len());
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let part = self.drawn.recv_timeout(left);
            let part = part.unwrap_or_else(|_| panic!("`{text}` is not drawn after {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&part));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn with_one_comment() -> ServerProcess {
    let server = ServerProcess::start();
    let mut clients = server.clients().await;
    clients.set_policy("mode = 'pre'\nlimits = []\n").await;
    clients.submission.submit_comment(submission("c1", "ann", "Remarkable")).await.expect("it comes in");
    server
}

async fn state(server: &ServerProcess) -> CommentState {
    let request = InspectCommentRequest { comment_id: "c1".into(), ..InspectCommentRequest::default() };
    let page = server.clients().await.review.inspect_comment(request).await.expect("it is there");
    page.into_inner().comment.expect("a comment").state()
}

#[test]
fn a_comment_is_approved_and_taken_back_with_two_keys() {
    runtime().block_on(async {
        let server = with_one_comment().await;
        let mut screen = Screen::open(&server, "");
        screen.wait_for("Remarkable");
        screen.wait_for("yours");
        screen.press("a");
        screen.wait_for("decided");
        assert_eq!(state(&server).await, CommentState::Approved);
        screen.press("u");
        screen.wait_for("Remarkable");
        screen.wait_for("undone");
        assert_eq!(state(&server).await, CommentState::Pending);
    });
}

#[test]
fn quitting_gives_the_terminal_and_the_claims_back() {
    runtime().block_on(async {
        let server = with_one_comment().await;
        let mut screen = Screen::open(&server, "");
        screen.wait_for("\u{1b}[?1049h");
        screen.wait_for("yours");
        screen.press("q");
        screen.wait_for("\u{1b}[?1049l");
        assert!(screen.child.wait().expect("it ends").success());
        let request = InspectCommentRequest { comment_id: "c1".into(), ..InspectCommentRequest::default() };
        let page = server.clients().await.review.inspect_comment(request).await.expect("it is there");
        assert!(page.into_inner().comment.expect("a comment").claim.is_none());
    });
}

#[test]
fn without_a_terminal_the_review_says_what_to_do_instead() {
    let output = Command::new(env!("CARGO_BIN_EXE_modctl")).arg("review").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("modctl list"));
}
