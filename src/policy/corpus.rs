//! Runs the samples under `tests/corpus`: what each filter must find, with the spans, and what it must leave alone.

use std::path::Path;

use serde::Deserialize;

use super::Policy;
use crate::domain::{Author, AuthorRecord, Draft, Evidence, Finding};
use crate::filter::Prepared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    filter: String,
    #[serde(default)]
    policy: String,
    find: Vec<Sample>,
    leave: Vec<Sample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    text: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    spans: Vec<String>,
    #[serde(default)]
    seen: Vec<u32>,
    #[serde(default)]
    honeypot_filled: bool,
    seconds_to_submit: Option<f64>,
    #[serde(default)]
    author: SampleAuthor,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct SampleAuthor {
    id: String,
    display_name: String,
    email: String,
    ip_address: Option<std::net::IpAddr>,
    approved: u32,
    rejected: u32,
}

impl Sample {
    fn findings(&self, policy: &Policy, filter: &str) -> Vec<Finding> {
        let author = Author {
            id: self.author.id.clone(),
            display_name: self.author.display_name.clone(),
            email: self.author.email.clone(),
            ip_address: self.author.ip_address,
            ..Author::default()
        };
        let draft = Draft {
            text: self.text.clone(),
            honeypot_filled: self.honeypot_filled,
            seconds_to_submit: self.seconds_to_submit,
            author,
            ..Draft::default()
        };
        let SampleAuthor { approved, rejected, .. } = self.author;
        let author = AuthorRecord { approved, rejected, ..AuthorRecord::default() };
        let evidence = Evidence { seen: self.seen.clone(), author, ..Evidence::default() };
        let mut findings = policy.judge(&Prepared::new(&draft), &evidence).findings;
        findings.retain(|finding| finding.filter == filter);
        findings
    }
}

fn run(name: &str) {
    // Asked for when it runs: a binary built for another checkout may be taken for this one's.
    let checkout = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let path = Path::new(&checkout).join("tests/corpus").join(name);
    let corpus: Corpus = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let policy = Policy::compile(&corpus.policy, 1).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    assert!(!corpus.find.is_empty() && !corpus.leave.is_empty());
    for sample in &corpus.find {
        let findings = sample.findings(&policy, &corpus.filter);
        let Some(found) = findings.iter().find(|finding| *finding.rule == *sample.rule) else {
            panic!("{:?}: `{}` found nothing, but: {findings:#?}", sample.text, sample.rule)
        };
        let spans: Vec<_> = found.spans.iter().filter_map(|span| span.of(&sample.text)).collect();
        assert_eq!(spans, sample.spans, "{:?}: {}", sample.text, found.message);
    }
    for sample in &corpus.leave {
        let findings = sample.findings(&policy, &corpus.filter);
        assert!(findings.is_empty(), "{:?}: {findings:#?}", sample.text);
    }
}

macro_rules! corpora {
    ($($filter:ident),*) => {$(
        #[test]
        fn $filter() {
            run(concat!(stringify!($filter), ".toml"));
        }
    )*};
}

corpora!(author, keywords, links, patterns, repeats, shape);
