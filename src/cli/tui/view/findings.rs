//! Why the comment was held: the findings with their weights, and their places in the text.

use std::collections::BTreeMap;
use std::iter;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::style::Palette;
use crate::cli::harmless::{Shown, glyphs, one_line};
use crate::cli::output::flow::broken;
use crate::cli::tui::state::{Spot, spots};
use crate::proto::v1::{Finding, FindingEffect, Verdict};

/// Columns before what a finding says: its number, its weight and the space around them.
const BEFORE: usize = 10;

/// The first findings, what the others weigh together, and the score that all of it adds up to, in lines of at most
/// `width` columns.
pub fn sum<'a>(
    verdict: &Verdict,
    shown: usize,
    focus: Option<usize>,
    width: usize,
    palette: Palette,
) -> Vec<Line<'a>> {
    let rows = verdict.findings.iter().enumerate().take(shown);
    let mut lines: Vec<_> =
        rows.flat_map(|(place, finding)| row(place, finding, focus, width, palette)).collect();
    let counted =
        verdict.findings.iter().take(shown).filter(|finding| finding.effect() != FindingEffect::Shadow);
    let rest = verdict.score - counted.map(|finding| finding.weight).sum::<f64>();
    let listed = verdict.findings.len().min(shown);
    let more = usize::try_from(verdict.finding_count).unwrap_or_default().saturating_sub(listed);
    if more > 0 {
        let more = if more == 1 { "1 more finding".to_owned() } else { format!("{more} more findings") };
        lines.push(Line::styled(format!("{rest:>+8.1}  {more}"), palette.faint()));
    }
    lines.push(Line::from(vec![
        Span::styled(format!("{:>8.1}", verdict.score), palette.strong()),
        Span::styled("  score", palette.faint()),
    ]));
    lines
}

/// A finding; what does not fit into its first line goes on under its own beginning.
fn row<'a>(
    place: usize,
    finding: &Finding,
    focus: Option<usize>,
    width: usize,
    palette: Palette,
) -> Vec<Line<'a>> {
    let style = if finding.spans.is_empty() { palette.strong() } else { palette.finding(place) };
    let style = if focus == Some(place) { style.patch(palette.selected()) } else { style };
    let rule = one_line(&format!("{}/{}", finding.filter, finding.rule));
    let trial = finding.effect() == FindingEffect::Shadow;
    let weight = if trial { format!("({:+.1})", finding.weight) } else { format!("{:+.1}", finding.weight) };
    let said = format!("{rule}{}  {}", effect(finding), one_line(&finding.message));
    let mut lines = broken(&said, width.saturating_sub(BEFORE)).into_iter();
    let first = lines.next().unwrap_or_default();
    // A rule's name that is longer than the line is broken with the rest.
    let (name, rest) = first.split_at(if first.starts_with(&rule) { rule.len() } else { 0 });
    let number = (place + 1).to_string();
    let weight = format!("{weight:>0$}  ", BEFORE.saturating_sub(number.len() + 2));
    let head = Line::from(vec![
        Span::styled(number, style),
        Span::raw(weight),
        Span::styled(name.to_owned(), palette.strong()),
        Span::raw(rest.to_owned()),
    ]);
    iter::once(head).chain(lines.map(|line| Line::raw(format!("{:BEFORE$}{line}", "")))).collect()
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
/// the place, but for the one that was gone to. Without colours, a found part stands as `⟦part⟧2`, the number being the
/// finding's.
pub fn marked<'a>(text: &str, findings: &[Finding], focus: Option<Spot>, palette: Palette) -> Vec<Line<'a>> {
    let mut drawn = Drawn::default();
    let mut within = None;
    let marks = Marks::of(findings, focus);
    for glyph in glyphs(text) {
        let mark = marks.at(glyph.offset);
        let finding = mark.map(|mark| mark.finding);
        if finding != within {
            drawn.border(within, finding, palette);
            within = finding;
        }
        let style = finding.map_or(Style::new(), |place| palette.finding(place));
        let style = if mark.is_some() && mark == focus { style.patch(palette.selected()) } else { style };
        match glyph.shown {
            Shown::Plain(c) => drawn.push(c.encode_utf8(&mut [0; 4]), style),
            Shown::Break => drawn.lines.push(Line::default()),
            Shown::Mark(mark) => drawn.push(&mark, style.patch(palette.faint())),
        }
    }
    drawn.border(within, None, palette);
    drawn.lines
}

/// Which span marks which part of a text: the parts by their beginnings, so that a long text with many findings is
/// drawn about as fast as a plain one.
struct Marks {
    parts: BTreeMap<usize, Option<Spot>>,
}

impl Marks {
    fn of(findings: &[Finding], focus: Option<Spot>) -> Self {
        let mut marks = Self { parts: BTreeMap::from([(0, None)]) };
        let all = spots(findings);
        // The later one covers the earlier one: the lightest first, what was gone to last.
        let in_turn = all.into_iter().rev().chain(focus);
        for spot in in_turn {
            let span = spot.span.and_then(|span| findings.get(spot.finding)?.spans.get(span));
            if let Some(span) = span.filter(|span| span.start < span.end) {
                marks.cover(span.start as usize, span.end as usize, spot);
            }
        }
        marks
    }

    fn cover(&mut self, start: usize, end: usize, spot: Spot) {
        let behind = self.at(end);
        self.parts.retain(|from, _| !(start..=end).contains(from));
        self.parts.insert(start, Some(spot));
        self.parts.insert(end, behind);
    }

    fn at(&self, offset: usize) -> Option<Spot> {
        self.parts.range(..=offset).next_back().and_then(|(_, spot)| *spot)
    }
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
