//! Client certificates instead of tokens, as `modctl` and `modqueue health` show them.

use std::process::Command;

use tempfile::TempDir;

use super::{bare, home, run};
use crate::support::authority::Authority;
use crate::support::server_process::ServerProcess;

#[test]
fn a_moderator_works_with_a_certificate_and_without_a_token() {
    let directory = TempDir::with_prefix("modqueue-certificates-").expect("a directory");
    let authority = Authority::new(directory.path(), "ours");
    let server = authority.issue("server", &["localhost"]);
    let client = authority.issue("ada", &["ada.desk.example"]);
    let file = directory.path().join("modqueue.toml");
    let ca = authority.file();
    let configuration = format!(
        "[tls]\ncertificate = '{}'\nkey = '{}'\nclient_ca = '{}'\n\
         [[certificates]]\nname = 'ada'\nsan = 'ada.desk.example'\nroles = ['moderator']\n",
        server.certificate.display(),
        server.key.display(),
        ca.display()
    );
    std::fs::write(&file, configuration).expect("it can be written");
    let server = ServerProcess::start_with(&["--config", &file.display().to_string()]);
    assert!(!server.data_dir().join("tokens").exists(), "nobody asked for tokens");
    let port = server.address().rsplit(':').next().expect("a port");
    let [ca, certificate, key] =
        [&ca, &client.certificate, &client.key].map(|path| path.display().to_string());
    let url = format!("https://localhost:{port}");
    let shown =
        ["--server", &url, "--ca-file", &ca, "--client-certificate", &certificate, "--client-key", &key];
    let home = home();
    let listed = run(bare(&home).arg("list").args(shown), "");
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    let refused = run(bare(&home).args(["policy", "history"]).args(shown), "");
    assert_eq!(refused.code, 4, "{}", refused.stderr);
    let without = run(bare(&home).arg("list").args(&shown[..4]), "");
    assert_ne!(without.code, 0, "the server asks for a certificate");
    let health = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_modqueue"));
        command.arg("health").args(arguments).status().expect("it runs").code()
    };
    assert_eq!(health(&shown), Some(0));
    assert_eq!(health(&shown[..4]), Some(1));
}
