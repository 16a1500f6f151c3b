//! The records that both stores keep, as compact bytes.
//!
//! They are protobuf messages declared in place: small, and a field can be added without rewriting
//! what is stored. What cannot be read is reported as damaged, never dropped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use prost::Message;

use crate::domain::{
    Action, ActorKind, Author, CommentId, Decision, DecisionEvent, Draft, Effect, Finding, HistoryEntry,
    HistoryKind, Span, State, Thread, Timestamp, Verdict,
};

/// The immutable part of a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What the reader wrote.
    pub draft: Draft,
    /// What the policy made of it.
    pub verdict: Verdict,
    /// Fingerprints of the text.
    pub fingerprints: Vec<u64>,
}

/// A decision that stands, with what an undo goes back to.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The decision.
    pub decision: Decision,
    /// The state before it.
    pub previous_state: State,
    /// Whether the comment was shown before it.
    pub previous_published: bool,
    /// `Counted` before it, as its code.
    pub previous_counted: u8,
}

/// Bytes that are no record, with the reason.
pub type Unreadable = String;

#[derive(Clone, PartialEq, Message)]
struct ContentRow {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(string, tag = "2")]
    thread_id: String,
    #[prost(string, tag = "3")]
    thread_url: String,
    #[prost(string, tag = "4")]
    thread_title: String,
    #[prost(string, tag = "5")]
    section: String,
    #[prost(string, tag = "6")]
    parent_id: String,
    #[prost(string, tag = "7")]
    author_id: String,
    #[prost(string, tag = "8")]
    display_name: String,
    #[prost(string, tag = "9")]
    email: String,
    #[prost(string, tag = "10")]
    author_url: String,
    #[prost(string, tag = "11")]
    ip_address: String,
    #[prost(string, tag = "12")]
    user_agent: String,
    #[prost(int64, optional, tag = "13")]
    registered_at: Option<i64>,
    #[prost(string, tag = "14")]
    language: String,
    #[prost(bool, tag = "15")]
    honeypot_filled: bool,
    #[prost(message, optional, tag = "16")]
    verdict: Option<VerdictRow>,
    #[prost(fixed64, repeated, tag = "17")]
    fingerprints: Vec<u64>,
    #[prost(double, optional, tag = "18")]
    seconds_to_submit: Option<f64>,
    #[prost(btree_map = "string, string", tag = "19")]
    labels: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct VerdictRow {
    #[prost(uint32, tag = "1")]
    action: u32,
    #[prost(double, tag = "2")]
    score: f64,
    #[prost(message, repeated, tag = "3")]
    findings: Vec<FindingRow>,
    #[prost(uint32, tag = "4")]
    finding_count: u32,
    #[prost(uint64, tag = "5")]
    policy_revision: u64,
    #[prost(uint64, tag = "6")]
    model_revision: u64,
    #[prost(float, optional, tag = "7")]
    learned_probability: Option<f32>,
}

#[derive(Clone, PartialEq, Message)]
struct FindingRow {
    #[prost(string, tag = "1")]
    filter: String,
    #[prost(string, tag = "2")]
    rule: String,
    #[prost(double, tag = "3")]
    weight: f64,
    #[prost(uint32, tag = "4")]
    effect: u32,
    /// Start and length in turn.
    #[prost(uint32, repeated, tag = "5")]
    spans: Vec<u32>,
    #[prost(string, tag = "6")]
    message: String,
}

#[derive(Clone, PartialEq, Message)]
struct DecisionRow {
    #[prost(uint32, tag = "1")]
    state: u32,
    #[prost(string, tag = "2")]
    reason: String,
    #[prost(string, tag = "3")]
    author_message: String,
    #[prost(string, tag = "4")]
    note: String,
    #[prost(string, tag = "5")]
    actor: String,
    #[prost(uint32, tag = "6")]
    actor_kind: u32,
    #[prost(int64, tag = "7")]
    decide_time: i64,
}

#[derive(Clone, PartialEq, Message)]
struct StandingRow {
    #[prost(message, optional, tag = "1")]
    decision: Option<DecisionRow>,
    #[prost(uint32, tag = "2")]
    previous_state: u32,
    #[prost(bool, tag = "3")]
    previous_published: bool,
    #[prost(uint32, tag = "4")]
    previous_counted: u32,
}

