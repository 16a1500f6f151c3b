//! How commands that work on several comments tell what became of each.

use crate::cli::explain::explain;
use crate::cli::failure::{Done, Failure, Refusal};
use crate::cli::harmless::one_line;
use crate::cli::output::{Format, Outcome};
use crate::cli::session::Session;

/// Prints the outcomes. In a table and among ids only what was done is listed; refusals are told on standard error. A
/// refusal of the only comment is the command's own failure.
pub fn tell(mut outcomes: Vec<Outcome>, session: &mut Session) -> Result<Done, Failure> {
    if let [Outcome { result: Err(refusal), .. }] = &outcomes[..] {
        return Err(refusal.clone().into());
    }
    let mut done = Done::Fully;
    for outcome in &outcomes {
        if let Err(refusal) = &outcome.result {
            refused(&outcome.comment_id, refusal, session);
            done = Done::InPart;
        }
    }
    if matches!(session.output.format, Format::Table | Format::Ids) {
        outcomes.retain(|outcome| outcome.result.is_ok());
    }
    session.output.rows(&outcomes, "nothing was done")?;
    Ok(done)
}

/// Tells on standard error why nothing was done about a comment.
pub fn refused(comment_id: &str, refusal: &Refusal, session: &Session) {
    let why = explain(&refusal.clone().into(), &session.token_origin());
    say!("{}: {}", one_line(comment_id), why.join("; "));
}
