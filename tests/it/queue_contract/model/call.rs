//! One call, complete, and its answer as text in which nothing depends on the moment.

use std::fmt::Debug;
use std::time::Duration;

use modqueue::domain::{CommentId, Standing};
use modqueue::queue::{
    Admission, Admitted, ClaimRequest, Import, Note, PolicyDraft, Report, Revision, Ruling, Teaching, Undo,
    Withdrawal,
};
use regex::Regex;

use crate::support::samples::MINUTE;
use crate::support::store::Store;

/// What both stores are asked.
#[derive(Debug, Clone)]
pub enum Call {
    Admit(Admission),
    Import(u64, Vec<Import>),
    Revise(Revision),
    Withdraw(Withdrawal),
    Report(Report),
    Claim(ClaimRequest),
    Renew(&'static str, Vec<CommentId>, Duration),
    Release(&'static str, Vec<CommentId>),
    Defer(&'static str, CommentId, Duration),
    Decide(Vec<Ruling>),
    Undo(Undo),
    Note(Note),
    SetStanding(&'static str, Standing),
    SavePolicy(u64, PolicyDraft),
    Teach(Teaching),
    Sweep(Duration),
    Wait(Duration),
}

impl Call {
    /// Asks a store.
    pub async fn answer(&self, store: &Store) -> String {
        let (queue, site) = (&store.queue, &store.site);
        match self.clone() {
            Self::Admit(admission) => admitted(store.admit(admission).await),
            Self::Import(cap, imports) => told(queue.import(site, cap, imports).await),
            Self::Revise(revision) => told(queue.revise(site, revision).await),
            Self::Withdraw(withdrawal) => told(queue.withdraw(site, withdrawal).await),
            Self::Report(report) => told(queue.report(site, report).await),
            Self::Claim(request) => told(queue.claim(site, request).await),
            Self::Renew(claim_id, ids, lease) => told(queue.renew(site, claim_id, &ids, lease).await),
            Self::Release(claim_id, ids) => told(queue.release(site, claim_id, &ids).await.map(sorted)),
            Self::Defer(reviewer, id, span) => told(queue.defer(site, reviewer, &id, span).await),
            Self::Decide(rulings) => told(queue.decide(site, rulings).await),
            Self::Undo(undo) => told(queue.undo(site, undo).await),
            Self::Note(note) => told(queue.note(site, note).await),
            Self::SetStanding(author, standing) => told(queue.set_standing(site, author, standing).await),
            Self::SavePolicy(expected, draft) => told(queue.save_policy(site, expected, draft).await),
            Self::Teach(teaching) => told(queue.teach(site, teaching).await),
            Self::Sweep(age) => format!("{:?}", store.sweep(age).await),
            Self::Wait(span) => {
                // The clock is both stores': each moves it by half.
                store.advance(span / 2);
                String::new()
            }
        }
    }
}

fn sorted(mut ids: Vec<CommentId>) -> Vec<CommentId> {
    ids.sort();
    ids
}

fn told<T: Debug>(answer: T) -> String {
    without_times(&format!("{answer:?}"))
}

/// Waits are told to the minute.
fn admitted(answer: Admitted) -> String {
    match answer {
        Admitted::Limited { index, retry_after } => {
            let minutes = (retry_after + MINUTE / 4).as_secs() / MINUTE.as_secs();
            format!("limited by {index} for {minutes} minutes")
        }
        answer => told(answer),
    }
}

/// The text without its moments.
pub fn without_times(text: &str) -> String {
    let moment = Regex::new(r"Timestamp\(\d+\)").expect("a pattern");
    moment.replace_all(text, "then").into_owned()
}