#[derive(Clone, PartialEq, Message)]
struct EventRow {
    #[prost(string, tag = "1")]
    event_id: String,
    #[prost(string, tag = "2")]
    comment_id: String,
    #[prost(string, tag = "3")]
    thread_id: String,
    #[prost(string, tag = "4")]
    author_id: String,
    #[prost(message, optional, tag = "5")]
    decision: Option<DecisionRow>,
}

#[derive(Clone, PartialEq, Message)]
struct HistoryRow {
    #[prost(uint32, tag = "1")]
    kind: u32,
    #[prost(string, tag = "2")]
    actor: String,
    #[prost(uint32, tag = "3")]
    actor_kind: u32,
    #[prost(string, tag = "4")]
    reason: String,
    #[prost(string, tag = "5")]
    author_message: String,
    #[prost(string, tag = "6")]
    note: String,
    #[prost(string, tag = "7")]
    previous_text: String,
    #[prost(message, optional, tag = "8")]
    previous_verdict: Option<VerdictRow>,
}

/// An event's body without its author: the ids and the decision stay, so that portals miss nothing of the feed; what was
/// said to the author or about them goes.
pub fn without_author(event: DecisionEvent, author_id: &str) -> Vec<u8> {
    let DecisionEvent { event_id, comment_id, thread_id, decision, .. } = event;
    let actor = if decision.actor == author_id { String::new() } else { decision.actor };
    let decision = Decision { author_message: String::new(), note: String::new(), actor, ..decision };
    encode_event(&EventBody { event_id, comment_id, thread_id, author_id: String::new(), decision })
}

/// True when an event tells of an author, or of what they did as a reader.
pub fn tells_of(event: &DecisionEvent, author_id: &str) -> bool {
    let by_reader = event.decision.actor_kind == ActorKind::Portal && event.decision.actor == author_id;
    event.author_id == author_id || by_reader
}

/// True when a history entry tells of a report by this reader.
pub fn is_report_by(entry: &HistoryEntry, reader_id: &str) -> bool {
    entry.kind == HistoryKind::Reported && entry.actor == reader_id
}

/// A whole history: how the comment came in, which is told from its head, and what was written down since. What was
/// brought in from another system has been written down from its beginning.
pub fn with_submission(submission: Vec<HistoryEntry>, written: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    match written.iter().any(|entry| entry.kind == HistoryKind::Imported) {
        true => written,
        false => submission.into_iter().chain(written).collect(),
    }
}

/// What of an event is known before the store gives it its number, time, states and version.
#[derive(Debug, Clone, PartialEq)]
pub struct EventBody {
    /// Tells a repeated delivery.
    pub event_id: String,
    /// The comment.
    pub comment_id: CommentId,
    /// Its thread.
    pub thread_id: String,
    /// Its author.
    pub author_id: String,
    /// The decision; the store's step sets its `decide_time`.
    pub decision: Decision,
}

/// What the step that writes an event adds to its [`EventBody`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHead {
    /// The site's own counter.
    pub sequence: u64,
    /// The state after.
    pub state: State,
    /// The state before.
    pub previous_state: Option<State>,
    /// Whether the comment is shown after.
    pub published: bool,
    /// The version after.
    pub version: u32,
    /// When.
    pub time: Timestamp,
}

/// What the step that writes a history entry adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryHead {
    /// When.
    pub time: Timestamp,
    /// The state after.
    pub state: State,
    /// The version after.
    pub version: u32,
}

/// The bytes of a comment's content.
pub fn encode_content(content: &Content) -> Vec<u8> {
    encode_parts(&content.draft, &content.verdict, &content.fingerprints)
}

