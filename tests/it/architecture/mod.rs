//! Fails on an import that a layer must not have.
//!
//! Imports are read as text: `use` trees and paths in the code, comments and strings left out.

mod source;

use source::{Source, sources};

/// What some files must not name.
struct Rule {
    /// The files that it binds: paths below `src`, a directory or a file's beginning.
    binds: &'static [&'static str],
    /// Those of them that may.
    except: &'static [&'static str],
    /// Paths that must not be named; `crate::rpc` means everything in it.
    forbids: &'static [&'static str],
    reason: &'static str,
}

const EVERYTHING: &[&str] = &[""];
const WIRE: &[&str] =
    &["tonic", "tonic_prost", "tonic_health", "tonic_reflection", "tonic_types", "crate::proto"];
const TERMINAL: &[&str] = &["clap", "comfy_table", "indicatif"];
const ROAD: &[&str] =
    &["domain/", "filter", "limit", "policy", "learn", "queue", "pipeline", "review", "feed", "hindsight"];

const RULES: &[Rule] = &[
    Rule {
        binds: &["domain/"],
        except: &[],
        forbids: &["prost", "prost_types", "redis", "redb", "tokio", "serde"],
        reason: "the words must mean the same whatever carries or stores them",
    },
    Rule {
        binds: ROAD,
        except: &[],
        forbids: WIRE,
        reason: "the road of a comment knows no transport; convert in src/rpc",
    },
    Rule {
        binds: ROAD,
        except: &[],
        forbids: TERMINAL,
        reason: "the road of a comment knows no command line; that is src/cli",
    },
    Rule {
        binds: EVERYTHING,
        except: &["queue/redis/"],
        forbids: &["redis"],
        reason: "only src/queue/redis knows the Redis driver; everybody else has the trait Queue",
    },
    Rule {
        binds: EVERYTHING,
        except: &["queue/embedded/"],
        forbids: &["redb"],
        reason: "only src/queue/embedded knows its engine; everybody else has the trait Queue",
    },
    Rule {
        binds: EVERYTHING,
        except: &["queue/", "app", "main.rs"],
        forbids: &["crate::queue::redis", "crate::queue::embedded"],
        reason: "which store runs is chosen once, in src/app; everybody else has the trait Queue",
    },
    Rule {
        binds: EVERYTHING,
        // An evaluation checks and shows comments as the server would, without one.
        except: &["rpc", "app", "main.rs", "cli/commands/evaluate/"],
        forbids: &["crate::rpc"],
        reason: "the wire calls inwards; nothing inside calls the wire",
    },
    Rule {
        binds: EVERYTHING,
        except: &["cli", "bin/"],
        forbids: &["crate::cli"],
        reason: "the command line is a client like any other; the server does not know it",
    },
    Rule {
        binds: EVERYTHING,
        except: &["rpc/status", "cli", "client", "bin/", "demo"],
        forbids: &["tonic::Code"],
        reason: "src/rpc/status.rs is the only file that chooses a gRPC code; clients read what it chose",
    },
];

/// What a status is made with; `Status` itself may be named, to pass one on.
const STATUS_IS_MADE_BY: &str = "tonic::Status::";

/// What layers may know of one another: a layer, and those of the crate that it must not name.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "domain/",
        &["filter", "limit", "policy", "learn", "queue", "pipeline", "review", "feed", "config", "app"],
    ),
    ("limit", &["filter", "policy", "learn", "queue", "pipeline", "review", "feed", "config", "app"]),
    ("filter", &["queue", "pipeline", "review", "feed", "config", "app"]),
    ("learn", &["pipeline", "review", "feed", "config", "app"]),
    ("policy", &["pipeline", "review", "feed", "config", "app"]),
    ("queue", &["filter", "policy", "learn", "pipeline", "review", "feed", "config", "app"]),
    ("pipeline", &["review", "feed", "config", "app"]),
    ("review", &["pipeline", "config", "app"]),
    ("feed", &["pipeline", "review", "config", "app"]),
    ("hindsight", &["pipeline", "review", "feed", "config", "app"]),
];

#[test]
fn no_layer_imports_what_it_must_not_know() {
    let sources = sources();
    let broken: Vec<String> = RULES.iter().flat_map(|rule| rule.broken_by(&sources)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn each_layer_knows_only_those_below_it() {
    let mut broken = Vec::new();
    for source in sources() {
        for (layer, above) in LAYERS.iter().filter(|(layer, _)| source.lies_in(layer)) {
            for above in *above {
                let above_path = format!("crate::{above}");
                let named = source.names(&above_path);
                broken.extend(
                    named.map(|path| format!("src/{}: {path}: {layer} lies below {above}", source.file)),
                );
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_status_is_made_in_one_place() {
    let clients = ["rpc/status", "cli", "client", "bin/", "demo"];
    let bound = |source: &Source| !clients.iter().any(|client| source.lies_in(client));
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| bound(source)) {
        let made = source.paths.iter().filter(|path| path.starts_with(STATUS_IS_MADE_BY));
        broken.extend(made.map(|path| format!("src/{}: {path}: make it in src/rpc/status.rs", source.file)));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_rules_would_see_an_import_that_breaks_them() {
    let source = |file: &str, text: &str| Source::new(file.into(), text);
    let broken = |source: Source| {
        let sources = [source];
        RULES.iter().any(|rule| !rule.broken_by(&sources).is_empty())
    };
    assert!(broken(source("domain/id.rs", "use redis::Client;")));
    assert!(broken(source("domain/id.rs", "use {std::fmt, prost::Message};")));
    assert!(broken(source("queue/mod.rs", "fn f(_: ::redis::RedisResult<()>) {}")));
    assert!(broken(source("queue/redis/mod.rs", "use redb::Database;")));
    assert!(broken(source("pipeline.rs", "fn f(status: tonic::Status) {}")));
    assert!(broken(source("review/mod.rs", "use crate::{domain::State, rpc::{self, status}};")));
    assert!(broken(source("feed.rs", "use super::cli::args;")));
    assert!(broken(source("rpc/review/mod.rs", "use tonic::{Code, Status};")));
    assert!(!broken(source("queue/mod.rs", "pub mod redis; pub use redis::RedisQueue; // tonic::Code")));
    assert!(!broken(source("app/store.rs", "use crate::queue::redis::{self}; type Q = redis::RedisQueue;")));
    assert!(!broken(source("domain/id.rs", r#"const HINT: &str = "use redis::Client"; /* redb::Db */"#)));
}

impl Rule {
    fn broken_by(&self, sources: &[Source]) -> Vec<String> {
        let any = |places: &[&str], source: &Source| places.iter().any(|place| source.lies_in(place));
        let bound = sources.iter().filter(|source| any(self.binds, source) && !any(self.except, source));
        let named = |source: &Source| -> Vec<String> {
            let named = self.forbids.iter().flat_map(|forbidden| source.names(forbidden));
            named.map(|path| format!("src/{}: {path}: {}", source.file, self.reason)).collect()
        };
        bound.flat_map(named).collect()
    }
}
