//! `[[limits]]`.

use std::collections::HashSet;
use std::time::Duration;

use super::super::limits::{KeyPart, LimitRule};
use crate::document::Section;
use crate::filter::AuthorKind;
use crate::limit::{LimitMode, Quota};

const KEY_PARTS: [(&str, KeyPart); 5] = [
    ("author", KeyPart::Author),
    ("address", KeyPart::Address),
    ("thread", KeyPart::Thread),
    ("section", KeyPart::Section),
    ("site", KeyPart::Site),
];

const MODES: [(&str, LimitMode); 3] =
    [("enforce", LimitMode::Enforce), ("hold", LimitMode::Hold), ("shadow", LimitMode::Shadow)];

const AUTHOR_KINDS: [(&str, AuthorKind); 3] =
    [("new", AuthorKind::New), ("known", AuthorKind::Known), ("trusted", AuthorKind::Trusted)];

/// The limits of a site that says nothing: no person reaches them, a script does.
pub fn default_limits() -> Vec<LimitRule> {
    let limit = |name: &str, key, count, burst| LimitRule {
        name: name.into(),
        key: vec![key],
        quota: Quota::new(count, Duration::from_secs(600), burst).expect("within the bounds"),
        mode: LimitMode::Enforce,
        missing_is_shared: false,
        authors: None,
        ipv4_prefix: 32,
        ipv6_prefix: 64,
    };
    vec![limit("author", KeyPart::Author, 30, 15), limit("address", KeyPart::Address, 120, 60)]
}

/// `[[limits]]`; `None` when the key is not there, an empty list when limits are switched off.
pub fn limits(section: &Section<'_>) -> Option<Vec<LimitRule>> {
    let mut names = HashSet::new();
    let mut limits = Vec::new();
    for table in section.sections("limits")? {
        let limit = limit(&table);
        if let Some(limit) = limit {
            if !names.insert(limit.name.clone()) {
                table.complain(
                    "name",
                    format!("another limit is named `{}`; choose another name.", limit.name),
                );
            }
            limits.push(limit);
        }
        table.close();
    }
    Some(limits)
}

fn limit(table: &Section<'_>) -> Option<LimitRule> {
    let name = table.required_text("name");
    let key = key(table);
    let quota = quota(table);
    let mode = table.choice("mode", &MODES).unwrap_or_default();
    let missing_is_shared = table.choice("missing", &[("skip", false), ("shared", true)]).unwrap_or(false);
    let authors = authors(table);
    let ipv4_prefix = table.whole("ipv4_prefix", 8..=32).unwrap_or(32) as u8;
    let ipv6_prefix = table.whole("ipv6_prefix", 16..=128).unwrap_or(64) as u8;
    Some(LimitRule {
        name: name?.into(),
        key: key?,
        quota: quota?,
        mode,
        missing_is_shared,
        authors,
        ipv4_prefix,
        ipv6_prefix,
    })
}

fn key(table: &Section<'_>) -> Option<Vec<KeyPart>> {
    if !table.has("key") {
        table.complain("key", "`key` is missing; say what is counted, such as key = [\"author\"].");
        return None;
    }
    let remedy = "cannot be counted on; use author, address, thread, section or site.";
    let mut parts = named(table, "key", &KEY_PARTS, remedy)?;
    parts.sort_unstable();
    parts.dedup();
    if parts.is_empty() {
        table.complain("key", "name at least one of author, address, thread, section and site.");
        return None;
    }
    Some(parts)
}

/// The authors that a limit counts; `None` when it counts all.
fn authors(table: &Section<'_>) -> Option<Vec<AuthorKind>> {
    let kinds = named(table, "authors", &AUTHOR_KINDS, "is no kind of author; use new, known or trusted.")?;
    if kinds.is_empty() {
        table.complain("authors", "name new, known or trusted, or leave it out for all authors.");
    }
    Some(kinds)
}

/// The values of a list of names; those that are not there are complained of.
fn named<T: Copy>(
    table: &Section<'_>,
    key: &'static str,
    values: &[(&str, T)],
    remedy: &str,
) -> Option<Vec<T>> {
    let mut found = Vec::new();
    for text in table.texts(key)? {
        match values.iter().find(|(name, _)| *name == text.value) {
            Some((_, value)) => found.push(*value),
            None => table.complain_at(&text, format!("`{}` {remedy}", text.value)),
        }
    }
    Some(found)
}

fn quota(table: &Section<'_>) -> Option<Quota> {
    for key in ["quota", "per"] {
        if !table.has(key) {
            table
                .complain(key, format!("`{key}` is missing; write for example quota = 10 and per = \"1m\"."));
        }
    }
    let count = table.whole("quota", 1..=u64::from(u32::MAX));
    let period = table.duration("per");
    let burst = table.whole("burst", 1..=u64::from(u32::MAX));
    let (count, period) = (count? as u32, period?);
    let burst = burst.map_or(count, |burst| burst as u32);
    Quota::new(count, period, burst).inspect_err(|error| table.complain("quota", format!("{error}."))).ok()
}
