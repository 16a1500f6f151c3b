//! A change of the policy in force: shown, tried on past comments, asked about, applied on the version that was seen.

use super::named;
use super::replay::report;
use crate::cli::explain::explain;
use crate::cli::failure::{Done, Failure};
use crate::cli::output;
use crate::cli::prompt::{Answer, ask, confirm};
use crate::cli::session::Session;
use crate::cli::time::parse_span;
use crate::proto::v1::{Policy, ReplayPolicyRequest, UpdatePolicyRequest};

/// How a change is tried and asked about.
#[derive(Debug, Clone, clap::Args)]
pub struct Trial {
    /// Try it on the comments of this time, as in 12h or 30d
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = parse_span)]
    pub since: prost_types::Duration,
    /// Try it on at most this many comments, the newest; 0 tries it on none
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub sample: u64,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// What is in force, and what shall be.
pub struct Change {
    /// The policy that the change was made from.
    pub current: Policy,
    /// The new one's name in the diff.
    pub name: String,
    /// The new one's text.
    pub source: String,
    /// Why.
    pub message: String,
}

impl Change {
    /// Shows the diff and the replay, and asks; with `editable`, it may be sent back.
    pub async fn put_to_the_question(
        &self,
        trial: &Trial,
        editable: bool,
        session: &Session,
    ) -> Result<Answer, Failure> {
        let screen = &session.output.screen;
        let old = named(&self.current);
        say_on!("{}", output::diff((&old, &self.current.source), (&self.name, &self.source), screen));
        self.replay(trial, session).await;
        let question = format!("Put it in force as revision {}?", self.current.revision + 1);
        match (trial.yes, editable) {
            (true, _) => Ok(Answer::Yes),
            (false, true) => ask(&question),
            (false, false) => Ok(if confirm(&question)? { Answer::Yes } else { Answer::No }),
        }
    }

    /// A replay that fails is told and holds nothing up: the diff is there, and the answer is a person's.
    async fn replay(&self, trial: &Trial, session: &Session) {
        if trial.sample == 0 {
            return;
        }
        let request = ReplayPolicyRequest {
            site: session.site(),
            source: Some(self.source.clone()),
            since: Some(trial.since),
            max_comments: trial.sample,
        };
        match report(request, session).await {
            Ok(report) => say_on!("\n{}", output::replayed(&report, &session.output.screen)),
            Err(failure) => {
                let why = explain(&failure, &session.token_origin()).join("; ");
                say!("\nit could not be tried on past comments: {why}");
            }
        }
    }

    /// Puts it in force, unless another policy has come into force since.
    pub async fn apply(&self, session: &mut Session) -> Result<Done, Failure> {
        let request = session.request(UpdatePolicyRequest {
            site: session.site(),
            source: self.source.clone(),
            etag: self.current.etag.clone(),
            validate_only: false,
            comment: self.message.clone(),
            proposal_id: String::new(),
        });
        let answer = session.policy().await?.update_policy(request).await?.into_inner();
        let policy = answer.policy.unwrap_or_default();
        session.output.one(&policy, |_| format!("{} is in force\n", named(&policy)))?;
        Ok(Done::Fully)
    }
}
