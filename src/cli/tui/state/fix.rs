//! From the finding to the fix: choose a place, choose a change, see what it would have done, apply or propose it.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::moved;
use super::{Prompt, State};
use crate::cli::amend::{Amendment, Edit, Subject, amendments, diff};
use crate::cli::failure::Refusal;
use crate::cli::tui::action::{Action, Authority, Command, Settled};
use crate::proto::v1::replay_policy_response::Message as Replayed;
use crate::proto::v1::{Comment, Finding, Policy, ReplayPolicyResponse, ReplayProgress, ReplayReport};

/// A change of the policy that is being chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// The comment that gave rise to it.
    pub comment: Box<Comment>,
    /// The place in it.
    pub spot: Spot,
    /// The policy in force; `None` while it is on its way.
    pub policy: Option<Box<Policy>>,
    /// What can be changed.
    pub offers: Vec<Amendment>,
    /// Which one the cursor is on.
    pub cursor: usize,
    /// The one that was chosen, tried on what was.
    pub trial: Option<Trial>,
}

/// A finding, and one of its places in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Which finding.
    pub finding: usize,
    /// Which of its places; `None` when it has none.
    pub span: Option<usize>,
}

/// A change that is tried before it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Tells the answers of this trial from those of earlier ones.
    pub serial: u64,
    /// What it changes.
    pub edits: Vec<Edit>,
    /// What this moderator may do with it; `None` while that is asked.
    pub authority: Option<Authority>,
    /// How far the replay has come.
    pub progress: Option<ReplayProgress>,
    /// What it would have done.
    pub report: Option<Box<ReplayReport>>,
    /// Why that cannot be told.
    pub trouble: Option<String>,
}

impl Fix {
    /// The finding that is spoken of.
    pub fn finding(&self) -> Option<&Finding> {
        self.comment.verdict.as_ref()?.findings.get(self.spot.finding)
    }

    fn offers_by(&self, policy: &Policy) -> Result<Vec<Amendment>, String> {
        let text = self.comment.draft.as_ref().map(|draft| draft.text.as_str()).unwrap_or_default();
        let Some(finding) = self.finding() else { return Ok(vec![]) };
        amendments(Subject { text, finding, span: self.spot.span }, &policy.source)
    }
}

/// Every place of every finding, in the order of the findings; a finding without places is one itself.
pub fn spots(findings: &[Finding]) -> Vec<Spot> {
    let of = |(finding, found): (usize, &Finding)| -> Vec<Spot> {
        let spans = (0..found.spans.len()).map(|span| Spot { finding, span: Some(span) });
        if found.spans.is_empty() { vec![Spot { finding, span: None }] } else { spans.collect() }
    };
    findings.iter().enumerate().flat_map(of).collect()
}

impl State {
    /// The place that is spoken of: the one chosen, else the first.
    pub fn spot(&self) -> Option<Spot> {
        let findings = &self.queue.current()?.verdict.as_ref()?.findings;
        let spots = spots(findings);
        spots.get(self.focus.unwrap_or_default()).copied()
    }

    /// Goes to the next place.
    pub(super) fn next_spot(&mut self) {
        let verdict = self.queue.current().and_then(|comment| comment.verdict.as_ref());
        let findings = verdict.map(|verdict| verdict.findings.as_slice()).unwrap_or_default();
        let spots = spots(findings);
        let next = self.focus.map_or(0, |focus| (focus + 1) % spots.len().max(1));
        let found = spots.get(next).and_then(|spot| findings.get(spot.finding));
        let Some(found) = found else { return self.tell("nothing was found here") };
        let told = format!("{} of {}: {}/{}", next + 1, spots.len(), found.filter, found.rule);
        (self.focus, self.seek) = (Some(next), true);
        self.tell(format!("{told}; {} changes the rule", self.keymap.key(Action::Fix)));
    }

    /// Asks for the policy, to see what can be changed in it.
    pub(super) fn begin_fix(&mut self) -> Vec<Command> {
        let Some((comment, spot)) = self.queue.current().cloned().zip(self.spot()) else {
            self.tell("nothing was found here that could be changed");
            return vec![];
        };
        let fix =
            Fix { comment: Box::new(comment), spot, policy: None, offers: vec![], cursor: 0, trial: None };
        self.prompt = Prompt::Fix(Box::new(fix));
        vec![Command::ReadPolicy]
    }

