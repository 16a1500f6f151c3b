//! Comments for the wire.

use super::draft::to_wire;
use super::timestamp;
use crate::domain::{
    Action, ActorKind, Claim, Comment, Decision, Effect, Finding, HistoryEntry, HistoryKind, SiteName, State,
    Timestamp, Verdict,
};
use crate::proto::v1;

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub enum View {
    /// A portal: no claims, no notes, no moderators' names.
    Portal,
    /// A moderator, at this time: leases that have ended are none.
    Reviewer(Timestamp),
}

/// A comment as `view` may see it.
pub fn comment(site: &SiteName, comment: Comment, view: View) -> v1::Comment {
    let live = |claim: &Claim| matches!(view, View::Reviewer(now) if claim.expire_time > now);
    v1::Comment {
        site: site.as_str().to_owned(),
        id: comment.id.as_str().to_owned(),
        state: state(comment.state).into(),
        published: comment.published,
        verdict: Some(verdict(comment.verdict, &comment.draft.text)),
        draft: Some(to_wire(&comment.id, comment.draft)),
        decision: comment.decision.map(|made| decision(made, view)),
        claim: comment.claim.filter(live).map(claim),
        etag: comment.version.to_string(),
        create_time: Some(timestamp(comment.create_time)),
        update_time: Some(timestamp(comment.update_time)),
        report_count: comment.report_count,
    }
}

/// A state for the wire.
pub fn state(state: State) -> v1::CommentState {
    match state {
        State::Pending => v1::CommentState::Pending,
        State::Escalated => v1::CommentState::Escalated,
        State::Approved => v1::CommentState::Approved,
        State::Rejected => v1::CommentState::Rejected,
        State::Withdrawn => v1::CommentState::Withdrawn,
    }
}

/// A verdict on `text`, each span with its part of it.
pub fn verdict(verdict: Verdict, text: &str) -> v1::Verdict {
    let action = match verdict.action {
        Action::Publish => v1::Action::Publish,
        Action::Hold => v1::Action::Hold,
        Action::Reject => v1::Action::Reject,
    };
    v1::Verdict {
        action: action.into(),
        score: verdict.score,
        findings: verdict.findings.into_iter().map(|found| finding(found, text)).collect(),
        finding_count: verdict.finding_count,
        policy_revision: verdict.policy_revision,
        model_revision: verdict.model_revision,
        learned_probability: verdict.learned_probability.map(f64::from),
    }
}

fn finding(finding: Finding, text: &str) -> v1::Finding {
    let effect = match finding.effect {
        Effect::Shadow => v1::FindingEffect::Shadow,
        Effect::Score => v1::FindingEffect::Score,
        Effect::Hold => v1::FindingEffect::Hold,
        Effect::Reject => v1::FindingEffect::Reject,
    };
    let spans = finding.spans.into_iter().map(|span| v1::Span {
        start: span.start,
        end: span.end,
        text: span.of(text).unwrap_or_default().to_owned(),
    });
    v1::Finding {
        filter: finding.filter.into_owned(),
        rule: finding.rule.as_ref().to_owned(),
        weight: finding.weight,
        spans: spans.collect(),
        message: finding.message,
        effect: effect.into(),
    }
}

pub(super) fn decision(decision: Decision, view: View) -> v1::Decision {
    let hidden = matches!(view, View::Portal);
    let named = !hidden || decision.actor_kind != ActorKind::Moderator;
    v1::Decision {
        state: state(decision.state).into(),
        reason: decision.reason,
        author_message: decision.author_message,
        note: if hidden { String::new() } else { decision.note },
        actor: if named { decision.actor } else { String::new() },
        actor_kind: actor_kind(decision.actor_kind).into(),
        decide_time: Some(timestamp(decision.decide_time)),
    }
}

/// A lease for the wire.
pub fn claim(claim: Claim) -> v1::Claim {
    let expire_time = Some(timestamp(claim.expire_time));
    v1::Claim { claim_id: claim.claim_id, reviewer: claim.reviewer, expire_time }
}

fn actor_kind(kind: ActorKind) -> v1::ActorKind {
    match kind {
        ActorKind::Policy => v1::ActorKind::Policy,
        ActorKind::Moderator => v1::ActorKind::Moderator,
        ActorKind::Portal => v1::ActorKind::Portal,
    }
}

