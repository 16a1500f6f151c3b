//! Behaviour under abuse: bounds, floods, overload, bytes that nobody should send.

mod addresses;
mod arriving;
mod bounds;
mod floods;
mod fuzz;
mod overload;

use modqueue::proto::v1::GetCommentRequest;
use tonic::Code;

use crate::support::server_process::ServerProcess;

/// Starts the real server with more lines in its configuration file.
fn server(settings: &str) -> ServerProcess {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("modqueue.toml");
    std::fs::write(&file, settings).expect("it can be written");
    ServerProcess::start_with(&["--config", &file.display().to_string()])
}

/// The server answers a good call on a new connection.
async fn it_answers(server: &ServerProcess) {
    let request = GetCommentRequest { comment_id: "nothing".into(), ..GetCommentRequest::default() };
    let answer = server.clients().await.submission.get_comment(request).await;
    assert_eq!(answer.expect_err("there is no such comment").code(), Code::NotFound);
}

/// More memory than this is growth, not noise.
const NOISE: usize = 32 << 20;

/// Runs `flood` and checks that the server's memory is about as before and that it answers.
async fn stays_flat<F: Future<Output = ()>>(server: &ServerProcess, flood: F) {
    it_answers(server).await;
    let before = server.memory();
    flood.await;
    it_answers(server).await;
    let after = server.memory();
    assert!(after < before + NOISE, "from {} to {} KiB", before >> 10, after >> 10);
}
