//! The comment: who wrote it where, what it answers, what it says, what happened to it, and why it was held.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};

use super::findings::{marked, sum};
use super::queue::held_by_another;
use super::style::Palette;
use crate::cli::harmless::one_line;
use crate::cli::time::ago;
use crate::cli::tui::state::State;
use crate::proto::v1::{AuthorStanding, Comment, Finding, HistoryEntry, InspectCommentResponse};

/// Columns that the parent's text is shown in at most; its beginning is enough to see what is answered.
const PARENT: usize = 280;

/// Draws what is selected.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, palette: Palette) {
    let Some(comment) = state.queue.current() else { return };
    let page = state.page();
    let findings = comment.verdict.as_ref().map(|verdict| sum(verdict, palette)).unwrap_or_default();
    let findings = Paragraph::new(findings).wrap(Wrap { trim: false });
    let wanted = lines_of(comment, area.width).saturating_add(1);
    let score = comment.verdict.as_ref().map(|verdict| verdict.score).unwrap_or_default();
    let head = heading(comment, page, state, palette);
    let [top, body, bottom] = Layout::vertical([
        Constraint::Length(u16::try_from(head.len()).unwrap_or(u16::MAX)),
        Constraint::Min(4),
        Constraint::Length(wanted.min(area.height / 3)),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(head), top);
    let rule = |title: String| Block::new().borders(Borders::TOP).title(title).border_style(palette.faint());
    let text = Paragraph::new(text(comment, page, state, palette)).wrap(Wrap { trim: false });
    frame.render_widget(text.scroll((state.scroll, 0)).block(rule(" comment ".to_owned())), body);
    frame.render_widget(findings.block(rule(format!(" why it is here: {score:.1} "))), bottom);
}

/// Lines that the findings take when they are wrapped at this width, about.
fn lines_of(comment: &Comment, width: u16) -> u16 {
    let findings = comment.verdict.as_ref().map(|verdict| verdict.findings.as_slice()).unwrap_or_default();
    let columns = |finding: &Finding| 14 + finding.filter.len() + finding.rule.len() + finding.message.len();
    let width = usize::from(width.max(1));
    let lines = findings.iter().map(|finding| columns(finding).div_ceil(width)).sum::<usize>() + 1;
    u16::try_from(lines).unwrap_or(u16::MAX)
}

fn heading<'a>(
    comment: &Comment,
    page: Option<&InspectCommentResponse>,
    state: &State,
    palette: Palette,
) -> Vec<Line<'a>> {
    let draft = comment.draft.clone().unwrap_or_default();
    let thread = draft.thread.unwrap_or_default();
    let place = [thread.section.as_str(), if thread.title.is_empty() { &thread.id } else { &thread.title }];
    let place: Vec<_> = place.into_iter().filter(|part| !part.is_empty()).map(one_line).collect();
    let like = page.map(|page| page.similar_count).filter(|count| *count > 0);
    let like = like.map(|count| format!("  {count} more like it")).unwrap_or_default();
    let came = ago(comment.create_time.as_ref(), state.now);
    vec![
        Line::from(vec![
            Span::styled(format!(" {}", one_line(&comment.id)), palette.strong()),
            Span::styled(format!("  {came}"), palette.faint()),
            Span::styled(like, palette.waiting()),
        ]),
        lease(comment, state, palette),
        Line::from(format!(
            " in {}",
            if place.is_empty() { "no thread".to_owned() } else { place.join(" › ") }
        )),
        author(comment, page, palette),
    ]
}

/// Who is on it, and for how long.
fn lease<'a>(comment: &Comment, state: &State, palette: Palette) -> Line<'a> {
    if let Some(lease) = state.leases.on(&comment.id) {
        let left = (lease.expires.as_second() - state.now.as_second()).max(0);
        let style = if left < 60 { palette.waiting() } else { palette.good() };
        return Line::styled(format!(" yours for {}:{:02}", left / 60, left % 60), style);
    }
    match comment.claim.as_ref().filter(|_| held_by_another(comment, state)) {
        Some(claim) => Line::styled(format!(" {} looks at it", one_line(&claim.reviewer)), palette.bad()),
        None if state.readonly => Line::styled(" free", palette.faint()),
        None => Line::styled(" not claimed", palette.faint()),
    }
}

fn author<'a>(comment: &Comment, page: Option<&InspectCommentResponse>, palette: Palette) -> Line<'a> {
    let author = comment.draft.as_ref().and_then(|draft| draft.author.clone()).unwrap_or_default();
    let name = [&author.display_name, &author.id].into_iter().find(|name| !name.is_empty());
    let name = name.map_or_else(|| "a guest".to_owned(), |name| one_line(name));
    let mut parts = vec![Span::raw(" by "), Span::styled(name, palette.strong())];
    if let Some(record) = page.and_then(|page| page.author.as_ref()) {
        let style = match record.standing() {
            AuthorStanding::Trusted => palette.good(),
            AuthorStanding::Watched | AuthorStanding::Banned => palette.bad(),
            AuthorStanding::Counted | AuthorStanding::Unspecified => palette.faint(),
        };
        let standing = record.standing().as_str_name().trim_start_matches("AUTHOR_STANDING_").to_lowercase();
        parts.push(Span::styled(format!("  {standing}"), style));
        parts.push(Span::raw(format!(
            "  {} approved, {} rejected",
            record.approved_count, record.rejected_count
        )));
    }
    if comment.report_count > 0 {
        parts.push(Span::styled(format!("  reported by {}", comment.report_count), palette.bad()));
    }
    Line::from(parts)
}

fn text<'a>(
    comment: &Comment,
    page: Option<&InspectCommentResponse>,
    state: &State,
    palette: Palette,
) -> Vec<Line<'a>> {
    let mut lines = vec![];
    if let Some(parent) = page.and_then(|page| page.parent.as_ref()) {
        lines.extend([answered(parent, palette), Line::default()]);
    }
    let findings = comment.verdict.as_ref().map(|verdict| verdict.findings.as_slice()).unwrap_or_default();
    let text = comment.draft.as_ref().map(|draft| draft.text.as_str()).unwrap_or_default();
    lines.extend(marked(text, findings, palette));
    let history = page.map(|page| page.history.as_slice()).unwrap_or_default();
    if !history.is_empty() {
        lines.extend([Line::default(), Line::styled("history", palette.faint())]);
        lines.extend(history.iter().rev().map(|entry| happened(entry, state, palette)));
    }
    lines
}

fn answered<'a>(parent: &Comment, palette: Palette) -> Line<'a> {
    let draft = parent.draft.clone().unwrap_or_default();
    let author = draft.author.unwrap_or_default();
    let name = if author.display_name.is_empty() { author.id } else { author.display_name };
    let name = if name.is_empty() { "a guest".to_owned() } else { one_line(&name) };
    let said: String = one_line(&draft.text).chars().take(PARENT).collect();
    Line::styled(format!("↳ answers {name}: {said}"), palette.faint())
}

fn happened<'a>(entry: &HistoryEntry, state: &State, palette: Palette) -> Line<'a> {
    let kind = entry.kind().as_str_name().trim_start_matches("HISTORY_KIND_").to_lowercase();
    let when = ago(entry.time.as_ref(), state.now);
    let words = [&entry.reason, &entry.note].into_iter().filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(|word| one_line(word)).collect();
    Line::from(vec![
        Span::styled(format!("{when:>10}  "), palette.faint()),
        Span::raw(format!("{kind} by {}  {}", one_line(&entry.actor), words.join(": "))),
    ])
}
