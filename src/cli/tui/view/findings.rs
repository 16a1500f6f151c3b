//! Why the comment was held: the findings with their weights, and their places in the text.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::style::Palette;
use crate::cli::harmless::{Shown, glyphs, one_line};
use crate::proto::v1::{Finding, FindingEffect, Verdict};

/// The findings, a line each, and the score that they add up to.
pub fn sum<'a>(verdict: &Verdict, palette: Palette) -> Vec<Line<'a>> {
    let rows = verdict.findings.iter().enumerate();
    let mut lines: Vec<_> = rows.map(|(place, finding)| row(place, finding, palette)).collect();
    let more = usize::try_from(verdict.finding_count).unwrap_or_default().saturating_sub(lines.len());
    let more = if more > 0 { format!(" and {more} more findings") } else { String::new() };
    lines.push(Line::from(vec![
        Span::styled(format!("{:>8.1}", verdict.score), palette.strong()),
        Span::styled(format!("  score{more}"), palette.faint()),
    ]));
    lines
}

fn row<'a>(place: usize, finding: &Finding, palette: Palette) -> Line<'a> {
    let style = if finding.spans.is_empty() { palette.strong() } else { palette.finding(place) };
    let rule = one_line(&format!("{}/{}", finding.filter, finding.rule));
    Line::from(vec![
        Span::styled((place + 1).to_string(), style),
        Span::raw(format!("{:>+7.1}  ", finding.weight)),
        Span::styled(rule, palette.strong()),
        Span::raw(format!("{}  {}", effect(finding), one_line(&finding.message))),
    ])
}

fn effect(finding: &Finding) -> &'static str {
    match finding.effect() {
        FindingEffect::Hold => " holds",
        FindingEffect::Reject => " rejects",
        FindingEffect::Shadow => " on trial, not counted",
        FindingEffect::Score | FindingEffect::Unspecified => "",
    }
}

/// The text with every span in its finding's style. Where several overlap, the heaviest one, which comes first, marks
/// the place. Without colours, a found part stands as `⟦part⟧2`, the number being the finding's.
pub fn marked<'a>(text: &str, findings: &[Finding], palette: Palette) -> Vec<Line<'a>> {
    let mut drawn = Drawn::default();
    let mut within = None;
    for glyph in glyphs(text) {
        let finding = finding_at(findings, glyph.offset);
        if finding != within {
            drawn.border(within, finding, palette);
            within = finding;
        }
        let style = finding.map_or(Style::new(), |place| palette.finding(place));
        match glyph.shown {
            Shown::Plain(c) => drawn.push(c.encode_utf8(&mut [0; 4]), style),
            Shown::Break => drawn.lines.push(Line::default()),
            Shown::Mark(mark) => drawn.push(&mark, style.patch(palette.faint())),
        }
    }
    drawn.border(within, None, palette);
    drawn.lines
}

fn finding_at(findings: &[Finding], offset: usize) -> Option<usize> {
    let covers = |finding: &Finding| {
        finding.spans.iter().any(|span| (span.start as usize..span.end as usize).contains(&offset))
    };
    findings.iter().position(covers)
}

struct Drawn<'a> {
    lines: Vec<Line<'a>>,
}

impl Default for Drawn<'_> {
    fn default() -> Self {
        Self { lines: vec![Line::default()] }
    }
}

impl Drawn<'_> {
    fn push(&mut self, text: &str, style: Style) {
        let Some(line) = self.lines.last_mut() else { return };
        match line.spans.last_mut() {
            Some(span) if span.style == style => span.content.to_mut().push_str(text),
            _ => line.push_span(Span::styled(text.to_owned(), style)),
        }
    }

    fn border(&mut self, left: Option<usize>, entered: Option<usize>, palette: Palette) {
        if palette.colour {
            return;
        }
        if let Some(place) = left {
            self.push(&format!("⟧{}", place + 1), palette.strong());
        }
        if entered.is_some() {
            self.push("⟦", palette.strong());
        }
    }
}
