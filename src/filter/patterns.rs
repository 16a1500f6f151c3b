//! Regular expressions of the site's own.
//!
//! The engine needs time linear in the text whatever the expression, and refuses expressions that
//! would take much memory. All of them are tried in one pass; only those that match are run again
//! for their places. An ASCII text goes through a set that knows bytes only, which is several times faster.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder, bytes};

use super::{Filter, Prepared, Rule};
use crate::domain::{Evidence, Finding, Span};

/// Which view of the text a pattern is matched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternView {
    /// The text as it was written.
    Original,
    /// Case, accents, styles and invisible characters folded away.
    Folded,
}

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no regular expression.
    #[error("this is no regular expression: {0}")]
    Syntax(String),
    /// Compiled, it is too large.
    #[error("this needs more than {} KiB when compiled; use smaller repetition counts or split it", SIZE_LIMIT / 1024)]
    TooLarge,
    /// It matches nothing, everywhere.
    #[error("this matches the empty text, so it matches everywhere; make at least one part of it required")]
    Empty,
}

/// Bytes of one compiled pattern.
const SIZE_LIMIT: usize = 256 * 1024;
/// Bytes of all of them together, and of the memory that matching uses.
const SET_LIMIT: usize = 64 * 1024 * 1024;
/// Places kept of one pattern.
const MOST_SPANS: usize = 64;

/// One pattern, checked.
#[derive(Debug, Clone)]
pub struct Pattern {
    rule: Rule,
    regex: Regex,
    view: PatternView,
    ignore_case: bool,
}

impl Pattern {
    /// Checks an expression.
    ///
    /// # Errors
    /// Those of [`PatternError`].
    pub fn new(rule: Rule, source: &str, view: PatternView, ignore_case: bool) -> Result<Self, PatternError> {
        let regex = RegexBuilder::new(source).case_insensitive(ignore_case).size_limit(SIZE_LIMIT).build();
        let regex = regex.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            other => PatternError::Syntax(last_line(&other.to_string())),
        })?;
        if regex.is_match("") {
            return Err(PatternError::Empty);
        }
        Ok(Self { rule, regex, view, ignore_case })
    }
}

/// The crate's errors draw the expression first; the reason stands last.
fn last_line(text: &str) -> String {
    let reason = text.lines().last().unwrap_or_default();
    reason.trim_start_matches("error: ").to_owned()
}

/// The filter over all patterns of a policy.
pub struct Patterns {
    sets: Vec<Set>,
}

struct Set {
    view: PatternView,
    patterns: Vec<Pattern>,
    unicode: RegexSet,
    /// `None` when a pattern makes no sense on bytes.
    ascii: Option<bytes::RegexSet>,
}

impl Patterns {
    /// Puts checked patterns together.
    ///
    /// # Errors
    /// [`PatternError::TooLarge`] when they are too large together.
    pub fn new(patterns: Vec<Pattern>) -> Result<Self, PatternError> {
        let mut sets = Vec::new();
        for view in [PatternView::Original, PatternView::Folded] {
            let own: Vec<Pattern> = patterns.iter().filter(|pattern| pattern.view == view).cloned().collect();
            if !own.is_empty() {
                sets.push(Set::new(view, own)?);
            }
        }
        Ok(Self { sets })
    }
}

impl Set {
    fn new(view: PatternView, patterns: Vec<Pattern>) -> Result<Self, PatternError> {
        let sources: Vec<String> = patterns
            .iter()
            .map(|pattern| {
                let flags = if pattern.ignore_case { "(?i)" } else { "" };
                format!("{flags}{}", pattern.regex.as_str())
            })
            .collect();
        let unicode = RegexSetBuilder::new(&sources).size_limit(SET_LIMIT).build();
        let unicode = unicode.map_err(|_| PatternError::TooLarge)?;
        let ascii = bytes::RegexSetBuilder::new(&sources).unicode(false).size_limit(SET_LIMIT).build().ok();
        Ok(Self { view, patterns, unicode, ascii })
    }

    fn matches(&self, text: &str) -> Vec<usize> {
        match &self.ascii {
            Some(set) if text.is_ascii() => set.matches(text.as_bytes()).into_iter().collect(),
            _ => self.unicode.matches(text).into_iter().collect(),
        }
    }

    fn inspect(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let text = match self.view {
            PatternView::Original => prepared.text.original(),
            PatternView::Folded => prepared.text.folded(),
        };
        for index in self.matches(text) {
            let pattern = &self.patterns[index];
            let spans: Vec<Span> = pattern
                .regex
                .find_iter(text)
                .filter(|found| !found.is_empty())
                .take(MOST_SPANS)
                .map(|found| (found.start() as u32, found.end() as u32))
                .map(|(start, end)| match self.view {
                    PatternView::Original => Span { start, end },
                    PatternView::Folded => prepared.text.span(start, end),
                })
                .collect();
            let message = format!("The pattern `{}` matches.", pattern.rule.name);
            findings.push(pattern.rule.finding("patterns", spans, message));
        }
    }
}

impl Filter for Patterns {
    fn name(&self) -> &'static str {
        "patterns"
    }

    fn rules(&self) -> Vec<&Rule> {
        self.sets.iter().flat_map(|set| &set.patterns).map(|pattern| &pattern.rule).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, _: &Evidence, findings: &mut Vec<Finding>) {
        for set in &self.sets {
            set.inspect(prepared, findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Draft;

    fn pattern(source: &str) -> Result<Pattern, PatternError> {
        Pattern::new(Rule::scoring("p", 3.0), source, PatternView::Original, true)
    }

    fn spans(source: &str, view: PatternView, text: &str) -> Vec<String> {
        let pattern = Pattern::new(Rule::scoring("p", 3.0), source, view, true).unwrap();
        let draft = Draft { text: text.into(), ..Draft::default() };
        let mut findings = Vec::new();
        let patterns = Patterns::new(vec![pattern]).unwrap();
        patterns.inspect(&Prepared::new(&draft), &Evidence::default(), &mut findings);
        findings
            .iter()
            .flat_map(|finding| &finding.spans)
            .map(|span| span.of(text).unwrap().to_owned())
            .collect()
    }

    #[test]
    fn matches_are_found_with_their_places_in_ascii_and_beyond() {
        assert_eq!(
            spans(r"\bgold\s+\d+", PatternView::Original, "Gold 5, gold  77!"),
            ["Gold 5", "gold  77"]
        );
        assert_eq!(spans(r"\bgrüße\b", PatternView::Original, "Viele GRÜSSE und Grüße"), ["Grüße"]);
        assert_eq!(
            spans("casino", PatternView::Folded, "Ｃａｓｉｎｏ 你好 cas\u{200b}ino"),
            ["Ｃａｓｉｎｏ", "cas\u{200b}ino"]
        );
        assert!(spans("gold", PatternView::Original, "silver").is_empty());
    }

    #[test]
    fn a_pattern_that_is_wrong_or_too_large_is_refused_with_the_reason() {
        assert!(
            matches!(pattern("a(b"), Err(PatternError::Syntax(reason)) if reason.contains("unclosed group"))
        );
        assert_eq!(pattern(r"(\w{1000}){1000}").unwrap_err(), PatternError::TooLarge);
        assert_eq!(pattern("a*").unwrap_err(), PatternError::Empty);
        assert!(matches!(pattern(r"(a)\1"), Err(PatternError::Syntax(_))));
    }

    #[test]
    fn an_expression_that_explodes_elsewhere_is_linear_here() {
        assert!(spans("(a+)+b", PatternView::Original, &"a".repeat(20_000)).is_empty());
    }
}
