//! The configuration as it is written, and its checks.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::bounds::bounds;
use super::principals::principals;
use super::reading::{close, number, span};
use super::telemetry::telemetry;
use super::{
    ClientCertificates, Config, FeedSettings, LogFormat, MetricsListen, Retention, ShieldSettings, StoreTls,
    StoreUrl, Tls,
};
use crate::document::{self, Mistake, Section};
use crate::domain::SiteName;
use crate::queue::Durability;

/// What the environment and the flags say; each wins over the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--listen`.
    pub listen: Option<SocketAddr>,
    /// `--metrics-listen`.
    pub metrics_listen: Option<MetricsListen>,
    /// `--store`.
    pub store: Option<String>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--log-format`.
    pub log_format: Option<LogFormat>,
    /// `--otlp-endpoint`.
    pub otlp_endpoint: Option<String>,
    /// `--workers`.
    pub workers: Option<NonZeroUsize>,
    /// `--durability`.
    pub durability: Option<Durability>,
    /// `--require-durable`.
    pub require_durable: bool,
    /// `--insecure`.
    pub insecure: bool,
}

/// Reads a configuration file's text (empty: all defaults) under the overrides.
///
/// # Errors
/// Every mistake at once.
pub fn load(source: &str, overrides: &Overrides) -> Result<Config, Vec<Mistake>> {
    document::read(source, |root| {
        let config = config(&root, overrides);
        root.close();
        config
    })
}

const LOOPBACK: &str = "127.0.0.1:50051";
const METRICS: &str = "127.0.0.1:9464";

fn config(root: &Section<'_>, overrides: &Overrides) -> Config {
    let listen = checked(root, "listen", address);
    let listen = overrides.listen.or(listen).unwrap_or_else(|| LOOPBACK.parse().expect("an address"));
    let data_dir = root.text("data_dir").map(PathBuf::from);
    let data_dir = overrides.data_dir.clone().or(data_dir).unwrap_or_else(|| "modqueue-data".into());
    let log_format = checked(root, "log_format", str::parse);
    let durability = checked(root, "durability", str::parse);
    let insecure = root.flag("insecure").unwrap_or(false) || overrides.insecure;
    let tls = root.section("tls").and_then(tls);
    if !listen.ip().is_loopback() && tls.is_none() && !insecure {
        let remedy = "add certificates, listen on 127.0.0.1, or say --insecure";
        root.complain("listen", format!("{listen} is off loopback without [tls]: {remedy}."));
    }
    let sites = sites(root);
    let store = store(root, overrides, &data_dir);
    let takes_certificates = tls.as_ref().is_some_and(|tls| tls.clients.is_some());
    Config {
        listen,
        metrics_listen: metrics_listen(root, overrides),
        store_tls: store_tls(root, &store),
        store,
        durability: overrides.durability.or(durability).unwrap_or_default(),
        require_durable: root.flag("require_durable").unwrap_or(false) || overrides.require_durable,
        workers: workers(root, overrides),
        log_format: overrides.log_format.or(log_format).unwrap_or_default(),
        telemetry: telemetry(root, overrides),
        insecure,
        principals: principals(root, &sites, takes_certificates),
        tls,
        sites,
        health: root.flag("health").unwrap_or(true),
        reflection: root.flag("reflection").unwrap_or(true),
        bounds: bounds(root),
        feed: feed(root),
        retention: retention(root, &data_dir),
        shield: shield(root),
        models_memory_bytes: models_memory_bytes(root),
        data_dir,
    }
}

/// The text under `key` run through `check`, whose error is the complaint.
fn checked<T>(
    section: &Section<'_>,
    key: &'static str,
    check: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    check(section.text(key)?).map_err(|message| section.complain(key, message)).ok()
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("must be ADDRESS:PORT, such as {LOOPBACK}"))
}

fn metrics_listen(root: &Section<'_>, overrides: &Overrides) -> Option<SocketAddr> {
    let in_file = checked(root, "metrics_listen", str::parse);
    match overrides.metrics_listen.or(in_file) {
        Some(MetricsListen::Off) => None,
        Some(MetricsListen::At(address)) => Some(address),
        None => Some(METRICS.parse().expect("an address")),
    }
}

fn store(root: &Section<'_>, overrides: &Overrides, data_dir: &Path) -> StoreUrl {
    let default = || StoreUrl::Embedded(data_dir.join("queue.redb"));
    let in_file = checked(root, "store", store_url);
    match overrides.store.as_deref().map(store_url) {
        Some(Ok(store)) => store,
        Some(Err(message)) => {
            root.complain("store", format!("--store {message}"));
            default()
        }
        None => in_file.unwrap_or_else(default),
    }
}

fn store_url(text: &str) -> Result<StoreUrl, String> {
    let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
    match scheme {
        "embedded" if !rest.is_empty() => Ok(StoreUrl::Embedded(rest.into())),
        "rediss" if rest.ends_with("#insecure") => {
            Err("must not end in #insecure; name who signed Redis' certificate as ca under [store_tls]"
                .into())
        }
        "redis" | "rediss" | "redis+unix" if rest.starts_with("//") => Ok(StoreUrl::Redis(text.to_owned())),
        "redis+cluster" | "redis+sentinel" => {
            Err(format!("{scheme} is not there yet; use redis://, rediss:// or embedded:PATH"))
        }
        _ => Err("must be embedded:PATH, redis://HOST:PORT, rediss://HOST:PORT or redis+unix:///PATH".into()),
    }
}

fn store_tls(root: &Section<'_>, store: &StoreUrl) -> StoreTls {
    let Some(section) = root.section("store_tls") else { return StoreTls::default() };
    let path = |key: &'static str| section.text(key).map(PathBuf::from);
    let (authorities, certificate, key) = (path("ca"), path("certificate"), path("key"));
    match (&certificate, &key) {
        (Some(_), None) => section.complain("certificate", "needs its key; name the PEM file as key."),
        (None, Some(_)) => {
            section.complain("key", "whose? Name the PEM file of its certificate as certificate.")
        }
        _ => {}
    }
    section.close();
    if !matches!(store, StoreUrl::Redis(url) if url.starts_with("rediss:")) {
        root.complain(
            "store_tls",
            "is for a store that is reached by TLS; write rediss://, or leave it out.",
        );
    }
    StoreTls { authorities, identity: certificate.zip(key) }
}

fn workers(root: &Section<'_>, overrides: &Overrides) -> NonZeroUsize {
    let in_file = root.whole("workers", 1..=1024).and_then(|count| NonZeroUsize::new(count as usize));
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    overrides.workers.or(in_file).unwrap_or_else(cores)
}

fn tls(section: Section<'_>) -> Option<Tls> {
    let path = |text: &str| PathBuf::from(text);
    let certificate = section.required_text("certificate").map(path);
    let key = section.required_text("key").map(path);
    let authorities = section.text("client_ca").map(path);
    let choices = [("required", true), ("optional", false)];
    let are_required = section.choice("client_certificates", &choices);
    if authorities.is_none() && are_required.is_some() {
        section
            .complain("client_certificates", "whose? Name the authorities that sign them under client_ca.");
    }
    section.close();
    let are_required = are_required.unwrap_or(true);
    let clients = authorities.map(|authorities| ClientCertificates { authorities, are_required });
    Some(Tls { certificate: certificate?, key: key?, clients })
}

fn sites(root: &Section<'_>) -> Vec<SiteName> {
    let Some(names) = root.texts("sites") else {
        return vec![SiteName::new("default").expect("a site name")];
    };
    if names.is_empty() {
        root.complain("sites", "name at least one site, or leave the key out for the site \"default\".");
    }
    let mut seen = HashSet::new();
    let mut sites = Vec::new();
    for name in &names {
        match SiteName::new(name.value) {
            Ok(site) if seen.insert(site.clone()) => sites.push(site),
            Ok(_) => root.complain_at(name, format!("{:?} is named twice; remove one.", name.value)),
            Err(error) => root.complain_at(name, format!("{:?}: {error}.", name.value)),
        }
    }
    sites
}

/// `[models] memory_bytes`.
fn models_memory_bytes(root: &Section<'_>) -> usize {
    let section = root.section("models");
    let bytes = number(&section, "memory_bytes", 1 << 20..=1 << 40, 256 << 20);
    close(section);
    bytes as usize
}

fn feed(root: &Section<'_>) -> FeedSettings {
    let section = root.section("feed");
    let feed = FeedSettings {
        heartbeat_interval: span(&section, "heartbeat_interval", 1..=600, 15),
        buffer: number(&section, "buffer", 1..=10_000, 256) as usize,
        patience: span(&section, "patience", 1..=600, 30),
    };
    close(section);
    feed
}

const DAY: u64 = 24 * 60 * 60;

fn retention(root: &Section<'_>, data_dir: &Path) -> Retention {
    let section = root.section("retention");
    let is_hashed = |section: &Section<'_>| section.choice("addresses", &[("kept", false), ("hashed", true)]);
    let is_hashed = section.as_ref().and_then(is_hashed).unwrap_or(false);
    let key = section.as_ref().and_then(|section| section.text("address_key")).map(PathBuf::from);
    if let (Some(section), Some(_), false) = (&section, &key, is_hashed) {
        section.complain("address_key", "is for addresses = \"hashed\"; say so, or leave it out.");
    }
    let retention = Retention {
        decided: span(&section, "decided", 60..=3650 * DAY, 30 * DAY),
        events: span(&section, "events", 60..=3650 * DAY, 7 * DAY),
        address_key: is_hashed.then(|| key.unwrap_or_else(|| data_dir.join("address.key"))),
    };
    close(section);
    retention
}

fn shield(root: &Section<'_>) -> ShieldSettings {
    let section = root.section("shield");
    let shield = ShieldSettings {
        ceiling_per_second: number(&section, "ceiling_per_second", 1..=1_000_000, 2000) as u32,
        lookups_per_second: number(&section, "lookups_per_second", 1..=1_000_000, 2000) as u32,
    };
    close(section);
    shield
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> Vec<String> {
        load(source, &Overrides::default()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn with_nothing_said_it_serves_one_site_on_loopback() {
        let config = load("", &Overrides::default()).unwrap();
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.sites, [SiteName::new("default").unwrap()]);
        assert_eq!(config.store, StoreUrl::Embedded("modqueue-data/queue.redb".into()));
    }

    #[test]
    fn flags_win_over_the_file() {
        let overrides = Overrides {
            store: Some("redis://other".into()),
            data_dir: Some("d".into()),
            ..Overrides::default()
        };
        let config = load("store = 'embedded:x'\ndata_dir = 'e'", &overrides).unwrap();
        assert_eq!(config.store, StoreUrl::Redis("redis://other".into()));
        assert_eq!(config.data_dir, PathBuf::from("d"));
    }

    #[test]
    fn metrics_are_off_when_whoever_speaks_last_says_so() {
        let said = |in_file, by_flag| {
            let overrides = Overrides { metrics_listen: by_flag, ..Overrides::default() };
            load(in_file, &overrides).unwrap().metrics_listen
        };
        let address = "127.0.0.1:1".parse().unwrap();
        assert!(said("", None).is_some());
        assert_eq!(said("metrics_listen = '127.0.0.1:1'", Some(MetricsListen::Off)), None);
        assert_eq!(said("metrics_listen = 'off'", Some(MetricsListen::At(address))), Some(address));
        assert_eq!(said("metrics_listen = 'off'", None), None);
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_their_remedies() {
        let mistakes = told(
            "listen = 'here'\nstor = 'redis://x'\nsites = ['Bad']\n[feed]\nheartbeat_interval = '1ms'\n\
             [[tokens]]\nname = 'p'\nsha256 = 'abc'\nroles = ['boss']\n",
        );
        for hint in [
            "listen: must be",
            "did you mean `store`",
            "\"Bad\"",
            "heartbeat_interval",
            "sha256sum",
            "\"boss\"",
        ] {
            assert!(mistakes.iter().any(|mistake| mistake.contains(hint)), "{hint}: {mistakes:#?}");
        }
    }

    #[test]
    fn off_loopback_needs_certificates_or_courage() {
        assert!(told("listen = '0.0.0.0:50051'")[0].contains("--insecure"));
        assert!(load("listen = '0.0.0.0:50051'\ninsecure = true", &Overrides::default()).is_ok());
    }

    #[test]
    fn a_store_that_is_not_there_yet_says_so() {
        assert!(told("store = 'redis+cluster://a'")[0].contains("not there yet"));
    }

    #[test]
    fn certificates_for_redis_belong_together_and_to_a_store_with_tls() {
        let read = |source: &str| load(source, &Overrides::default()).unwrap().store_tls;
        assert_eq!(read("store = 'rediss://a'"), StoreTls::default());
        let whole = read("store = 'rediss://a'\n[store_tls]\nca = 'a'\ncertificate = 'b'\nkey = 'c'");
        assert_eq!(whole.authorities, Some("a".into()));
        assert_eq!(whole.identity, Some(("b".into(), "c".into())));
        assert!(told("store = 'rediss://a'\n[store_tls]\ncertificate = 'b'")[0].contains("needs its key"));
        assert!(told("store = 'rediss://a'\n[store_tls]\nkey = 'b'")[0].contains("whose?"));
        assert!(told("store = 'redis://a'\n[store_tls]\nca = 'a'")[0].contains("write rediss://"));
        assert!(told("store = 'rediss://a#insecure'")[0].contains("[store_tls]"));
    }
}
