//! What changes while the real server runs: tokens and certificates, by SIGHUP.

use std::path::PathBuf;
use std::time::Duration;

use modqueue::proto::v1::submission_service_client::SubmissionServiceClient;
use modqueue::proto::v1::watch_decisions_request::Start;
use modqueue::proto::v1::{GetCommentRequest, WatchDecisionsRequest, WatchDecisionsResponse};
use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use crate::support::authority::{Authority, Issued};
use crate::support::clients::{Bearer, Called};
use crate::support::hex_sha256;
use crate::support::server_process::ServerProcess;
use crate::support::service::{next, reason};

/// A server with a configuration file that can be changed.
struct Reloading {
    directory: TempDir,
    server: Option<ServerProcess>,
}

impl Reloading {
    fn new() -> Self {
        Self { directory: TempDir::with_prefix("modqueue-reload-").expect("a directory"), server: None }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("modqueue.toml")
    }

    fn write(&self, configuration: &str) {
        std::fs::write(self.file(), configuration).expect("it can be written");
    }

    fn start(&mut self, configuration: &str) -> String {
        self.write(configuration);
        let server = ServerProcess::start_with(&["--config", &self.file().display().to_string()]);
        let address = server.address().to_owned();
        self.server = Some(server);
        address
    }

    fn reload(&self, configuration: &str) {
        self.write(configuration);
        self.server().signal("HUP");
    }

    fn server(&self) -> &ServerProcess {
        self.server.as_ref().expect("it was started")
    }
}

fn token(name: &str, secret: &str) -> String {
    let sha256 = hex_sha256(secret.as_bytes());
    format!("[[tokens]]\nname = '{name}'\nsha256 = '{sha256}'\nroles = ['portal']\n")
}

fn portal(channel: &Channel, secret: &str) -> SubmissionServiceClient<Called> {
    SubmissionServiceClient::new(InterceptedService::new(channel.clone(), Bearer::new(secret)))
}

/// Why a call for a comment that is not there is refused.
async fn told(mut client: SubmissionServiceClient<Called>) -> String {
    let request = GetCommentRequest { comment_id: "nothing".into(), ..GetCommentRequest::default() };
    reason(&client.get_comment(request).await.expect_err("there is no such comment"))
}

const KNOWN: &str = "COMMENT_NOT_FOUND";

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

async fn watch(channel: &Channel, secret: &str) -> Streaming<WatchDecisionsResponse> {
    let request = WatchDecisionsRequest { start: Some(Start::FromNow(true)), ..Default::default() };
    let mut stream = portal(channel, secret).watch_decisions(request).await.expect("a stream").into_inner();
    next(&mut stream).await;
    stream
}

async fn ending(mut stream: Streaming<WatchDecisionsResponse>) -> Status {
    let ending = async {
        loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ends without a word"),
                Err(ending) => return ending,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ending).await.expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_come_and_go_without_a_restart_and_streams_go_with_them() {
    let mut reloading = Reloading::new();
    let (old, new) = (token("shop", "old"), token("shop", "new"));
    let address = reloading.start(&old);
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    assert_eq!(told(portal(&channel, "new")).await, "TOKEN_UNKNOWN");
    let by_old = watch(&channel, "old").await;
    reloading.reload(&format!("{old}{new}"));
    until("the new token is known", async || told(portal(&channel, "new")).await == KNOWN).await;
    assert_eq!(told(portal(&channel, "old")).await, KNOWN, "both are valid for a while");
    let mut by_new = watch(&channel, "new").await;
    reloading.reload(&new);
    let ended = ending(by_old).await;
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::Unauthenticated, "TOKEN_UNKNOWN"));
    assert_eq!(told(portal(&channel, "old")).await, "TOKEN_UNKNOWN");
    assert_eq!(told(portal(&channel, "new")).await, KNOWN);
    let more = tokio::time::timeout(Duration::from_millis(300), by_new.message()).await;
    assert!(more.is_err(), "the other's stream goes on: {more:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_configuration_is_told_whole_and_changes_nothing() {
    let mut reloading = Reloading::new();
    let (old, new) = (token("shop", "old"), token("shop", "new"));
    let address = reloading.start(&old);
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    reloading.reload(&format!("sits = ['x']\n{new}\nroles = 7\n"));
    let log = async |wanted: &[&str]| {
        until("the log tells", async || {
            let log = reloading.server().log();
            wanted.iter().all(|wanted| log.contains(wanted))
        })
        .await;
    };
    log(&["modqueue.toml: line 1", "did you mean `sites`", "line 7", "the last good one stays"]).await;
    assert_eq!(told(portal(&channel, "old")).await, KNOWN);
    reloading.reload(&format!("{new}[tls]\ncertificate = 'nowhere.pem'\nkey = 'nowhere.key'\n"));
    log(&["nowhere.pem"]).await;
    assert_eq!(told(portal(&channel, "old")).await, KNOWN, "a good half is not taken over either");
    reloading.reload(&new);
    until("the next good one is taken over", async || told(portal(&channel, "new")).await == KNOWN).await;
}

