//! Starting and stopping the real server.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use modqueue::proto::v1::WatchDecisionsRequest;
use modqueue::proto::v1::watch_decisions_request::Start;

use crate::support::clients::submission;
use crate::support::redis_server::RedisServer;
use crate::support::server_process::ServerProcess;

/// Runs the server's binary to its end; nothing of this machine's configuration counts.
fn modqueue(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_modqueue")).args(arguments).output().expect("the server's binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

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
    let output = modqueue(&["check-config", "--config", &file.display().to_string()]);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("line 1") && told.contains("line 2") && told.contains("did you mean"), "{told}");
}

#[test]
fn the_demonstration_turns_out_as_promised() {
    let output = modqueue(&["demo"]);
    assert!(output.status.success(), "{}", said(&output));
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("Everything turned out as promised."), "{shown}");
}

#[test]
fn exit_codes_tell_a_wrong_configuration_from_a_start_that_failed() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("modqueue.toml");
    let pem = directory.path().join("server.pem");
    std::fs::write(&pem, "no certificate").expect("it can be written");
    let tls = format!("[tls]\ncertificate = '{0}'\nkey = '{0}'\n", pem.display());
    std::fs::write(&file, tls).expect("it can be written");
    let (file, data) = (file.display().to_string(), directory.path().join("data").display().to_string());
    for arguments in [&["check-config", "--config", &file][..], &["--config", &file], &["--listen", "here"]] {
        let output = modqueue(&[arguments, &["--data-dir", &data]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    let output = modqueue(&["--listen", &taken, "--data-dir", &data]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(&taken), "{}", said(&output));
}

#[test]
fn a_store_that_may_lose_comments_is_refused_where_none_may_be_lost() {
    let redis = RedisServer::start_with(&["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"]);
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().display().to_string();
    let output = modqueue(&[
        "--require-durable",
        "--store",
        &redis.url(),
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        &data,
    ]);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for part in ["allkeys-lru", "appendonly yes", "without --require-durable"] {
        assert_eq!(told.matches(part).count(), 1, "{part}: {told}");
    }
}

/// It may be started before its store, as by a machine that starts both.
#[test]
fn a_server_that_may_lose_nothing_waits_for_its_store_and_can_be_stopped_meanwhile() {
    let mut redis = RedisServer::start_with(&["--appendonly", "yes", "--maxmemory-policy", "noeviction"]);
    redis.kill_hard();
    for comes_back in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let mut server = Command::new(env!("CARGO_BIN_EXE_modqueue"))
            .args(["--require-durable", "--listen", "127.0.0.1:0", "--metrics-listen", "off"])
            .args(["--store", &redis.url(), "--data-dir"])
            .arg(directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server's binary runs");
        let waits = first_line(server.stderr.take());
        assert!(waits.contains("trying again every second"), "{waits}");
        if comes_back {
            redis.restart();
            let serves = first_line(server.stdout.take());
            assert!(serves.starts_with("listening on"), "{serves}");
        }
        let told = Command::new("kill").arg(server.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        assert_eq!(server.wait().expect("it ends").code(), Some(0));
    }
}

#[test]
fn the_hint_how_to_call_a_server_that_listens_everywhere_can_be_followed() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut server = Command::new(env!("CARGO_BIN_EXE_modqueue"))
        .args(["--listen", "0.0.0.0:0", "--insecure", "--metrics-listen", "off", "--data-dir"])
        .arg(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server's binary runs");
    let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let hint = lines.take(30).find(|line| line.contains(" submit ")).expect("a hint");
    let address = hint.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address");
    assert!(address.starts_with("127.0.0.1:"), "{hint}");
    std::net::TcpStream::connect(address).expect("it can be called there");
    server.kill().expect("it can be killed");
    server.wait().expect("a killed process ends");
}

fn first_line(output: Option<impl Read>) -> String {
    let mut line = String::new();
    BufReader::new(output.expect("a pipe")).read_line(&mut line).expect("it says something");
    line
}

#[test]
fn metrics_can_be_switched_off_by_flag_and_environment() {
    let mut in_environment = Command::new(env!("CARGO_BIN_EXE_modqueue"));
    in_environment.arg("check-config").env("MODQUEUE_METRICS_LISTEN", "off");
    let output = in_environment.output().expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    assert!(modqueue(&["check-config", "--metrics-listen", "off"]).status.success());
    let refused = modqueue(&["check-config", "--metrics-listen", "on"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("or off"), "{}", said(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_by_its_exit_code_whether_the_server_serves() {
    let redis = RedisServer::start();
    let server = ServerProcess::start_with(&["--store", &redis.url()]);
    let ask = |address: &str| modqueue(&["health", "--server", address]);
    let becomes = |code: i32| {
        let until = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            let output = ask(server.address());
            if output.status.code() == Some(code) {
                return said(&output);
            }
            assert!(std::time::Instant::now() < until, "{}", said(&output));
        }
    };
    becomes(0);
    redis.freeze();
    assert!(becomes(1).contains("does not serve"));
    redis.thaw();
    becomes(0);
    let here = modqueue(&["health", "--listen", server.address()]);
    assert!(here.status.success(), "it asks where it is configured to listen: {}", said(&here));
    drop(server);
    assert_eq!(ask("127.0.0.1:1").status.code(), Some(1));
}

#[test]
fn health_and_reflection_can_be_switched_off() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("modqueue.toml");
    std::fs::write(&file, "health = false\nreflection = false\n").expect("it can be written");
    let server = ServerProcess::start_with(&["--config", &file.display().to_string()]);
    let output = modqueue(&["health", "--server", server.address()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("health = true"), "{}", said(&output));
}

#[test]
fn it_serves_though_nobody_reads_what_it_says_at_its_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let notify = directory.path().join("notify");
    let socket = UnixDatagram::bind(&notify).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
    let mut child = Command::new(env!("CARGO_BIN_EXE_modqueue"))
        .args(["--listen", "127.0.0.1:0", "--metrics-listen", "off", "--data-dir"])
        .arg(directory.path())
        .env("NOTIFY_SOCKET", &notify)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server's binary runs");
    drop(child.stdout.take());
    let mut message = [0; 64];
    let heard = socket.recv(&mut message).map(|length| message[..length].starts_with(b"READY=1"));
    child.kill().expect("it can be killed");
    child.wait().expect("a killed process ends");
    assert!(heard.is_ok_and(|ready| ready), "it does not get as far as to serve");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_hears_of_start_reload_and_stop_and_that_the_server_lives() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
    let heard = |wanted: &str| {
        let mut message = [0; 512];
        loop {
            let length = socket.recv(&mut message).unwrap_or_else(|_| panic!("{wanted} is not told"));
            let told = String::from_utf8_lossy(&message[..length]).into_owned();
            if told.lines().any(|line| line == wanted) {
                return told;
            }
            assert_eq!(told.trim(), "WATCHDOG=1", "before {wanted}");
        }
    };
    let notify = path.display().to_string();
    let mut server = ServerProcess::start_in(&[], &[("NOTIFY_SOCKET", &notify), ("WATCHDOG_USEC", "200000")]);
    heard("READY=1");
    heard("WATCHDOG=1");
    server.signal("HUP");
    assert!(heard("RELOADING=1").contains("MONOTONIC_USEC="));
    heard("READY=1");
    assert_eq!(server.terminate().code(), Some(0));
    heard("STOPPING=1");
}
