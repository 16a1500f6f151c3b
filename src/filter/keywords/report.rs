//! Makes findings of hits: one for each list, with every place and what was read there.

use std::cmp::Reverse;

use super::search::{Disguise, Hit};
use super::{Keywords, ListRule};
use crate::domain::{Effect, Finding, Span};
use crate::filter::text::{Kind, Text};

/// Words named in a finding's sentence.
const NAMED: usize = 5;
/// Characters of the original quoted a word.
const QUOTED: usize = 40;

/// Adds one finding for each list that has hits; the starter lists share their cap, heaviest first.
pub fn report(keywords: &Keywords, text: &Text<'_>, hits: Vec<Hit>, findings: &mut Vec<Finding>) {
    let mut reports: Vec<(usize, Finding)> = Vec::new();
    for (index, list) in keywords.lists.iter().enumerate() {
        let of_list = |hit: &&Hit| {
            usize::from(keywords.lexicon.entry(hit.entry).list) == index
                && (!list.disguised || is_hidden(hit))
        };
        let own: Vec<Hit> = without_overlaps(hits.iter().filter(of_list));
        if !own.is_empty() {
            reports.push((index, finding(keywords, list, text, &own)));
        }
    }
    let mut left = keywords.starter_cap;
    reports.sort_by_key(|(_, finding)| Reverse((finding.weight * 100.0) as i64));
    for (index, mut finding) in reports {
        if keywords.lists[index].starter && finding.effect != Effect::Shadow && finding.weight > 0.0 {
            finding.weight = finding.weight.min(left);
            left -= finding.weight;
        }
        findings.push(finding);
    }
}

/// Whether somebody hid the word. Parts that stand apart may just be written so: `what's app`.
fn is_hidden(hit: &Hit) -> bool {
    let hides = |kind| !matches!(kind, Kind::Joined | Kind::Fragments | Kind::InnerI);
    matches!(hit.disguise, Some(Disguise::Read(kind)) if hides(kind))
}

/// The hits of one list in order, the widest where several overlap.
fn without_overlaps<'h>(hits: impl Iterator<Item = &'h Hit>) -> Vec<Hit> {
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.start < last.end => {
                let wider = hit.end - hit.start > last.end - last.start;
                let end = last.end.max(hit.end);
                if wider {
                    *last = Hit { start: last.start, ..*hit };
                }
                last.end = end;
            }
            _ => kept.push(*hit),
        }
    }
    kept
}

fn finding(keywords: &Keywords, list: &ListRule, text: &Text<'_>, hits: &[Hit]) -> Finding {
    let mut words: Vec<&Hit> = Vec::new();
    for hit in hits {
        let word = keywords.lexicon.text(hit.entry);
        if words.iter().all(|known| keywords.lexicon.text(known.entry) != word) {
            words.push(hit);
        }
    }
    let spans = hits.iter().map(|hit| text.span(hit.start, hit.end)).collect();
    let named: Vec<_> = words.iter().take(NAMED).map(|hit| describe(keywords, text, hit)).collect();
    let more = if words.len() > NAMED { format!(" and {} more", words.len() - NAMED) } else { String::new() };
    let message = format!("{} ({}): {}{more}.", list.rule.name, list.class, named.join(", "));
    let mut finding = list.rule.finding("keywords", spans, message);
    finding.weight = (list.rule.weight * words.len() as f64).clamp(-list.cap, list.cap);
    finding
}

/// The listed word, and how it was written when that was different.
fn describe(keywords: &Keywords, text: &Text<'_>, hit: &Hit) -> String {
    let word = keywords.lexicon.text(hit.entry);
    let Some(disguise) = hit.disguise else { return format!("\"{word}\"") };
    let Span { start, end } = text.span(hit.start, hit.end);
    let written: String = text.original()[start as usize..end as usize].chars().take(QUOTED).collect();
    let how = match disguise {
        Disguise::Altered => "letters changed or repeated",
        Disguise::Read(Kind::Signs) => "signs for letters",
        Disguise::Read(Kind::Masked) => "letters hidden",
        Disguise::Read(Kind::Joined | Kind::Letters | Kind::Fragments) => "written apart",
        Disguise::Read(Kind::InnerI | Kind::Foreign) => "look-alike letters",
    };
    format!("\"{word}\" written \"{written}\" ({how})")
}