/// The same, without putting the parts together first.
pub fn encode_parts(draft: &Draft, verdict: &Verdict, fingerprints: &[u64]) -> Vec<u8> {
    let Draft { thread, author, .. } = draft;
    ContentRow {
        text: draft.text.clone(),
        thread_id: thread.id.clone(),
        thread_url: thread.url.clone(),
        thread_title: thread.title.clone(),
        section: thread.section.clone(),
        parent_id: draft.parent_id.clone(),
        author_id: author.id.clone(),
        display_name: author.display_name.clone(),
        email: author.email.clone(),
        author_url: author.url.clone(),
        ip_address: author.ip_address.map(|ip| ip.to_string()).unwrap_or_default(),
        user_agent: author.user_agent.clone(),
        registered_at: author.registered_at.map(|time| time.0),
        language: draft.language.clone(),
        honeypot_filled: draft.honeypot_filled,
        seconds_to_submit: draft.seconds_to_submit,
        labels: draft.labels.clone(),
        verdict: Some(verdict_row(verdict)),
        fingerprints: fingerprints.to_vec(),
    }
    .encode_to_vec()
}

/// Reads a comment's content.
pub fn decode_content(bytes: &[u8]) -> Result<Content, Unreadable> {
    let row = ContentRow::decode(bytes).map_err(|error| error.to_string())?;
    let ip_address = match row.ip_address.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| "its address is no IP address".to_string())?),
    };
    Ok(Content {
        draft: Draft {
            thread: Thread {
                id: row.thread_id,
                url: row.thread_url,
                title: row.thread_title,
                section: row.section,
            },
            parent_id: row.parent_id,
            author: Author {
                id: row.author_id,
                display_name: row.display_name,
                email: row.email,
                url: row.author_url,
                ip_address,
                user_agent: row.user_agent,
                registered_at: row.registered_at.map(Timestamp),
            },
            text: row.text,
            language: row.language,
            honeypot_filled: row.honeypot_filled,
            seconds_to_submit: row.seconds_to_submit,
            labels: row.labels,
        },
        verdict: verdict(row.verdict.ok_or("it has no verdict")?)?,
        fingerprints: row.fingerprints,
    })
}

/// The bytes of a standing decision.
pub fn encode_standing(standing: &Standing) -> Vec<u8> {
    StandingRow {
        decision: Some(decision_row(&standing.decision)),
        previous_state: u32::from(standing.previous_state.code()),
        previous_published: standing.previous_published,
        previous_counted: u32::from(standing.previous_counted),
    }
    .encode_to_vec()
}

/// Reads a standing decision.
pub fn decode_standing(bytes: &[u8]) -> Result<Standing, Unreadable> {
    let row = StandingRow::decode(bytes).map_err(|error| error.to_string())?;
    Ok(Standing {
        decision: decision(row.decision.ok_or("it has no decision")?)?,
        previous_state: state(row.previous_state)?,
        previous_published: row.previous_published,
        previous_counted: row.previous_counted as u8,
    })
}

/// The bytes of an event, without what the step adds.
pub fn encode_event(body: &EventBody) -> Vec<u8> {
    EventRow {
        event_id: body.event_id.clone(),
        comment_id: body.comment_id.as_str().to_owned(),
        thread_id: body.thread_id.clone(),
        author_id: body.author_id.clone(),
        decision: Some(decision_row(&body.decision)),
    }
    .encode_to_vec()
}

/// Reads an event, given what the step added.
pub fn decode_event(head: EventHead, bytes: &[u8]) -> Result<DecisionEvent, Unreadable> {
    let row = EventRow::decode(bytes).map_err(|error| error.to_string())?;
    let decision = decision(row.decision.ok_or("it has no decision")?)?;
    Ok(DecisionEvent {
        sequence: head.sequence,
        event_id: row.event_id,
        comment_id: CommentId::new(&row.comment_id).map_err(|error| error.to_string())?,
        thread_id: row.thread_id,
        author_id: row.author_id,
        state: head.state,
        previous_state: head.previous_state,
        published: head.published,
        version: head.version,
        decision: Decision { decide_time: head.time, ..decision },
        event_time: head.time,
    })
}

/// The bytes of a history entry, without what the step adds.
pub fn encode_history(entry: &HistoryEntry) -> Vec<u8> {
    HistoryRow {
        kind: entry.kind as u32,
        actor: entry.actor.clone(),
        actor_kind: entry.actor_kind as u32,
        reason: entry.reason.clone(),
        author_message: entry.author_message.clone(),
        note: entry.note.clone(),
        previous_text: entry.previous_text.clone(),
        previous_verdict: entry.previous_verdict.as_ref().map(verdict_row),
    }
    .encode_to_vec()
}