    pub(super) fn policy_read(&mut self, policy: Result<Box<Policy>, Refusal>) {
        let Prompt::Fix(fix) = &mut self.prompt else { return };
        let offers = policy.map_err(|refusal| refusal.in_one_line()).and_then(|policy| {
            let offers = fix.offers_by(&policy)?;
            fix.policy = Some(policy);
            Ok(offers)
        });
        match offers {
            Ok(offers) if !offers.is_empty() => fix.offers = offers,
            Ok(_) => self.end_fix("this rule cannot be changed from here; see `modctl policy get`"),
            Err(why) => self.end_fix(format!("the policy cannot be changed: {why}")),
        }
    }

    fn end_fix(&mut self, why: impl Into<String>) {
        self.prompt = Prompt::None;
        self.warn(why);
    }

    pub(super) fn fix_key(&mut self, key: KeyEvent, mut fix: Box<Fix>) -> Vec<Command> {
        if fix.trial.is_some() {
            return self.trial_key(key, fix);
        }
        let mut commands = vec![];
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return commands,
            KeyCode::Enter => commands.extend(self.begin_trial(&mut fix)),
            code => fix.cursor = moved(code, fix.cursor, fix.offers.len().max(1)),
        }
        self.prompt = Prompt::Fix(fix);
        commands
    }

    fn begin_trial(&mut self, fix: &mut Fix) -> Option<Command> {
        let (offer, policy) = fix.offers.get(fix.cursor).zip(fix.policy.as_ref())?;
        self.trials += 1;
        let edits = diff(&policy.source, &offer.source);
        let serial = self.trials;
        fix.trial =
            Some(Trial { serial, edits, authority: None, progress: None, report: None, trouble: None });
        Some(Command::TryPolicy { serial, source: offer.source.clone(), etag: policy.etag.clone() })
    }

    fn trial_key(&mut self, key: KeyEvent, mut fix: Box<Fix>) -> Vec<Command> {
        let authority = fix.trial.as_ref().and_then(|trial| trial.authority);
        match (key.code, authority) {
            (KeyCode::Esc | KeyCode::Char('q'), _) => fix.trial = None,
            (KeyCode::Enter, _) if self.readonly => {
                self.warn("this review is read-only; start it without --readonly to change the policy");
            }
            (KeyCode::Enter, Some(authority)) => {
                let (Some(offer), Some(policy)) = (fix.offers.get(fix.cursor), &fix.policy) else {
                    return vec![];
                };
                self.tell(format!("{} …", offer.what));
                self.writing += 1;
                return vec![Command::SettlePolicy {
                    authority,
                    source: offer.source.clone(),
                    etag: policy.etag.clone(),
                    revision: policy.revision,
                    why: format!("{}, because of {}", offer.what, fix.comment.id),
                    comment_id: fix.comment.id.clone(),
                }];
            }
            _ => {}
        }
        self.prompt = Prompt::Fix(fix);
        vec![]
    }

    /// The trial with this number, if it is still open.
    fn trial(&mut self, serial: u64) -> Option<&mut Trial> {
        let Prompt::Fix(fix) = &mut self.prompt else { return None };
        fix.trial.as_mut().filter(|trial| trial.serial == serial)
    }

    pub(super) fn may_change(&mut self, serial: u64, authority: Result<Authority, Refusal>) {
        let Some(trial) = self.trial(serial) else { return };
        match authority {
            Ok(authority) => trial.authority = Some(authority),
            Err(refusal) => {
                self.end_fix(format!("the policy cannot be changed so: {}", refusal.in_one_line()));
            }
        }
    }

    pub(super) fn replayed(&mut self, serial: u64, replayed: Result<ReplayPolicyResponse, Refusal>) {
        let Some(trial) = self.trial(serial) else { return };
        match replayed.map(|replayed| replayed.message) {
            Ok(Some(Replayed::Progress(progress))) => trial.progress = Some(progress),
            Ok(Some(Replayed::Report(report))) => trial.report = Some(Box::new(report)),
            Ok(None) => {}
            Err(refusal) => trial.trouble = Some(refusal.in_one_line()),
        }
    }

    pub(super) fn settled(&mut self, settled: Result<Settled, Refusal>) {
        self.writing = self.writing.saturating_sub(1);
        match settled {
            Ok(Settled::Applied(revision)) => {
                self.tell(format!("the policy is in force as revision {revision}"))
            }
            Ok(Settled::Proposed(id)) => {
                self.tell(format!("written down as proposal {id}; an admin can apply it"))
            }
            Err(refusal) => self.warn(format!("the policy was not changed: {}", refusal.in_one_line())),
        }
    }
}
