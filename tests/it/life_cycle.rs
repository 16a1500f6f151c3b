//! Starting and stopping the real server.

use std::process::Command;

use modqueue::proto::v1::WatchDecisionsRequest;
use modqueue::proto::v1::watch_decisions_request::Start;

use crate::support::clients::submission;
use crate::support::server_process::ServerProcess;

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_streams_and_calls_cleanly_and_the_exit_code_is_zero() {
    let mut server = ServerProcess::start();
    let mut clients = server.clients().await;
    let watch = WatchDecisionsRequest { start: Some(Start::FromNow(true)), ..Default::default() };
    let mut stream = clients.submission.watch_decisions(watch).await.expect("a stream").into_inner();
    assert!(stream.message().await.expect("the opening cursor").is_some());
    clients.submission.submit_comment(submission("c1", "ann", "a remark")).await.expect("a verdict");
    let ended = tokio::spawn(async move { stream.message().await });
    drop(clients);
    let status = tokio::task::spawn_blocking(move || server.terminate()).await.expect("it ends");
    assert_eq!(status.code(), Some(0));
    let ended = ended.await.expect("the reader ends");
    assert!(ended.as_ref().is_ok_and(Option::is_none) || ended.is_err(), "{ended:?}");
}

#[test]
fn a_bad_configuration_tells_all_mistakes_and_exits_with_2() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("modqueue.toml");
    std::fs::write(&file, "listen = 'nowhere'\nsits = ['x']\n").expect("it can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_modqueue"))
        .args(["check-config", "--config"])
        .arg(&file)
        .output()
        .expect("the server's binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("line 1") && told.contains("line 2") && told.contains("did you mean"), "{told}");
}

#[test]
fn the_demonstration_turns_out_as_promised() {
    let output = Command::new(env!("CARGO_BIN_EXE_modqueue")).arg("demo").output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("Everything turned out as promised."), "{shown}");
}
