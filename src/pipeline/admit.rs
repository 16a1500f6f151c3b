//! Into the queue with a verdict, if what the verdict rests on still holds there.

use std::borrow::Cow;

use tracing::Instrument;

use super::{Judged, Pipeline, SubmitError, Submitted, evidence, limited, state_after};
use crate::domain::{AuthorRecord, CommentId, Draft, Evidence, SiteName, new_id};
use crate::filter::Prepared;
use crate::limit::Charge;
use crate::policy::Policy;
use crate::queue::{Admission, Admitted, Grounds, QueueError, tier};
use crate::telemetry::Hit;
use crate::telemetry::traces::station;

/// A comment that asks to be taken in.
pub(super) struct Entrant<'a> {
    pub(super) site: &'a SiteName,
    pub(super) policy: &'a Policy,
    pub(super) id: &'a CommentId,
    pub(super) prepared: &'a Prepared<'a>,
    /// To the limits for all authors.
    pub(super) charges: Vec<Charge>,
}

/// What a verdict rests on.
pub(super) enum Footing {
    /// What most likely is so; a verdict on it binds nobody.
    Expected(Evidence),
    /// What the store said.
    Told(Evidence),
    /// What the store said again after that had changed. The verdict may only be stricter than the one before, and
    /// stands whatever changes meanwhile.
    ToldAgain { before: Evidence, now: Evidence },
}

impl Footing {
    fn evidence(&self) -> &Evidence {
        match self {
            Self::Expected(evidence) | Self::Told(evidence) | Self::ToldAgain { now: evidence, .. } => {
                evidence
            }
        }
    }

    /// What the next verdict rests on when the store says that things are otherwise; `None` when no next is needed.
    fn after(self, now: Evidence) -> Option<Self> {
        match self {
            Self::Expected(_) => Some(Self::Told(now)),
            Self::Told(before) => Some(Self::ToldAgain { before, now }),
            Self::ToldAgain { .. } => None,
        }
    }
}

impl Pipeline {
    /// What can be expected of a comment; `None` when the store has to be asked, because limits depend on the author's
    /// record or the text is known to repeat.
    pub(super) fn expected(&self, entrant: &Entrant<'_>) -> Option<Evidence> {
        let Entrant { site, policy, prepared, .. } = entrant;
        if policy.limits_some_authors(prepared.draft) {
            return None;
        }
        let author_id = &prepared.draft.author.id;
        self.expectations.of(site, author_id, prepared.fingerprints(), self.clock.now())
    }

    /// Judges and admits, again when the ground of the verdict has gone.
    pub(super) async fn admit(
        &self,
        entrant: Entrant<'_>,
        mut footing: Footing,
    ) -> Result<Submitted, SubmitError> {
        let Entrant { site, policy, prepared, .. } = &entrant;
        let kept = self.addresses.kept(prepared.draft);
        loop {
            let charges = self.charges(&entrant, &footing.evidence().author)?;
            let admission = self.admission(&entrant, Draft::clone(&kept), charges.to_vec(), &footing);
            match self.queue.admit(site, admission).instrument(station("admit")).await? {
                Admitted::Stale { recalled, held_by } => {
                    let author_id = &prepared.draft.author.id;
                    self.expectations.learn(site, author_id, prepared.fingerprints(), &recalled);
                    self.keep_up(site, recalled.policy_revision);
                    let held_by = held_by.into_iter().map(|index| charges[index].limit.to_string()).collect();
                    footing = footing.after(evidence(recalled, held_by)).ok_or_else(stale_for_no_reason)?;
                }
                Admitted::Stored { comment, shadow_hits, policy_revision } => {
                    self.keep_up(site, policy_revision);
                    self.meters.verdict(site, &comment.verdict);
                    for index in shadow_hits {
                        self.meters.limit_hit(site, &charges[index].limit, Hit::Shadow);
                    }
                    return Ok(Submitted { comment: *comment, replayed: false });
                }
                Admitted::Replayed(comment) => return Ok(Submitted { comment: *comment, replayed: true }),
                Admitted::Limited { index, retry_after } => {
                    self.shield.remember(site, policy.revision(), &charges[index], retry_after);
                    self.meters.limit_hit(site, &charges[index].limit, Hit::Refused);
                    return Err(limited(&charges, index, retry_after));
                }
                Admitted::Taken => return Err(SubmitError::Taken(entrant.id.clone())),
                Admitted::Full => return Err(SubmitError::Full { cap: policy.waiting_cap() }),
            }
        }
    }

    /// All charges of a comment, those to limits for authors like this one among them.
    fn charges<'a>(
        &self,
        entrant: &'a Entrant<'_>,
        author: &AuthorRecord,
    ) -> Result<Cow<'a, [Charge]>, SubmitError> {
        let Entrant { site, policy, prepared, charges, .. } = entrant;
        let own = self.addresses.kept_in(policy.charges_by_standing(prepared.draft, author));
        if let Err(refused) = self.shield.check(site, policy.revision(), &own) {
            return Err(self.shielded(site, &own, refused));
        }
        Ok(match own.is_empty() {
            true => Cow::Borrowed(charges),
            false => Cow::Owned([charges.as_slice(), &own].concat()),
        })
    }

    fn admission(
        &self,
        entrant: &Entrant<'_>,
        draft: Draft,
        charges: Vec<Charge>,
        footing: &Footing,
    ) -> Admission {
        let Entrant { site, policy, id, prepared, .. } = entrant;
        let judge = |evidence| self.judge(site, policy, Some(id), prepared, evidence);
        let evidence = footing.evidence();
        let Judged { mut verdict, fingerprints, seen_below } = judge(evidence);
        let mut grounds = Some(Grounds { author: evidence.author.clone(), seen_below });
        if let Footing::ToldAgain { before, .. } = footing {
            verdict = judge(before).verdict.stricter(verdict);
            grounds = None;
        }
        Admission {
            id: (*id).clone(),
            draft,
            state: state_after(verdict.action),
            tier: tier(verdict.score, 0),
            verdict,
            fingerprints,
            event_id: new_id(),
            charges,
            grounds,
            waiting_cap: policy.waiting_cap(),
        }
    }
}

fn stale_for_no_reason() -> QueueError {
    QueueError::Failed { detail: "an admission without grounds was called stale".into() }
}