fn tls(server: &Issued, clients: &str) -> String {
    let (certificate, key) = (server.certificate.display(), server.key.display());
    format!("[tls]\ncertificate = '{certificate}'\nkey = '{key}'\n{clients}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_to_new_connections_and_the_old_go_on() {
    let mut reloading = Reloading::new();
    let authorities = ["old", "new"].map(|name| Authority::new(reloading.directory.path(), name));
    let [old, new] = authorities.each_ref().map(|authority| authority.issue("server", &["localhost"]));
    let address = reloading.start(&format!("{}{}", token("shop", "s"), tls(&old, "")));
    let before = authorities[0].connect(&address, None).await.expect("it is trusted");
    assert!(authorities[1].connect(&address, None).await.is_err(), "the new one is not there yet");
    // As certificates are renewed: the same paths, other contents.
    std::fs::copy(&new.certificate, &old.certificate).unwrap();
    std::fs::copy(&new.key, &old.key).unwrap();
    reloading.server().signal("HUP");
    until("the new one is shown", async || authorities[1].connect(&address, None).await.is_ok()).await;
    assert!(authorities[0].connect(&address, None).await.is_err());
    assert_eq!(told(portal(&before, "s")).await, KNOWN, "the old connection goes on");
}

/// A portal that is known by the certificate of its connection.
async fn certified(authority: &Authority, address: &str, client: Option<&Issued>) -> Result<String, ()> {
    let channel = authority.connect(address, client).await.map_err(drop)?;
    let request = GetCommentRequest { comment_id: "nothing".into(), ..GetCommentRequest::default() };
    let refused = SubmissionServiceClient::new(channel).get_comment(request).await.expect_err("a refusal");
    // A client hears of a refused handshake only once it sends something; such a refusal has no reason of ours.
    refused.get_details_error_info().map(|told| told.reason).ok_or(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_is_an_identity_of_its_own() {
    let mut reloading = Reloading::new();
    let authority = Authority::new(reloading.directory.path(), "ours");
    let strange = Authority::new(reloading.directory.path(), "strange");
    let server = authority.issue("server", &["localhost"]);
    let [by_name, by_print, nobody] = [
        authority.issue("name", &["spiffe://example/backend"]),
        authority.issue("print", &["other.example"]),
        authority.issue("nobody", &["spiffe://example/nobody"]),
    ];
    let forged = strange.issue("name", &["spiffe://example/backend"]);
    let print = hex_sha256(&der(&by_print));
    let known = |roles: &str| {
        let entry =
            |proof: String| format!("[[certificates]]\nname = 'backend'\n{proof}\nroles = [{roles}]\n");
        let by_name = entry("san = 'spiffe://example/backend'".into());
        format!("{by_name}{}", entry(format!("sha256 = '{print}'")))
    };
    let clients = |more: &str| format!("client_ca = '{}'\n{more}", authority.file().display());
    let optional = tls(&server, &clients("client_certificates = 'optional'"));
    let address = reloading.start(&format!("{}{}{optional}", token("shop", "s"), known("'portal'")));
    let told_to = async |client| certified(&authority, &address, client).await;
    assert_eq!(told_to(Some(&by_name)).await.as_deref(), Ok(KNOWN));
    assert_eq!(told_to(Some(&by_print)).await.as_deref(), Ok(KNOWN));
    assert_eq!(told_to(Some(&nobody)).await.as_deref(), Ok("CERTIFICATE_UNKNOWN"));
    assert_eq!(told_to(None).await.as_deref(), Ok("TOKEN_MISSING"));
    assert!(told_to(Some(&forged)).await.is_err(), "another authority signed it");
    let channel = authority.connect(&address, Some(&nobody)).await.expect("it is signed");
    assert_eq!(told(portal(&channel, "s")).await, KNOWN, "a token counts on any connection");
    reloading.reload(&format!("{}{}", known("'admin'"), tls(&server, &clients(""))));
    until("roles change", async || told_to(Some(&by_name)).await.as_deref() == Ok("ROLE_MISSING")).await;
    assert!(told_to(None).await.is_err(), "certificates are required now");
}

fn der(issued: &Issued) -> Vec<u8> {
    CertificateDer::from_pem_file(&issued.certificate).expect("a certificate").to_vec()
}