/// One thing that happened to a comment, for moderators.
pub fn history(entry: HistoryEntry) -> v1::HistoryEntry {
    let text = entry.previous_text;
    let previous = entry.previous_verdict.map(|before| verdict(before, &text));
    let is_revision = entry.kind == HistoryKind::Revised;
    v1::HistoryEntry {
        kind: history_kind(entry.kind).into(),
        time: Some(timestamp(entry.time)),
        actor: entry.actor,
        actor_kind: actor_kind(entry.actor_kind).into(),
        reason: entry.reason,
        author_message: entry.author_message,
        note: entry.note,
        state: state(entry.state).into(),
        etag: entry.version.to_string(),
        previous: is_revision.then_some(v1::PreviousVersion { text, verdict: previous }),
    }
}

fn history_kind(kind: HistoryKind) -> v1::HistoryKind {
    match kind {
        HistoryKind::Submitted => v1::HistoryKind::Submitted,
        HistoryKind::Revised => v1::HistoryKind::Revised,
        HistoryKind::Approved => v1::HistoryKind::Approved,
        HistoryKind::Rejected => v1::HistoryKind::Rejected,
        HistoryKind::Escalated => v1::HistoryKind::Escalated,
        HistoryKind::Undone => v1::HistoryKind::Undone,
        HistoryKind::Noted => v1::HistoryKind::Noted,
        HistoryKind::Reported => v1::HistoryKind::Reported,
        HistoryKind::Withdrawn => v1::HistoryKind::Withdrawn,
        HistoryKind::Imported => v1::HistoryKind::Imported,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{CommentId, Draft, Span};

    pub(in crate::rpc::convert) fn decided_by(actor_kind: ActorKind) -> Decision {
        Decision {
            state: State::Rejected,
            reason: "spam".into(),
            author_message: "please do not advertise".into(),
            note: "third time".into(),
            actor: "ada".into(),
            actor_kind,
            decide_time: Timestamp(1_000),
        }
    }

    fn sample() -> Comment {
        let found = Finding {
            filter: "keywords".into(),
            rule: "house".into(),
            weight: 6.0,
            effect: Effect::Hold,
            spans: vec![Span { start: 1, end: 4 }],
            message: "a word".into(),
        };
        Comment {
            id: CommentId::new("c-1").unwrap(),
            state: State::Pending,
            published: false,
            draft: Draft { text: "xBäd!".into(), ..Draft::default() },
            verdict: Verdict {
                action: Action::Hold,
                score: 6.0,
                findings: vec![found],
                finding_count: 1,
                policy_revision: 3,
                model_revision: 0,
                learned_probability: None,
            },
            decision: Some(decided_by(ActorKind::Moderator)),
            claim: Some(Claim {
                claim_id: "k".into(),
                reviewer: "ada".into(),
                expire_time: Timestamp(5_000),
            }),
            version: 7,
            tier: 6,
            report_count: 2,
            create_time: Timestamp(1_000),
            update_time: Timestamp(2_000),
        }
    }

    fn seen(view: View) -> v1::Comment {
        comment(&SiteName::new("news").unwrap(), sample(), view)
    }

    #[test]
    fn spans_carry_their_part_of_the_original() {
        let verdict = seen(View::Portal).verdict.unwrap();
        assert_eq!(verdict.findings[0].spans[0], v1::Span { start: 1, end: 4, text: "Bä".into() });
    }

    #[test]
    fn a_portal_sees_neither_notes_nor_claims_nor_moderators() {
        let seen = seen(View::Portal);
        let decision = seen.decision.unwrap();
        assert_eq!((seen.claim, decision.note.as_str(), decision.actor.as_str()), (None, "", ""));
        assert_eq!(decision.author_message, "please do not advertise");
        let own = super::decision(decided_by(ActorKind::Portal), View::Portal);
        assert_eq!(own.actor, "ada");
    }

    #[test]
    fn a_reviewer_sees_all_of_it_and_only_leases_that_are_live() {
        let early = seen(View::Reviewer(Timestamp(4_999)));
        assert_eq!(early.claim.unwrap().reviewer, "ada");
        assert_eq!(early.decision.unwrap().note, "third time");
        assert_eq!(seen(View::Reviewer(Timestamp(5_000))).claim, None);
    }

    #[test]
    fn the_etag_is_the_version() {
        assert_eq!(seen(View::Portal).etag, "7");
    }
}
