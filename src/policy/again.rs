//! Judging a comment of the past anew.
//!
//! The text and all that came with it are stored, but what else was known at that moment is not: the author's
//! record and how often the text was seen have moved on, and much of it by the very decisions that the judgement
//! is to be compared with. So they are not looked up. The comment's own findings say what was so then: who was
//! found new, trusted, often rejected, watched or banned is so again, a text that was a repeat is one again, and
//! a limit that held the comment holds it again if the policy still has it. What a rule of that name weighs now
//! is the new policy's matter.
//!
//! It follows that a policy which only moves the threshold of such a rule, or brings in one that was off before,
//! cannot be tried on the past: whether it would have fired is not known, and it does not.

use crate::domain::{AuthorRecord, Comment, Evidence, Finding, Standing, Verdict};
use crate::filter::{Graded, Prepared};
use crate::limit::LimitMode;

use super::Policy;

/// Far more rejections than any share asks for.
const MOSTLY_REJECTED: u32 = 1 << 20;

impl Policy {
    /// Judges a stored comment by what its findings say was known of it.
    pub fn judge_again(&self, comment: &Comment) -> Verdict {
        let prepared = Prepared::new(&comment.draft);
        let found = Found(&comment.verdict.findings);
        let evidence = Evidence {
            now: comment.create_time,
            author: self.author_as_found(&found),
            seen: self.seen_as_found(&found),
            limits_exceeded: self.limits_as_found(&found, comment),
        };
        self.judge(&prepared, &evidence)
    }

    /// A record by which this policy's rules fire as those of the same name did.
    fn author_as_found(&self, found: &Found<'_>) -> AuthorRecord {
        let fires = |rule| found.any("author", rule);
        let standing = match (fires("banned"), fires("watched")) {
            (true, _) => Standing::Banned,
            (_, true) => Standing::Watched,
            _ => Standing::Counted,
        };
        let from = |rule: &Option<Graded>| rule.as_ref().map_or(0, |rule| rule.from.ceil() as u32);
        let (trusted, new) = (from(&self.author.trusted), from(&self.author.new));
        let approved = match (fires("trusted"), fires("new")) {
            (true, _) => trusted.max(new),
            (_, true) => 0,
            _ => new.min(trusted.saturating_sub(1)),
        };
        let rejected = if fires("often_rejected") { MOSTLY_REJECTED } else { 0 };
        AuthorRecord { approved, rejected, standing, version: 0 }
    }

    fn seen_as_found(&self, found: &Found<'_>) -> Vec<u32> {
        let rules = &self.repeats.0;
        let count = |name, rule: &Option<Graded>| match rule {
            Some(rule) if found.any("repeats", name) => rule.from.ceil() as u32,
            _ => 0,
        };
        let exact = count("exact", &rules.exact);
        vec![exact, exact + count("near", &rules.near)]
    }

    fn limits_as_found(&self, found: &Found<'_>, comment: &Comment) -> Vec<String> {
        let charges = self.charges(&comment.draft);
        let holding = charges.iter().filter(|charge| charge.mode == LimitMode::Hold);
        holding.map(|charge| charge.limit.to_string()).filter(|limit| found.any("limits", limit)).collect()
    }
}

/// What was found then.
struct Found<'f>(&'f [Finding]);

impl Found<'_> {
    fn any(&self, filter: &str, rule: &str) -> bool {
        self.0.iter().any(|finding| finding.filter == filter && &*finding.rule == rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, CommentId, Draft, State, Thread, Timestamp};

    const TEXT: &str =
        "Earn five hundred dollars a day from home, write to me for the details, no experience needed";

    fn policy(source: &str) -> Policy {
        Policy::compile(source, 0).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
    }

    fn draft() -> Draft {
        Draft {
            text: TEXT.into(),
            thread: Thread { id: "bridge".into(), ..Thread::default() },
            author: Author { id: "ann".into(), ..Author::default() },
            ..Draft::default()
        }
    }

    /// A comment as `then` judged it when this was known.
    fn stored(then: &Policy, evidence: &Evidence) -> Comment {
        let draft = draft();
        let verdict = then.judge(&Prepared::new(&draft), evidence);
        Comment {
            id: CommentId::new("c-1").unwrap(),
            state: State::Pending,
            published: false,
            draft,
            verdict,
            decision: None,
            claim: None,
            version: 1,
            tier: 0,
            report_count: 0,
            create_time: Timestamp(1_000),
            update_time: Timestamp(1_000),
        }
    }

    fn record(approved: u32, rejected: u32, standing: Standing) -> AuthorRecord {
        AuthorRecord { approved, rejected, standing, version: 1 }
    }

    fn names(verdict: &Verdict) -> Vec<String> {
        let mut names: Vec<_> =
            verdict.findings.iter().map(|finding| format!("{}/{}", finding.filter, finding.rule)).collect();
        names.sort();
        names
    }

    #[test]
    fn under_the_same_policy_everything_is_found_again() {
        let policy =
            policy("[[limits]]\nname = 'flood'\nkey = ['author']\nquota = 1\nper = '1m'\nmode = 'hold'\n");
        let authors = [
            record(0, 0, Standing::Counted),
            record(5, 0, Standing::Counted),
            record(50, 0, Standing::Counted),
            record(2, 7, Standing::Counted),
            record(0, 3, Standing::Counted),
            record(50, 0, Standing::Watched),
            record(0, 0, Standing::Banned),
        ];
        for author in authors {
            for seen in [vec![], vec![3, 3], vec![0, 9], vec![3, 9]] {
                for limits_exceeded in [vec![], vec!["flood".to_owned()]] {
                    let author = author.clone();
                    let evidence =
                        Evidence { author, seen: seen.clone(), limits_exceeded, ..Evidence::default() };
                    let comment = stored(&policy, &evidence);
                    let again = policy.judge_again(&comment);
                    assert_eq!(names(&again), names(&comment.verdict), "{evidence:?}");
                    assert_eq!(again.action, comment.verdict.action, "{evidence:?}");
                }
            }
        }
    }

    #[test]
    fn what_a_rule_weighs_is_the_new_policy_s_matter() {
        let evidence = Evidence { seen: vec![2, 2], ..Evidence::default() };
        let comment = stored(&policy("mode = 'post'"), &evidence);
        let again =
            policy("mode = 'post'\nrepeats = { exact = { from = 50, weight = 20.0 } }").judge_again(&comment);
        assert_eq!(again.action, crate::domain::Action::Reject);
        let without = policy("repeats = { exact = false, near = false }").judge_again(&comment);
        assert!(!names(&without).iter().any(|name| name.starts_with("repeats/")));
    }

    #[test]
    fn a_limit_that_the_new_policy_lacks_holds_nothing() {
        let evidence = Evidence { limits_exceeded: vec!["flood".into()], ..Evidence::default() };
        let comment = stored(&policy("mode = 'post'"), &evidence);
        assert!(names(&comment.verdict).contains(&"limits/flood".to_owned()));
        assert!(!names(&policy("limits = []").judge_again(&comment)).contains(&"limits/flood".to_owned()));
    }
}
