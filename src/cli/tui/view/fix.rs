//! The changes that can be made about a finding, and what the chosen one would have done.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::prompt::{boxed, option};
use super::style::Palette;
use crate::cli::amend::Edit;
use crate::cli::harmless::one_line;
use crate::cli::tui::action::Authority;
use crate::cli::tui::state::{Fix, Trial};
use crate::proto::v1::ReplayReport;

/// Draws the list, or the trial of what was chosen from it.
pub fn draw(frame: &mut Frame, body: Rect, fix: &Fix, palette: Palette) {
    let rule = fix.finding().map(|finding| one_line(&format!("{}/{}", finding.filter, finding.rule)));
    let rule = rule.unwrap_or_default();
    match (&fix.trial, fix.offers.get(fix.cursor)) {
        (Some(trial), Some(offer)) => {
            let mut lines = edited(trial, palette, usize::from(body.height.saturating_sub(12)));
            lines.push(Line::default());
            lines.extend(outcome(trial, palette));
            lines.extend([Line::default(), asked(trial, palette)]);
            boxed(frame, body, format!(" {} ", one_line(&offer.what)), lines);
        }
        _ if fix.policy.is_none() => {
            boxed(frame, body, format!(" change {rule} "), vec![Line::raw(" reading the policy …")]);
        }
        _ => {
            let offer = |(place, offer): (usize, &crate::cli::amend::Amendment)| {
                option(one_line(&offer.what), place == fix.cursor, palette)
            };
            let lines = fix.offers.iter().enumerate().map(offer).collect();
            boxed(frame, body, format!(" change {rule}; enter tries it "), lines);
        }
    }
}

fn edited<'a>(trial: &Trial, palette: Palette, room: usize) -> Vec<Line<'a>> {
    let line = |edit: &Edit| match edit {
        Edit::Same(line) => Line::styled(format!("  {}", one_line(line)), palette.faint()),
        Edit::Gone(line) => Line::styled(format!("- {}", one_line(line)), palette.bad()),
        Edit::New(line) => Line::styled(format!("+ {}", one_line(line)), palette.good()),
    };
    trial.edits.iter().take(room.max(4)).map(line).collect()
}

fn outcome<'a>(trial: &Trial, palette: Palette) -> Vec<Line<'a>> {
    if let Some(report) = &trial.report {
        return told(report, palette);
    }
    vec![match (&trial.trouble, &trial.progress) {
        (Some(why), _) => Line::styled(format!("it cannot be tried: {}", one_line(why)), palette.bad()),
        (None, Some(progress)) => {
            Line::raw(format!("trying it: {} of {} comments …", progress.done_count, progress.total_count))
        }
        (None, None) => Line::raw("trying it on the last thousand comments …"),
    }]
}

fn told<'a>(report: &ReplayReport, palette: Palette) -> Vec<Line<'a>> {
    let judged = report.comment_count;
    let row = |what: &'static str, before: u64, after: u64| {
        Line::from(vec![
            Span::raw(format!("  {what:<10}{before:>6} → ")),
            Span::styled(
                format!("{after:<6}"),
                if before == after { palette.faint() } else { palette.strong() },
            ),
        ])
    };
    vec![
        Line::raw(format!("on the last {judged} comments:")),
        row("published", report.published_before_count, report.published_after_count),
        row("held", report.held_before_count, report.held_after_count),
        row("rejected", report.rejected_before_count, report.rejected_after_count),
        Line::styled(
            format!("it would free {} of those that wait now", report.queue_freed_count),
            palette.strong(),
        ),
    ]
}

fn asked<'a>(trial: &Trial, palette: Palette) -> Line<'a> {
    let keys = match trial.authority {
        Some(Authority::Apply) => "enter puts it in force   esc back",
        Some(Authority::Propose) => "enter proposes it to an admin   esc back",
        None => "asking what you may do …   esc back",
    };
    Line::styled(keys, palette.waiting())
}