/// Reads a history entry, given what the step added.
pub fn decode_history(head: HistoryHead, bytes: &[u8]) -> Result<HistoryEntry, Unreadable> {
    let row = HistoryRow::decode(bytes).map_err(|error| error.to_string())?;
    let kind = HistoryKind::ALL.into_iter().find(|kind| *kind as u32 == row.kind);
    Ok(HistoryEntry {
        kind: kind.ok_or_else(|| format!("history kind {} is not known", row.kind))?,
        time: head.time,
        actor: row.actor,
        actor_kind: actor_kind(row.actor_kind)?,
        reason: row.reason,
        author_message: row.author_message,
        note: row.note,
        state: head.state,
        version: head.version,
        previous_text: row.previous_text,
        previous_verdict: row.previous_verdict.map(verdict).transpose()?,
    })
}

fn verdict_row(verdict: &Verdict) -> VerdictRow {
    VerdictRow {
        action: verdict.action as u32,
        score: verdict.score,
        findings: verdict.findings.iter().map(finding_row).collect(),
        finding_count: verdict.finding_count,
        policy_revision: verdict.policy_revision,
        model_revision: verdict.model_revision,
        learned_probability: verdict.learned_probability,
    }
}

fn verdict(row: VerdictRow) -> Result<Verdict, Unreadable> {
    let action =
        [Action::Publish, Action::Hold, Action::Reject].into_iter().find(|a| *a as u32 == row.action);
    Ok(Verdict {
        action: action.ok_or_else(|| format!("action {} is not known", row.action))?,
        score: row.score,
        findings: row.findings.into_iter().map(finding).collect::<Result<_, _>>()?,
        finding_count: row.finding_count,
        policy_revision: row.policy_revision,
        model_revision: row.model_revision,
        learned_probability: row.learned_probability,
    })
}

fn finding_row(finding: &Finding) -> FindingRow {
    FindingRow {
        filter: finding.filter.clone().into_owned(),
        rule: finding.rule.to_string(),
        weight: finding.weight,
        effect: finding.effect as u32,
        spans: finding.spans.iter().flat_map(|span| [span.start, span.end - span.start]).collect(),
        message: finding.message.clone(),
    }
}

fn finding(row: FindingRow) -> Result<Finding, Unreadable> {
    let effects = [Effect::Shadow, Effect::Score, Effect::Hold, Effect::Reject];
    let effect = effects.into_iter().find(|effect| *effect as u32 == row.effect);
    let span = |pair: &[u32]| Span { start: pair[0], end: pair[0].saturating_add(pair[1]) };
    Ok(Finding {
        filter: Cow::Owned(row.filter),
        rule: row.rule.into(),
        weight: row.weight,
        effect: effect.ok_or_else(|| format!("effect {} is not known", row.effect))?,
        spans: row.spans.chunks_exact(2).map(span).collect(),
        message: row.message,
    })
}

fn decision_row(decision: &Decision) -> DecisionRow {
    DecisionRow {
        state: u32::from(decision.state.code()),
        reason: decision.reason.clone(),
        author_message: decision.author_message.clone(),
        note: decision.note.clone(),
        actor: decision.actor.clone(),
        actor_kind: decision.actor_kind as u32,
        decide_time: decision.decide_time.0,
    }
}

fn decision(row: DecisionRow) -> Result<Decision, Unreadable> {
    Ok(Decision {
        state: state(row.state)?,
        reason: row.reason,
        author_message: row.author_message,
        note: row.note,
        actor: row.actor,
        actor_kind: actor_kind(row.actor_kind)?,
        decide_time: Timestamp(row.decide_time),
    })
}

fn state(code: u32) -> Result<State, Unreadable> {
    u8::try_from(code).ok().and_then(State::from_code).ok_or_else(|| format!("state {code} is not known"))
}

fn actor_kind(code: u32) -> Result<ActorKind, Unreadable> {
    let kinds = [ActorKind::Policy, ActorKind::Moderator, ActorKind::Portal];
    kinds
        .into_iter()
        .find(|kind| *kind as u32 == code)
        .ok_or_else(|| format!("actor kind {code} is not known"))
}
