//! Policies that were not read, found or saved.

use tonic::Status;

use super::{brief, fault, told};
use crate::policy::Mistake;
use crate::proto::v1::ErrorReason;
use crate::rpc::convert::Violation;

/// A policy has mistakes; all of them, each at its line and column of `field`.
pub fn policy_invalid(field: &str, mistakes: Vec<Mistake>) -> Status {
    let (line, column) = mistakes.first().map_or((1, 1), |first| (first.line, first.column));
    let message = match mistakes.as_slice() {
        [only] => format!("the policy has a mistake: {only}"),
        [first, rest @ ..] => format!("the policy has {} mistakes, the first: {first}", rest.len() + 1),
        [] => "the policy has mistakes".to_owned(),
    };
    let violation = |Mistake { line, column, field: key, message }: Mistake| Violation {
        field: format!("{field}:{line}:{column}"),
        description: if key.is_empty() { message } else { format!("{key}: {message}") },
    };
    fault(ErrorReason::PolicyInvalid, message)
        .with("line", line)
        .with("column", column)
        .fields(told(mistakes.into_iter().map(violation).collect()))
        .status()
}

/// Another policy was saved meanwhile.
pub fn policy_conflict(current: u64) -> Status {
    let message =
        format!("the policy in force is revision {current}, not the one that was edited; read it again");
    fault(ErrorReason::PolicyConflict, message).with("revision", current).with("etag", current).status()
}

/// There is no such revision.
pub fn revision_not_found(revision: u64) -> Status {
    let message = format!("this site's policy has no revision {revision}");
    fault(ErrorReason::PolicyRevisionNotFound, message)
        .with("revision", revision)
        .resource("policy", &revision.to_string())
        .status()
}

/// There is no such open proposal.
pub fn proposal_not_found(proposal_id: &str) -> Status {
    let proposal_id = brief(proposal_id);
    let message = format!("this site has no open proposal {proposal_id:?}");
    fault(ErrorReason::ProposalNotFound, message)
        .with("proposal_id", proposal_id)
        .resource("policy proposal", proposal_id)
        .status()
}
