//! Decisions about comments by name.

use std::collections::HashSet;

use prost::Message;
use tonic::Status;

use super::Reviews;
use crate::domain::{CommentId, SiteName, new_id};
use crate::proto::v1;
use crate::proto::v1::decision_result::Result as Decided;
use crate::queue::{Note, Outcome, Ruling, Undo};
use crate::rpc::auth::Caller;
use crate::rpc::convert::{self, Check};
use crate::rpc::status;

const MAX_DECISIONS: usize = 500;

/// The call of one decision: its message with the state that the call stands for.
macro_rules! decision_call {
    ($call:ident, $request:ident, $response:ident, $state:ident) => {
        pub(super) async fn $call(
            &self,
            caller: &Caller,
            request: v1::$request,
        ) -> Result<v1::$response, Status> {
            let v1::$request { site, comment_id, etag, claim_id, reviewer, reason, author_message, note } =
                request;
            let state = v1::CommentState::$state.into();
            let input = v1::DecisionInput { comment_id, etag, claim_id, state, reason, author_message, note };
            let comment = Some(self.decide_one(caller, &site, reviewer, input).await?);
            Ok(v1::$response { comment })
        }
    };
}

impl Reviews {
    decision_call!(approve, ApproveCommentRequest, ApproveCommentResponse, Approved);
    decision_call!(reject, RejectCommentRequest, RejectCommentResponse, Rejected);
    decision_call!(escalate, EscalateCommentRequest, EscalateCommentResponse, Escalated);

    async fn decide_one(
        &self,
        caller: &Caller,
        site: &str,
        reviewer: String,
        input: v1::DecisionInput,
    ) -> Result<v1::Comment, Status> {
        let site = caller.site(site)?;
        let reviewer = caller.reviewer(reviewer)?;
        let mut check = Check::default();
        let ruling = convert::ruling(&mut check, input, &reviewer);
        let ruling = check.take(ruling)?;
        let id = ruling.id.clone();
        let outcomes = self.0.review.decide(&site, vec![ruling]).await.map_err(status::queue)?;
        self.outcome(&site, &id, outcomes.into_iter().next())
    }

    fn outcome(
        &self,
        site: &SiteName,
        id: &CommentId,
        outcome: Option<Outcome>,
    ) -> Result<v1::Comment, Status> {
        match outcome {
            Some(Ok(comment)) => Ok(self.shown(site, *comment)),
            Some(Err(refusal)) => Err(status::refused(id, refusal)),
            None => Err(status::internal("the store answered fewer outcomes than it was asked for")),
        }
    }

    pub(super) async fn decide_many(
        &self,
        caller: &Caller,
        request: v1::DecideCommentsRequest,
    ) -> Result<v1::DecideCommentsResponse, Status> {
        let site = caller.site(&request.site)?;
        let reviewer = caller.reviewer(request.reviewer)?;
        check_list(&request.decisions)?;
        let ids: Vec<String> = request.decisions.iter().map(|input| input.comment_id.clone()).collect();
        let rulings = request.decisions.into_iter().enumerate().map(|(index, input)| {
            let mut check = Check::within(format!("decisions[{index}]."));
            let ruling = convert::ruling(&mut check, input, &reviewer);
            check.take(ruling)
        });
        let results = self.decide_good(&site, rulings.collect()).await?;
        let mut room = self.0.page_bytes();
        let results = ids.into_iter().zip(results).map(|(comment_id, result)| {
            let result = Some(match result {
                Ok(comment) => Decided::Comment(lightened(comment, &mut room)),
                Err(refused) => Decided::Error(status::to_message(&refused)),
            });
            v1::DecisionResult { comment_id, result }
        });
        Ok(v1::DecideCommentsResponse { results: results.collect() })
    }

