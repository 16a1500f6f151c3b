//! `[[overrides]]`: what is different in a section or a thread.

use std::collections::HashMap;

use super::super::limits::LimitRule;
use super::super::verdict::Mode;
use super::limits::limits;
use super::site::{mode, terms, thresholds};
use crate::document::Section;

/// What is different in one place.
#[derive(Debug, Clone)]
pub struct Override {
    /// Another mode.
    pub mode: Option<Mode>,
    /// Other points from which a comment waits.
    pub hold: Option<f64>,
    /// Other points from which a comment is rejected.
    pub reject: Option<f64>,
    /// Other limits: the site's, with those of the same name replaced and the new ones added.
    pub limits: Option<Vec<LimitRule>>,
}

/// The overrides by section and by thread.
pub fn overrides(
    root: &Section<'_>,
    site: &[LimitRule],
) -> (HashMap<String, Override>, HashMap<String, Override>) {
    let (mut sections, mut threads) = (HashMap::new(), HashMap::new());
    let base = terms(root);
    for table in root.sections("overrides").unwrap_or_default() {
        let (section, thread) = (table.text("section"), table.text("thread"));
        let (hold, reject) = thresholds(&table, base);
        let limits = limits(&table).map(|own| merged(site, own));
        let place = Override { mode: mode(&table), hold, reject, limits };
        let previous = match (section, thread) {
            (Some(section), None) => sections.insert(section.to_owned(), place),
            (None, Some(thread)) => threads.insert(thread.to_owned(), place),
            _ => {
                table.complain(
                    "section",
                    "say either `section` or `thread`, so that it is clear where this holds.",
                );
                None
            }
        };
        if previous.is_some() {
            let key = if section.is_some() { "section" } else { "thread" };
            table.complain(key, "an override for this place stands above; put them together.");
        }
        table.close();
    }
    (sections, threads)
}

/// An empty list switches limits off; otherwise the site's with some replaced and some added.
fn merged(site: &[LimitRule], own: Vec<LimitRule>) -> Vec<LimitRule> {
    if own.is_empty() {
        return own;
    }
    let kept = site.iter().filter(|limit| own.iter().all(|new| new.name != limit.name)).cloned();
    kept.chain(own.iter().cloned()).collect()
}
