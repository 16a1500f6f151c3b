//! Which words weighed most.

use super::features::{Extractor, Feature};
use crate::domain::Span;

/// Groups of words that an explanation names at most.
const MOST_GROUPS: usize = 5;
/// A word is named from this share of the heaviest word's weight on.
const WORTH_NAMING: f32 = 0.3;
/// Characters of the words quoted at most.
const LONGEST_QUOTE: usize = 60;

/// The words that weighed most, as groups of neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// Where they are in the original, ordered, without overlaps.
    pub spans: Vec<Span>,
    /// The heaviest group.
    pub heaviest: Option<Span>,
}

/// Finds the words of the last comment of `extractor` whose features weigh most, by `weight`.
pub fn explain(extractor: &Extractor, weight: impl Fn(&Feature) -> f32) -> Explanation {
    let heats = extractor.heats(weight);
    let highest = heats.iter().map(|&(_, heat)| heat).fold(0.0, f32::max);
    if highest <= 0.0 {
        return Explanation::default();
    }
    let mut groups: Vec<(Span, f32)> = Vec::new();
    let mut beside = false;
    for (span, heat) in heats {
        let named = heat >= highest * WORTH_NAMING;
        match groups.last_mut() {
            Some((group, sum)) if named && beside && group.end <= span.start => {
                group.end = span.end;
                *sum += heat;
            }
            _ if named => groups.push((span, heat)),
            _ => {}
        }
        beside = named;
    }
    groups.sort_by(|one, other| other.1.total_cmp(&one.1));
    groups.truncate(MOST_GROUPS);
    let heaviest = groups.first().map(|&(span, _)| span);
    let mut spans: Vec<Span> = groups.into_iter().map(|(span, _)| span).collect();
    spans.sort();
    spans.dedup_by(|next, span| next.start < span.end);
    Explanation { spans, heaviest }
}

/// The words of a span on one line, shortened when they are many.
pub fn quote(text: &str, span: Span) -> String {
    let words = span.of(text).unwrap_or_default();
    let line = words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;

    fn explained(text: &str, heavy: &str) -> (Vec<String>, Option<String>) {
        let draft = Draft { text: text.into(), ..Draft::default() };
        let mut extractor = Extractor::default();
        let features = extractor.extract(&draft).to_vec();
        let inside = |feature: &Feature| {
            let place = extractor.place(feature).and_then(|span| span.of(text));
            f32::from(u8::from(place.is_some_and(|place| heavy.contains(&place.to_lowercase()))))
        };
        assert!(!features.is_empty());
        let explanation = explain(&extractor, inside);
        let words = |span: &Span| span.of(text).unwrap().to_owned();
        (explanation.spans.iter().map(words).collect(), explanation.heaviest.as_ref().map(words))
    }

    #[test]
    fn neighbours_that_weigh_are_named_together() {
        let (spans, heaviest) = explained("Nice song, CHECK OUT my page ☺ everyone", "check out my page");
        assert_eq!(spans, ["CHECK OUT my page"]);
        assert_eq!(heaviest.as_deref(), Some("CHECK OUT my page"));
    }

    #[test]
    fn where_nothing_weighs_nothing_is_named() {
        assert_eq!(explained("An ordinary remark", "!").0, Vec::<String>::new());
    }

    #[test]
    fn a_quote_is_one_short_line() {
        let text = "a\n\u{1b}b ".repeat(60);
        let quoted = quote(&text, Span { start: 0, end: text.len() as u32 });
        assert!(quoted.starts_with("a b a b") && quoted.ends_with('…'));
        assert_eq!(quoted.chars().count(), LONGEST_QUOTE + 1);
    }
}
