//! The real `modctl review` in a pseudo-terminal, before a real server.

mod keys;
mod scene;

use std::process::Command;
use std::time::Duration;

use modqueue::proto::v1::{CommentState, InspectCommentRequest};

use super::support::backend::runtime;
use super::support::clients::submission;
use super::support::screen::Screen;
use super::support::server_process::ServerProcess;
use super::support::slow_link::SlowLink;

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
fn over_a_slow_link_the_screen_answers_at_once_and_the_server_later() {
    runtime().block_on(async {
        let server = with_one_comment().await;
        let link = SlowLink::open(server.address(), Duration::from_millis(100)).await;
        let mut screen = Screen::open_through(&link.address(), &server, "");
        screen.wait_for("yours");
        link.hold(true);
        screen.press("a");
        screen.wait_for("c1 approved");
        screen.wait_for("1 on the way");
        assert_eq!(state(&server).await, CommentState::Pending);
        link.hold(false);
        screen.wait_for("1 decided");
        assert_eq!(state(&server).await, CommentState::Approved);
    });
}

#[test]
fn quitting_gives_the_terminal_and_the_claims_back() {
    runtime().block_on(async {
        let server = with_one_comment().await;
        let mut screen = Screen::open(&server, "");
        screen.wait_for_ownership(true);
        screen.wait_for("yours");
        screen.press("q");
        screen.wait_for_ownership(false);
        assert!(screen.end().success());
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
