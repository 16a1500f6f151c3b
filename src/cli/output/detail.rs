//! One comment with everything that a moderator needs beside it.

use std::collections::HashMap;

use anstyle::Style;

use super::author::standing_word;
use super::comment::{state_style, state_word, text_of};
use super::flow::{Run, clip, flow};
use super::history::history;
use super::screen::{FAINT, STRONG, Screen};
use super::verdict::judged;
use crate::cli::counted::wave_size;
use crate::cli::harmless::one_line;
use crate::cli::time::in_full;
use crate::proto::v1::{Author, AuthorRecord, Comment, InspectCommentResponse, Thread};

/// Columns of the labels on the left.
const LABEL: usize = 9;

/// The whole page about a comment.
pub fn detail(page: &InspectCommentResponse, screen: &Screen) -> String {
    let Some(comment) = &page.comment else { return String::new() };
    let mut drawn = comment_heading(comment, screen);
    let draft = comment.draft.clone().unwrap_or_default();
    for (label, text) in [
        ("author", author_line(draft.author.as_ref(), page.author.as_ref())),
        ("thread", draft.thread.as_ref().map(thread_line).unwrap_or_default()),
        ("came in", in_full(comment.create_time.as_ref(), screen.now)),
        ("claimed", claim_line(comment, screen)),
        ("decided", decision_line(comment, screen)),
        ("reports", if comment.report_count > 0 { comment.report_count.to_string() } else { String::new() }),
        ("similar", similar_line(page)),
        ("labels", labels_line(&draft.labels)),
        ("answers", page.parent.as_ref().map(parent_line).unwrap_or(draft.parent_id)),
    ] {
        drawn.push_str(&labelled(label, &text, screen));
    }
    drawn.push('\n');
    drawn.push_str(&judged(&draft.text, &comment.verdict.clone().unwrap_or_default(), screen));
    drawn.push_str(&history(&page.history, page.omitted_history_count, screen));
    drawn
}

/// A comment's id, where it stands and whether it is shown.
pub fn comment_heading(comment: &Comment, screen: &Screen) -> String {
    let shown = if comment.published { "shown to readers" } else { "not shown to readers" };
    let version = format!("site {}, etag {}", one_line(&comment.site), one_line(&comment.etag));
    let runs = [
        Run::new(one_line(&comment.id), STRONG),
        Run::new("  ", Style::new()),
        Run::new(state_word(comment.state()), state_style(comment.state())),
        Run::new(format!(", {shown}  "), Style::new()),
        Run::new(version, FAINT),
    ];
    flow(&runs, 0, screen)
}

fn labelled(label: &str, text: &str, screen: &Screen) -> String {
    if text.is_empty() {
        return String::new();
    }
    let label = screen.paint(FAINT, &format!("{label:LABEL$}"));
    let lines = flow(&[Run::new(one_line(text), Style::new())], LABEL, screen);
    format!("{label}{}", lines.get(LABEL..).unwrap_or(&lines))
}

fn author_line(author: Option<&Author>, record: Option<&AuthorRecord>) -> String {
    let Some(author) = author else { return "a guest".to_owned() };
    let id = if author.id.is_empty() { "guest".to_owned() } else { format!("id {}", author.id) };
    let known = [
        author.display_name.clone(),
        id,
        author.email.clone(),
        author.ip_address.clone(),
        author.url.clone(),
    ];
    let known: Vec<_> = known.into_iter().filter(|part| !part.is_empty()).collect();
    let record = record.map(|record| {
        format!(
            "; {}: {} approved, {} rejected",
            standing_word(record),
            record.approved_count,
            record.rejected_count
        )
    });
    known.join(", ") + &record.unwrap_or_default()
}

fn thread_line(thread: &Thread) -> String {
    let section =
        if thread.section.is_empty() { String::new() } else { format!("section {}", thread.section) };
    let known = [&thread.id, &section, &thread.title, &thread.url];
    known.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}

fn claim_line(comment: &Comment, screen: &Screen) -> String {
    let Some(claim) = &comment.claim else { return String::new() };
    format!("by {}, until {}", claim.reviewer, in_full(claim.expire_time.as_ref(), screen.now))
}

fn decision_line(comment: &Comment, screen: &Screen) -> String {
    let Some(decision) = &comment.decision else { return String::new() };
    let reason = if decision.reason.is_empty() { String::new() } else { format!(" for {}", decision.reason) };
    let told = if decision.author_message.is_empty() {
        String::new()
    } else {
        format!("; the author is told: {}", decision.author_message)
    };
    let time = in_full(decision.decide_time.as_ref(), screen.now);
    format!("{} by {}{reason}, {time}{told}", state_word(decision.state()), decision.actor)
}

fn similar_line(page: &InspectCommentResponse) -> String {
    match page.similar_count {
        0 => String::new(),
        1 => "1 other comment is like this one".to_owned(),
        count => format!("{} other comments are like this one", wave_size(count)),
    }
}

fn labels_line(labels: &HashMap<String, String>) -> String {
    let mut labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.sort();
    labels.join(", ")
}

fn parent_line(parent: &Comment) -> String {
    format!("{}: {}", parent.id, clip(&one_line(text_of(parent)), 200))
}
