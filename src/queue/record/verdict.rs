//! A verdict with its findings, within other records.

use std::borrow::Cow;

use prost::Message;

use super::Unreadable;
use crate::domain::{Action, Effect, Finding, Span, Verdict};

#[derive(Clone, PartialEq, Message)]
pub(super) struct VerdictRow {
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

pub(super) fn verdict_row(verdict: &Verdict) -> VerdictRow {
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

pub(super) fn verdict(row: VerdictRow) -> Result<Verdict, Unreadable> {
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
