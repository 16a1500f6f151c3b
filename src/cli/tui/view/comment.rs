//! The comment: who wrote it where, what it answers, what it says, what happened to it, and why it was held.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Padding, Paragraph, Wrap};

use super::findings::{marked, sum};
use super::style::Palette;
use crate::cli::counted::wave_size;
use crate::cli::harmless::one_line;
use crate::cli::time::ago;
use crate::cli::tui::state::{Scroll, State};
use crate::proto::v1::{AuthorStanding, Comment, HistoryEntry, InspectCommentResponse};

/// Columns that the parent's text is shown in at most; its beginning is enough to see what is answered.
const PARENT: usize = 280;

/// Draws what is selected; answers how its text stands.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, palette: Palette) -> Scroll {
    let Some(comment) = state.queue.current() else { return Scroll::default() };
    let page = state.page();
    let findings = reasons(comment, state, area, palette);
    let wanted = u16::try_from(findings.line_count(area.width)).unwrap_or(u16::MAX).saturating_add(1);
    let score = comment.verdict.as_ref().map(|verdict| verdict.score).unwrap_or_default();
    let head = heading(comment, page, state, palette);
    let [top, body, bottom] = Layout::vertical([
        Constraint::Length(u16::try_from(head.len()).unwrap_or(u16::MAX)),
        Constraint::Min(4),
        Constraint::Length(wanted.min(area.height * 2 / 5)),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(head), top);
    let rule = |title: String| Block::new().borders(Borders::TOP).title(title).border_style(palette.faint());
    let width = body.width.saturating_sub(2);
    let text = Paragraph::new(text(comment, page, state, palette)).wrap(Wrap { trim: false });
    let padded = Block::new().padding(Padding::horizontal(1));
    let height = body.height.saturating_sub(1);
    let reach = lines_of(&text, width).saturating_sub(height);
    let mut scroll = state.scroll.min(reach);
    if let Some(sought) = sought(comment, page, state, width) {
        let seen = (scroll..scroll + height).contains(&sought);
        scroll = if seen { scroll } else { sought.saturating_sub(height / 2).min(reach) };
    }
    let more =
        if scroll < reach { format!(" comment, {} more lines ", reach - scroll) } else { " comment ".into() };
    frame.render_widget(rule(more), body);
    let inner = Rect { y: body.y + 1.min(body.height), height: body.height.saturating_sub(1), ..body };
    frame.render_widget(text.scroll((scroll, 0)).block(padded), inner);
    frame.render_widget(findings.block(rule(format!(" why it is here: {score:.1} "))), bottom);
    Scroll { at: scroll, reach }
}

fn lines_of(text: &Paragraph, width: u16) -> u16 {
    u16::try_from(text.line_count(width)).unwrap_or(u16::MAX)
}

/// The line of the place that was gone to just now: the last one of the text up to there.
fn sought(
    comment: &Comment,
    page: Option<&InspectCommentResponse>,
    state: &State,
    width: u16,
) -> Option<u16> {
    let spot = state.focus.filter(|_| state.seek).and(state.spot())?;
    let span = comment.verdict.as_ref()?.findings.get(spot.finding)?.spans.get(spot.span?)?;
    let mut before = comment.clone();
    let draft = before.draft.as_mut()?;
    draft.text = draft.text.get(..usize::try_from(span.end).ok()?)?.to_owned();
    let page = page.map(|page| InspectCommentResponse { history: vec![], ..page.clone() });
    let text = text(&before, page.as_ref(), state, Palette { colour: true });
    Some(lines_of(&Paragraph::new(text).wrap(Wrap { trim: false }), width).saturating_sub(1))
}

/// As many findings as there is room for; the rest stand together in one line, so that the weights add up to the score.
fn reasons<'a>(comment: &Comment, state: &State, area: Rect, palette: Palette) -> Paragraph<'a> {
    let Some(verdict) = &comment.verdict else { return Paragraph::default() };
    let room = usize::from(area.height * 2 / 5).saturating_sub(1);
    let focus = state.focus.and(state.spot()).map(|spot| spot.finding);
    let width = usize::from(area.width);
    let drawn = |shown: usize| Paragraph::new(sum(verdict, shown, focus, width, palette));
    let most = verdict.findings.len().min(room);
    let fits = (1..=most).rev().map(drawn).find(|reasons| reasons.line_count(area.width) <= room);
    fits.unwrap_or_else(|| drawn(1))
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
    let like = like.map(|count| format!("  {} alike", wave_size(count))).unwrap_or_default();
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
    match comment.claim.as_ref().filter(|_| state.is_another_s(comment)) {
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
        if record.standing() != AuthorStanding::Counted {
            let standing = record.standing().as_str_name().trim_start_matches("AUTHOR_STANDING_");
            parts.push(Span::styled(format!("  {}", standing.to_lowercase()), style));
        }
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
    lines.extend(marked(text, findings, state.focus.and(state.spot()), palette));
    let history = page.map(|page| page.history.as_slice()).unwrap_or_default();
    if !history.is_empty() {
        lines.extend([Line::default(), Line::styled("history", palette.faint())]);
        lines.extend(history.iter().rev().flat_map(|entry| happened(entry, state, palette)));
    }
    if let Some(omitted) = page.map(|page| page.omitted_history_count).filter(|omitted| *omitted > 0) {
        lines.push(Line::styled(format!("{:12}and {omitted} older entries", ""), palette.faint()));
    }
    lines
}

fn answered<'a>(parent: &Comment, palette: Palette) -> Line<'a> {
    let draft = parent.draft.clone().unwrap_or_default();
    let author = draft.author.unwrap_or_default();
    let name = if author.display_name.is_empty() { author.id } else { author.display_name };
    let name = if name.is_empty() { "a guest".to_owned() } else { one_line(&name) };
    let said = one_line(&draft.text.chars().take(PARENT).collect::<String>());
    Line::styled(format!("↳ answers {name}: {said}"), palette.faint())
}

/// What happened, and what the author had written before, where that was it.
fn happened<'a>(entry: &HistoryEntry, state: &State, palette: Palette) -> Vec<Line<'a>> {
    let kind = entry.kind().as_str_name().trim_start_matches("HISTORY_KIND_").to_lowercase();
    let when = ago(entry.time.as_ref(), state.now);
    let by = if entry.actor.is_empty() { String::new() } else { format!(" by {}", one_line(&entry.actor)) };
    let words = [&entry.reason, &entry.note].into_iter().filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(|word| one_line(word)).collect();
    let mut lines = vec![Line::from(vec![
        Span::styled(format!("{when:>10}  "), palette.faint()),
        Span::raw(format!("{kind}{by}  {}", words.join(": "))),
    ])];
    let before =
        entry.previous.as_ref().map(|previous| previous.text.chars().take(PARENT).collect::<String>());
    lines.extend(
        before.map(|text| Line::styled(format!("{:12}was: {}", "", one_line(&text)), palette.faint())),
    );
    lines
}
