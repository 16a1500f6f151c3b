//! A verdict with its reasons: every finding in a row, every span marked in the text.

use anstyle::Style;

use super::flow::{Run, flow};
use super::screen::{FAINT, STRONG, Screen, finding_style};
use super::table::{Cell, Column, render};
use super::word;
use crate::cli::harmless::{Shown, glyphs};
use crate::proto::v1::{Action, Finding, FindingEffect, Verdict};

/// Columns that a comment's text is set in by.
const INDENT: usize = 2;

/// The text with its findings marked, and the findings with their weights adding up to the score.
pub fn judged(text: &str, verdict: &Verdict, screen: &Screen) -> String {
    let mut drawn = flow(&marked(text, &verdict.findings, screen.colour), INDENT, screen);
    drawn.push('\n');
    drawn.push_str(&headline(verdict, screen));
    if !verdict.findings.is_empty() {
        drawn.push_str(&render(&COLUMNS, &findings(&verdict.findings, screen), screen));
    }
    let more =
        verdict.finding_count.saturating_sub(u32::try_from(verdict.findings.len()).unwrap_or(u32::MAX));
    if more > 0 {
        drawn.push_str(&format!("and {more} more that are not listed\n"));
    }
    drawn
}

/// An action in a word: `publish`, `hold`, `reject`.
pub(super) fn action_word(action: Action) -> String {
    word(action.as_str_name(), "ACTION_")
}

fn headline(verdict: &Verdict, screen: &Screen) -> String {
    let action = action_word(verdict.action());
    let style = match verdict.action() {
        Action::Publish => super::screen::GOOD,
        Action::Hold => super::screen::WAITING,
        Action::Reject => super::screen::BAD,
        Action::Unspecified => FAINT,
    };
    let policy = match verdict.policy_revision {
        0 => String::new(),
        revision => format!(", policy revision {revision}"),
    };
    format!(
        "{} {} {}\n",
        screen.paint(STRONG, "verdict"),
        screen.paint(style.bold(), &action),
        screen.paint(FAINT, &format!("score {:.1}{policy}", verdict.score)),
    )
}

const COLUMNS: [Column; 4] =
    [Column::Figures("#"), Column::Figures("POINTS"), Column::Words("RULE"), Column::Wrapped("WHY")];

fn findings(findings: &[Finding], screen: &Screen) -> Vec<Vec<Cell>> {
    let row = |(place, finding): (usize, &Finding)| {
        let number = if finding.spans.is_empty() { Style::new() } else { finding_style(place) };
        let number = if screen.colour { number } else { Style::new() };
        vec![
            Cell::styled((place + 1).to_string(), number),
            Cell::new(points(finding)),
            Cell::new(format!("{}/{}", finding.filter, finding.rule)),
            Cell::new(&finding.message),
        ]
    };
    findings.iter().enumerate().map(row).collect()
}

/// What the finding weighs, and what it does beside.
fn points(finding: &Finding) -> String {
    let weight = format!("{:+.1}", finding.weight);
    match finding.effect() {
        FindingEffect::Hold => format!("{weight} holds"),
        FindingEffect::Reject => format!("{weight} rejects"),
        FindingEffect::Shadow => format!("({weight})"),
        FindingEffect::Score | FindingEffect::Unspecified => weight,
    }
}

/// The text as runs. Where several findings overlap, the heaviest one, which comes first, marks the place. Without
/// colours, a found part stands as `⟦part⟧2`, the number being the finding's.
fn marked(text: &str, findings: &[Finding], colour: bool) -> Vec<Run> {
    let mut runs: Vec<Run> = vec![];
    let mut within = None;
    for glyph in glyphs(text) {
        let finding = finding_at(findings, glyph.offset);
        if finding != within {
            runs.extend(border(within, finding, colour));
            within = finding;
        }
        let style = finding.filter(|_| colour).map_or(Style::new(), finding_style);
        let (shown, style) = match glyph.shown {
            Shown::Plain(c) => (c.to_string(), style),
            Shown::Break => ("\n".to_owned(), style),
            Shown::Mark(mark) => (mark, style.dimmed()),
        };
        match runs.last_mut() {
            Some(run) if run.style == style => run.text.push_str(&shown),
            _ => runs.push(Run::new(shown, style)),
        }
    }
    runs.extend(border(within, None, colour));
    runs
}

fn finding_at(findings: &[Finding], offset: usize) -> Option<usize> {
    let covers = |finding: &Finding| {
        finding.spans.iter().any(|span| (span.start as usize..span.end as usize).contains(&offset))
    };
    findings.iter().position(covers)
}

fn border(left: Option<usize>, entered: Option<usize>, colour: bool) -> Option<Run> {
    let closing = left.map(|place| format!("⟧{}", place + 1)).unwrap_or_default();
    let opening = if entered.is_some() { "⟦" } else { "" };
    (!colour).then(|| Run::new(closing + opening, Style::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::Span;

    fn finding(rule: &str, weight: f64, spans: &[(u32, u32)]) -> Finding {
        let spans = spans.iter().map(|&(start, end)| Span { start, end, text: String::new() }).collect();
        Finding {
            filter: "keywords".to_owned(),
            rule: rule.to_owned(),
            weight,
            spans,
            message: "A listed word.".to_owned(),
            effect: FindingEffect::Score.into(),
        }
    }

    fn screen() -> Screen {
        Screen { colour: false, width: 80, now: jiff::Timestamp::UNIX_EPOCH }
    }

    fn marked_text(text: &str, findings: &[Finding]) -> String {
        marked(text, findings, false).into_iter().map(|run| run.text).collect()
    }

    #[test]
    fn without_colours_a_found_part_stands_in_brackets_with_its_number() {
        let findings = [finding("money", 6.0, &[(4, 9)]), finding("links", 2.0, &[(14, 18)])];
        assert_eq!(marked_text("get money now here", &findings), "get ⟦money⟧1 now ⟦here⟧2");
    }

    #[test]
    fn where_findings_overlap_the_heaviest_marks_the_place() {
        let findings = [finding("a", 6.0, &[(2, 4)]), finding("b", 2.0, &[(0, 6)])];
        assert_eq!(marked_text("abcdef", &findings), "⟦ab⟧2⟦cd⟧1⟦ef⟧2");
    }

    #[test]
    fn spans_count_bytes_of_the_original_even_where_something_else_is_shown() {
        let findings = [finding("a", 6.0, &[(4, 7)])];
        assert_eq!(marked_text("ä\u{1b} abc", &findings), "ä␛ ⟦abc⟧1");
    }

    #[test]
    fn a_span_that_lies_outside_the_text_marks_nothing() {
        assert_eq!(marked_text("abc", &[finding("a", 1.0, &[(7, 9)])]), "abc");
    }

    #[test]
    fn a_verdict_is_told_with_every_reason() {
        let verdict = Verdict {
            action: Action::Hold.into(),
            score: 8.0,
            findings: vec![finding("money", 6.0, &[(4, 9)]), finding("caps", 2.0, &[])],
            finding_count: 3,
            policy_revision: 0,
            model_revision: 0,
            learned_probability: None,
        };
        let told = judged("get money", &verdict, &screen());
        assert_eq!(
            told,
            "  get ⟦money⟧1\n\nverdict hold score 8.0\n\
             #  POINTS  RULE            WHY\n\
             1    +6.0  keywords/money  A listed word.\n\
             2    +2.0  keywords/caps   A listed word.\n\
             and 1 more that are not listed\n"
        );
    }
}
