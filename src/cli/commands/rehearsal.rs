//! What a command would do to the comments that it names, without doing it.

use jiff::Timestamp;

use super::each::refused;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::picks::Pick;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::proto::v1::{Comment, CommentState, InspectCommentRequest};

/// What would be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The decision that makes this state.
    Decide(CommentState),
    /// Taking the last decision back.
    Undo,
}

impl Deed {
    fn told(self) -> &'static str {
        match self {
            Self::Decide(CommentState::Approved) => "approved",
            Self::Decide(CommentState::Rejected) => "rejected",
            Self::Decide(_) => "escalated",
            Self::Undo => "taken back",
        }
    }
}

/// Looks at each comment, lists those that it would be done to as they are now, and tells why not of the others.
pub async fn rehearse(picks: &[Pick], deed: Deed, session: &mut Session) -> Result<Done, Failure> {
    session.output.check::<Comment>()?;
    let (mut ready, mut refusals) = (vec![], 0);
    for pick in picks {
        let looked = look(pick, session).await?;
        let refusal = match &looked {
            Ok(comment) => hindrance(comment, pick, deed, Timestamp::now()),
            Err(refusal) => Some(refusal.clone()),
        };
        if let Some(refusal) = refusal {
            refusals += 1;
            refused(&pick.id, &refusal, session);
        } else {
            ready.extend(looked);
        }
    }
    session.output.rows(&ready, "none of them")?;
    say!("{} of {} would be {}; nothing was changed", ready.len(), picks.len(), deed.told());
    Ok(if refusals == 0 { Done::Fully } else { Done::InPart })
}

/// The comment as it is now, or why there is none.
async fn look(pick: &Pick, session: &Session) -> Result<Result<Comment, Refusal>, Failure> {
    let request = InspectCommentRequest { site: session.site(), comment_id: pick.id.clone() };
    match session.review().await?.inspect_comment(session.request(request)).await {
        Ok(page) => Ok(Ok(page.into_inner().comment.unwrap_or_default())),
        Err(status) if status.code() == tonic::Code::NotFound => Ok(Err(Refusal::from(&status))),
        Err(status) => Err(status.into()),
    }
}

/// Why the server would refuse it, as far as that can be seen from here.
fn hindrance(comment: &Comment, pick: &Pick, deed: Deed, now: Timestamp) -> Option<Refusal> {
    let because = |why: String| Some(Refusal::from(&tonic::Status::failed_precondition(why)));
    if comment.state() == CommentState::Withdrawn {
        return because("it was withdrawn".to_owned());
    }
    if !pick.etag.is_empty() && pick.etag != comment.etag {
        return because(format!("it has changed: its version is {} now, not {}", comment.etag, pick.etag));
    }
    if deed == Deed::Undo {
        return if comment.decision.is_some() {
            None
        } else {
            because("nothing was decided about it".to_owned())
        };
    }
    let claim = comment.claim.as_ref().filter(|claim| claim.claim_id != pick.claim_id)?;
    let until = moment(claim.expire_time.as_ref()).filter(|until| *until > now)?;
    because(format!("{} looks at it until {until}", claim.reviewer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::{Claim, Decision};

    fn told(comment: &Comment, pick: &Pick, deed: Deed) -> String {
        hindrance(comment, pick, deed, Timestamp::UNIX_EPOCH)
            .map(|refusal| refusal.message)
            .unwrap_or_default()
    }

    #[test]
    fn what_the_server_would_refuse_is_told() {
        let until = Some(prost_types::Timestamp { seconds: 60, nanos: 0 });
        let claim = Claim { claim_id: "k".into(), reviewer: "eve".into(), expire_time: until };
        let held = Comment { claim: Some(claim), etag: "3".into(), ..Comment::default() };
        let gone = Comment { state: CommentState::Withdrawn.into(), ..Comment::default() };
        let of = |etag: &str, claim_id: &str| Pick {
            etag: etag.into(),
            claim_id: claim_id.into(),
            ..Pick::default()
        };
        let approve = Deed::Decide(CommentState::Approved);
        assert!(told(&held, &of("", ""), approve).starts_with("eve looks at it"));
        assert_eq!(told(&held, &of("3", "k"), approve), "");
        assert!(told(&held, &of("2", "k"), approve).contains("3 now, not 2"));
        assert_eq!(told(&gone, &of("", ""), approve), "it was withdrawn");
        assert_eq!(told(&Comment::default(), &of("", ""), Deed::Undo), "nothing was decided about it");
        let decided = Comment { decision: Some(Decision::default()), ..Comment::default() };
        assert_eq!(told(&decided, &of("", ""), Deed::Undo), "");
    }
}
