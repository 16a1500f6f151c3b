//! Flags, environment and profile put together: which server, which tokens, whose name.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::args::Globals;
use super::failure::Failure;
use super::profile::{self, Profile};
use super::prompt::ask_secret;
use crate::client::{CertificateFiles, Target, Tokens};

const DEFAULT_SERVER: &str = "http://127.0.0.1:50051";
const DEFAULT_DATA_DIR: &str = "modqueue-data";

/// What a session is begun with.
#[derive(Debug)]
pub struct Settings {
    /// The server.
    pub target: Target,
    /// The tokens for it.
    pub tokens: Tokens,
    /// The site; empty: the token's.
    pub site: String,
    /// The moderator's name; empty: the token's.
    pub reviewer: String,
    /// How long to wait for an answer.
    pub timeout: Duration,
}

impl Settings {
    /// Flags first, then the environment (clap has read most of it), then the profile, then the defaults.
    pub fn resolve(
        globals: &Globals,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Failure> {
        let path = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let profile = profile::load(profile::file(path).as_deref(), globals.profile.as_deref())?;
        let server = globals.server.clone().or(profile.server.clone());
        let ca_file = globals.ca_file.clone().or(profile.ca_file.clone());
        let certificate = client_certificate(globals, &profile)?;
        let has_certificate = certificate.is_some();
        let target = Target::parse(server.as_deref().unwrap_or(DEFAULT_SERVER), ca_file)?;
        let target = target.with_certificate(certificate);
        let tokens = match environment("MODCTL_TOKEN").filter(|token| !token.is_empty()) {
            _ if globals.ask_token => Tokens::Given(ask_secret("token")?),
            Some(token) if globals.token_file.is_none() => {
                Tokens::Given(token.to_string_lossy().into_owned())
            }
            _ => match named_tokens(globals, &profile) {
                Some(named) => named,
                None if has_certificate => Tokens::Certificate,
                None => made_tokens(&target, path("MODQUEUE_DATA_DIR")),
            },
        };
        Ok(Self {
            target,
            tokens,
            site: globals.site.clone().or(profile.site).unwrap_or_default(),
            reviewer: globals.reviewer.clone().or(profile.reviewer).unwrap_or_default(),
            timeout: globals.timeout,
        })
    }
}

/// Flags come in pairs or not at all; so must the lines of a profile.
fn client_certificate(globals: &Globals, profile: &Profile) -> Result<Option<CertificateFiles>, Failure> {
    let certificate = globals.client_certificate.clone().or(profile.client_certificate.clone());
    let key = globals.client_key.clone().or(profile.client_key.clone());
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(CertificateFiles { certificate, key })),
        (None, None) => Ok(None),
        _ => {
            let told =
                "the profile names one of client_certificate and client_key; a certificate needs its key";
            Err(Failure::Usage(told.to_owned()))
        }
    }
}

fn named_tokens(globals: &Globals, profile: &Profile) -> Option<Tokens> {
    globals.token_file.clone().or(profile.token_file.clone()).map(Tokens::At)
}

/// Tokens found by chance go to this machine alone: they are none of another server's business.
fn made_tokens(target: &Target, data_dir: Option<PathBuf>) -> Tokens {
    if !target.is_loopback() {
        return Tokens::Nowhere;
    }
    Tokens::Made(data_dir.unwrap_or_else(|| DEFAULT_DATA_DIR.into()).join("tokens"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::super::args::Cli;
    use super::*;

    fn resolve(flags: &[&str], environment: &[(&str, &str)]) -> Settings {
        let cli = Cli::try_parse_from(["modctl", "stats"].iter().chain(flags)).unwrap();
        let find =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Settings::resolve(&cli.globals, find).unwrap()
    }

    #[test]
    fn with_nothing_said_it_is_the_server_on_this_machine_and_the_tokens_that_it_made() {
        let settings = resolve(&[], &[]);
        assert_eq!(settings.target.url(), "http://127.0.0.1:50051");
        assert_eq!(settings.tokens, Tokens::Made("modqueue-data/tokens".into()));
        let moved = resolve(&[], &[("MODQUEUE_DATA_DIR", "/var/lib/mq")]);
        assert_eq!(moved.tokens, Tokens::Made("/var/lib/mq/tokens".into()));
    }

    #[test]
    fn tokens_of_this_machine_are_never_sent_to_another() {
        assert_eq!(resolve(&["--server", "queue.example"], &[]).tokens, Tokens::Nowhere);
    }

    #[test]
    fn with_a_client_certificate_a_token_is_sent_only_where_one_is_named() {
        let shown = ["--client-certificate", "c.pem", "--client-key", "c.key"];
        assert_eq!(resolve(&shown, &[]).tokens, Tokens::Certificate);
        let named = [&shown[..], &["--token-file", "/f"]].concat();
        assert_eq!(resolve(&named, &[]).tokens, Tokens::At("/f".into()));
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_profile() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("modctl")).unwrap();
        let file = directory.path().join("modctl/config.toml");
        fs::write(
            &file,
            "[profiles.default]\nserver = \"http://127.0.0.1:9\"\ntoken_file = \"/p\"\nsite = \"news\"\n",
        )
        .unwrap();
        let home = ("XDG_CONFIG_HOME", directory.path().to_str().unwrap());

        let from_profile = resolve(&[], &[home]);
        assert_eq!((from_profile.target.url(), from_profile.site.as_str()), ("http://127.0.0.1:9", "news"));
        assert_eq!(from_profile.tokens, Tokens::At("/p".into()));

        let token = ("MODCTL_TOKEN", "secret");
        assert_eq!(resolve(&[], &[home, token]).tokens, Tokens::Given("secret".into()));
        assert_eq!(resolve(&["--token-file", "/f"], &[home, token]).tokens, Tokens::At("/f".into()));
        assert_eq!(resolve(&["--site", "war"], &[home]).site, "war");
    }
}
