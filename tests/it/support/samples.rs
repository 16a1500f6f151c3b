//! Sample comments and calls, each complete; a case changes the one field that it is about.

use std::collections::BTreeMap;
use std::time::Duration;

use modqueue::domain::{
    Action, ActorKind, Author, CommentId, Decision, Draft, Effect, Finding, SiteName, Span, State, Thread,
    Timestamp, Verdict, new_id,
};
use modqueue::limit::{Charge, LimitMode, Quota};
use modqueue::queue::{
    Admission, AuthorQuery, ClaimRequest, Import, Note, Order, PageQuery, PolicyDraft, Probe, Report,
    Revision, Ruling, Undo, Withdrawal,
};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub fn site(name: &str) -> SiteName {
    SiteName::new(name).expect("a site name")
}

pub fn id(text: &str) -> CommentId {
    CommentId::new(text).expect("a comment id")
}

pub fn ids<T: AsRef<str>>(texts: &[T]) -> Vec<CommentId> {
    texts.iter().map(|text| id(text.as_ref())).collect()
}

/// A comment by author `ann` in thread `article-1`.
pub fn draft(text: &str) -> Draft {
    Draft {
        thread: Thread {
            id: "article-1".into(),
            url: "https://news.example/article-1".into(),
            title: "Council votes on the bridge".into(),
            section: "local".into(),
        },
        author: author("ann"),
        text: text.into(),
        language: "en".into(),
        seconds_to_submit: Some(12.5),
        labels: BTreeMap::from([("device".into(), "phone".into())]),
        ..Draft::default()
    }
}

/// An author of whom everything is known.
pub fn author(id: &str) -> Author {
    Author {
        id: id.into(),
        display_name: "Ann Reader".into(),
        email: "ann@example.org".into(),
        url: "https://ann.example".into(),
        ip_address: Some("192.0.2.7".parse().expect("an address")),
        user_agent: "Mozilla/5.0".into(),
        registered_at: Some(Timestamp(1_600_000_000_000)),
    }
}

/// A verdict with one finding.
pub fn verdict(action: Action, score: f64) -> Verdict {
    let finding = Finding {
        filter: "keywords".into(),
        rule: "house words".into(),
        weight: score,
        effect: Effect::Score,
        spans: vec![Span { start: 0, end: 1 }],
        message: "a word of the house list".into(),
    };
    Verdict {
        action,
        score,
        findings: vec![finding],
        finding_count: 1,
        policy_revision: 3,
        model_revision: 0,
        learned_probability: None,
    }
}

/// A comment that waits, in tier 4.
pub fn admission(name: &str) -> Admission {
    Admission {
        id: id(name),
        draft: draft(&format!("text of {name}")),
        verdict: verdict(Action::Hold, 4.5),
        state: State::Pending,
        tier: 4,
        fingerprints: Vec::new(),
        event_id: new_id(),
        charges: Vec::new(),
        grounds: None,
        waiting_cap: 1_000_000,
    }
}

/// A comment of another system's history, which nobody is known to have decided on.
pub fn import(name: &str, state: State) -> Import {
    Import {
        id: id(name),
        draft: draft(&format!("text of {name}")),
        verdict: verdict(Action::Hold, 4.5),
        state,
        tier: 4,
        decision: None,
        create_time: Timestamp(1_600_000_000_000),
        actor: "mover".into(),
    }
}

/// A comment that the policy publishes.
pub fn published(name: &str) -> Admission {
    let verdict = verdict(Action::Publish, 0.5);
    Admission { state: State::Approved, tier: 0, verdict, ..admission(name) }
}

/// A comment that the policy rejects.
pub fn refused(name: &str) -> Admission {
    let verdict = verdict(Action::Reject, 20.0);
    Admission { state: State::Rejected, tier: 20, verdict, ..admission(name) }
}

/// `admission` by another author.
pub fn by(author_id: &str, admission: Admission) -> Admission {
    let draft = Draft { author: author(author_id), ..admission.draft };
    Admission { draft, ..admission }
}

/// A moderator's decision by `mona`, at whatever version is current and under no lease.
pub fn ruling(name: &str, state: State) -> Ruling {
    let decision = Decision {
        state,
        reason: "house-rules".into(),
        author_message: "please read the house rules".into(),
        note: "second time this week".into(),
        actor: "mona".into(),
        actor_kind: ActorKind::Moderator,
        decide_time: Timestamp(0),
    };
    Ruling { id: id(name), expected: None, claim_id: String::new(), decision, event_id: new_id() }
}

pub fn approve(name: &str) -> Ruling {
    ruling(name, State::Approved)
}

pub fn reject(name: &str) -> Ruling {
    ruling(name, State::Rejected)
}

pub fn escalate(name: &str) -> Ruling {
    ruling(name, State::Escalated)
}

pub fn undo(name: &str) -> Undo {
    Undo { id: id(name), expected: None, actor: "otto".into(), note: "wrong key".into(), event_id: new_id() }
}

pub fn note(name: &str, text: &str) -> Note {
    Note { id: id(name), actor: "mona".into(), text: text.into() }
}

/// An edit after which the comment waits in tier 2.
pub fn revision(name: &str, text: &str) -> Revision {
    Revision {
        id: id(name),
        expected: None,
        draft: draft(text),
        verdict: verdict(Action::Hold, 2.5),
        state: State::Pending,
        tier: 2,
        fingerprints: Vec::new(),
        actor: "portal-token".into(),
        event_id: new_id(),
    }
}

pub fn withdrawal(name: &str) -> Withdrawal {
    Withdrawal { id: id(name), expected: None, actor: "portal-token".into(), event_id: new_id() }
}

pub fn report(name: &str, reporter: &str) -> Report {
    Report {
        id: id(name),
        reporter_id: reporter.into(),
        reason: "rude".into(),
        hide: false,
        event_id: new_id(),
    }
}

/// A wish for comments at version 1, for ten minutes.
pub fn claim(claim_id: &str, reviewer: &str, names: &[&str]) -> ClaimRequest {
    ClaimRequest {
        claim_id: claim_id.into(),
        reviewer: reviewer.into(),
        candidates: names.iter().map(|name| (id(name), 1)).collect(),
        lease: 10 * MINUTE,
    }
}

/// `burst` at once, one back every `every`.
pub fn charge(limit: &str, key: &str, burst: u32, every: Duration) -> Charge {
    let quota = Quota::new(1, every, burst).expect("a quota");
    Charge { limit: limit.into(), key: key.into(), quota, mode: LimitMode::Enforce }
}

pub fn probe(name: &str) -> Probe {
    Probe { id: id(name), author_id: "ann".into(), fingerprints: Vec::new() }
}

/// Everything of one state, as long as it is not more than a page.
pub fn query(state: State, order: Order) -> PageQuery {
    PageQuery { state, order, after: None, limit: 500 }
}

/// Everything by one author, as long as it is not more than a page.
pub fn written_by(author_id: &str, order: Order) -> AuthorQuery {
    AuthorQuery { author_id: author_id.into(), order, after: None, limit: 500 }
}

pub fn policy(source: &str) -> PolicyDraft {
    PolicyDraft { source: source.into(), author: "ada".into(), comment: "why not".into() }
}