    /// Carries out what could be read; what could not keeps its own status.
    async fn decide_good(
        &self,
        site: &SiteName,
        rulings: Vec<Result<Ruling, Status>>,
    ) -> Result<Vec<Result<v1::Comment, Status>>, Status> {
        let good = rulings.iter().flatten().cloned().collect();
        let mut outcomes = self.0.review.decide(site, good).await.map_err(status::queue)?.into_iter();
        let result = |ruling: Result<Ruling, Status>| self.outcome(site, &ruling?.id, outcomes.next());
        Ok(rulings.into_iter().map(result).collect())
    }

    pub(super) async fn undo(
        &self,
        caller: &Caller,
        request: v1::UndoDecisionRequest,
    ) -> Result<v1::UndoDecisionResponse, Status> {
        let site = caller.site(&request.site)?;
        let actor = caller.reviewer(request.reviewer)?;
        let mut check = Check::default();
        let target = check.target(&request.comment_id, &request.etag);
        let note = check.moderators_note("note", request.note);
        let (id, expected) = check.take(target)?;
        let undo = Undo { id: id.clone(), expected, actor, note, event_id: new_id() };
        let outcome = self.0.queue.undo(&site, undo).await.map_err(status::queue)?;
        let comment = Some(self.outcome(&site, &id, Some(outcome))?);
        Ok(v1::UndoDecisionResponse { comment })
    }

    pub(super) async fn note(
        &self,
        caller: &Caller,
        request: v1::AddNoteRequest,
    ) -> Result<v1::AddNoteResponse, Status> {
        let site = caller.site(&request.site)?;
        let actor = caller.reviewer(request.reviewer)?;
        let mut check = Check::default();
        let id = check.comment_id("comment_id", &request.comment_id);
        if request.note.is_empty() {
            check.note("note", "is required");
        }
        let text = check.moderators_note("note", request.note);
        let id = check.take(id)?;
        let outcome = self.0.queue.note(&site, Note { id: id.clone(), actor, text }).await;
        let comment = Some(self.outcome(&site, &id, Some(outcome.map_err(status::queue)?))?);
        Ok(v1::AddNoteResponse { comment })
    }
}

fn check_list(decisions: &[v1::DecisionInput]) -> Result<(), Status> {
    let mut check = Check::default();
    if decisions.is_empty() || decisions.len() > MAX_DECISIONS {
        check.note("decisions", format!("has {} decisions; it takes 1 to {MAX_DECISIONS}", decisions.len()));
    }
    let mut seen = HashSet::new();
    for (index, input) in decisions.iter().enumerate().take(MAX_DECISIONS) {
        if !input.comment_id.is_empty() && !seen.insert(&input.comment_id) {
            check.note(
                &format!("decisions[{index}].comment_id"),
                "is decided twice; send one decision a comment",
            );
        }
    }
    check.finish()
}

/// The comment; without draft and verdict once `room` is used up, for the answer must arrive.
fn lightened(comment: v1::Comment, room: &mut usize) -> v1::Comment {
    match room.checked_sub(comment.encoded_len()) {
        Some(rest) => {
            *room = rest;
            comment
        }
        None => v1::Comment { draft: None, verdict: None, ..comment },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_any_more_is_sent_without_its_text() {
        let draft = v1::CommentDraft { text: "x".repeat(100), ..Default::default() };
        let comment = v1::Comment { id: "c".into(), draft: Some(draft), ..Default::default() };
        let mut room = 150;
        assert!(lightened(comment.clone(), &mut room).draft.is_some());
        let light = lightened(comment, &mut room);
        assert_eq!((light.draft, light.id.as_str()), (None, "c"));
    }

    #[test]
    fn a_list_of_decisions_names_no_comment_twice() {
        let input = |id: &str| v1::DecisionInput { comment_id: id.into(), ..Default::default() };
        assert!(check_list(&[input("a"), input("b")]).is_ok());
        assert!(check_list(&[]).is_err());
        assert!(check_list(&vec![input(""); 501]).is_err());
        let refused = check_list(&[input("a"), input("b"), input("a")]).unwrap_err();
        assert!(refused.message().starts_with("decisions[2].comment_id"), "{}", refused.message());
    }
}
