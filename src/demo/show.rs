//! What the demonstration prints.

use std::time::Duration;

use super::comments::Sample;
use crate::proto::v1::{Action, Comment, CommentState, DecisionEvent};

pub(super) fn title(text: &str) {
    println!("\n{text}");
    println!("{}", "─".repeat(text.chars().count()));
}

pub(super) fn article(headline: &str) {
    println!("Under the article «{headline}»:");
}

pub(super) fn line(text: &str) {
    println!("  {text}");
}

pub(super) fn verdict(comment: &Comment) {
    let Some(verdict) = &comment.verdict else { return };
    let action = match verdict.action() {
        Action::Publish => "PUBLISH",
        Action::Hold => "HOLD   ",
        Action::Reject => "REJECT ",
        Action::Unspecified => "?      ",
    };
    let text = comment.draft.as_ref().map_or("", |draft| draft.text.as_str());
    println!("  {action} {:>5.1}  {:<11} {}", verdict.score, comment.id, shortened(text));
    for finding in &verdict.findings {
        let spans: Vec<_> = finding.spans.iter().map(|span| format!("«{}»", shortened(&span.text))).collect();
        let (filter, rule, weight) = (&finding.filter, &finding.rule, finding.weight);
        println!("           {weight:>+5.1}  {filter}: {rule} {}", spans.join(" "));
    }
}

pub(super) fn refused(sample: &Sample, limit: &str, delay: Duration) {
    let delay = humantime::format_duration(Duration::from_secs(delay.as_secs_f64().ceil() as u64));
    println!("  REFUSED        {:<11} {limit}; come back in {delay}", sample.id);
}

pub(super) fn decision(comment: &Comment) {
    let reason = comment.decision.as_ref().map_or("", |decision| decision.reason.as_str());
    println!("  {:<9} {:<11} {reason}", state(comment.state()), comment.id);
}

pub(super) fn event(event: &DecisionEvent) {
    let change = match event.previous_state() {
        CommentState::Unspecified => state(event.state()).to_owned(),
        previous => format!("{} → {}", state(previous), state(event.state())),
    };
    let shown = if event.published { "show it" } else { "do not show it" };
    println!("  {:<11} {change:<22} {shown}", event.comment_id);
}

fn state(state: CommentState) -> &'static str {
    match state {
        CommentState::Pending => "pending",
        CommentState::Escalated => "escalated",
        CommentState::Approved => "approved",
        CommentState::Rejected => "rejected",
        CommentState::Withdrawn => "withdrawn",
        CommentState::Unspecified => "?",
    }
}

fn shortened(text: &str) -> String {
    const WIDTH: usize = 72;
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let kept: String = text.chars().take(WIDTH - 1).collect();
    format!("{kept}…")
}
