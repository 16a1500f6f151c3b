//! What is known of the author: standing, age, lists.
//!
//! Standing is the portal's own author id's and nobody else's: names and e-mail addresses can be
//! typed by anyone, so they lead to suspicion here and never to trust.

mod lists;

use std::sync::Arc;
use std::time::Duration;

use super::rule::counted;
use super::{Filter, Graded, Prepared, Rule};
use crate::domain::{AuthorRecord, Effect, Evidence, Finding, Standing};

pub use lists::{AuthorList, DISPOSABLE};

const BY_AUTHOR: [&str; 2] = ["comment by the author was", "comments by the author were"];

/// When an author is trusted, new or often rejected, and who is listed.
#[derive(Debug, Clone)]
pub struct AuthorRules {
    /// Approved comments from which an author with few rejections is trusted.
    pub trusted: Option<Graded>,
    /// Approved comments below which an author with an id is new.
    pub new: Option<Graded>,
    /// The comment carries no author id.
    pub guest: Option<Graded>,
    /// Share of rejected comments, 0 to 1, among at least three.
    pub often_rejected: Option<Graded>,
    /// Hours since registration within which an account is fresh.
    pub fresh_account: Option<Graded>,
    /// An e-mail address of a service that gives them away for minutes.
    pub disposable_email: Option<Graded>,
    /// The site's lists.
    pub lists: Vec<AuthorList>,
}

impl Default for AuthorRules {
    fn default() -> Self {
        let rule = |name, from, weight| Some(Graded::scoring(name, from, weight));
        Self {
            trusted: rule("trusted", 10.0, -2.0),
            new: rule("new", 1.0, 0.5),
            guest: None,
            often_rejected: rule("often_rejected", 0.5, 3.0),
            fresh_account: rule("fresh_account", 24.0, 0.5),
            disposable_email: rule("disposable_email", 1.0, 2.0),
            lists: Vec::new(),
        }
    }
}

/// How far an author has come with the moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorKind {
    /// Fewer approved comments than `author.new` asks for; guests as well.
    New,
    /// Neither new nor trusted.
    Known,
    /// Trusted by the counts or by an admin.
    Trusted,
}

/// Decisions below which a share of rejections says nothing.
const FEWEST_DECISIONS: u32 = 3;
/// The share of rejections above which nobody is trusted.
const TRUSTED_REJECTIONS: f64 = 0.1;

impl AuthorRules {
    /// Whether an author's comments may pass in mode `trusted`.
    pub fn trusts(&self, record: &AuthorRecord) -> bool {
        match record.standing {
            Standing::Trusted => true,
            Standing::Watched | Standing::Banned => false,
            Standing::Counted => {
                let trusted = self.trusted.as_ref();
                trusted.is_some_and(|trusted| trusted.reached(f64::from(record.approved)).is_some())
                    && rejected_share(record) <= TRUSTED_REJECTIONS
            }
        }
    }

    /// How far an author has come. Where the rule `new` is off, the first approved comment is the border.
    pub fn kind(&self, record: &AuthorRecord) -> AuthorKind {
        let border = self.new.as_ref().map_or(1.0, |new| new.from);
        match record.standing {
            _ if self.trusts(record) => AuthorKind::Trusted,
            Standing::Counted if f64::from(record.approved) < border => AuthorKind::New,
            _ => AuthorKind::Known,
        }
    }
}

fn rejected_share(record: &AuthorRecord) -> f64 {
    let decided = record.approved.saturating_add(record.rejected);
    if decided < FEWEST_DECISIONS { 0.0 } else { f64::from(record.rejected) / f64::from(decided) }
}

/// The filter.
pub struct AuthorFilter(pub AuthorRules);

impl Filter for AuthorFilter {
    fn name(&self) -> &'static str {
        "author"
    }

    fn rules(&self) -> Vec<&Rule> {
        let AuthorRules { trusted, new, guest, often_rejected, fresh_account, disposable_email, lists } =
            &self.0;
        let graded = [trusted, new, guest, often_rejected, fresh_account, disposable_email];
        let graded = graded.into_iter().flatten().map(|graded| &graded.rule);
        graded.chain(lists.iter().map(|list| &list.rule)).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, evidence: &Evidence, findings: &mut Vec<Finding>) {
        self.standing(prepared, &evidence.author, findings);
        self.account(prepared, evidence, findings);
        let author = &prepared.draft.author;
        for list in &self.0.lists {
            if let Some(message) = list.find(author) {
                findings.push(list.rule.finding("author", Vec::new(), message));
            }
        }
    }
}

impl AuthorFilter {
    fn standing(&self, prepared: &Prepared<'_>, record: &AuthorRecord, findings: &mut Vec<Finding>) {
        let mut add =
            |rule: &Rule, message: String| findings.push(rule.finding("author", Vec::new(), message));
        let fixed = |name: &str, weight, effect| Rule { name: Arc::from(name), weight, effect };
        match record.standing {
            Standing::Banned => {
                add(&fixed("banned", 20.0, Effect::Reject), "An admin banned the author.".into())
            }
            Standing::Watched => {
                add(&fixed("watched", 1.0, Effect::Hold), "An admin has the author watched.".into())
            }
            Standing::Trusted | Standing::Counted => {}
        }
        if let Some(trusted) = self.0.trusted.as_ref().filter(|_| self.0.trusts(record)) {
            add(&trusted.rule, format!("{} of the author's comments were approved.", record.approved));
        }
        let share = rejected_share(record);
        if let Some(rule) = self.0.often_rejected.as_ref().and_then(|often| often.reached(share)) {
            let decided = record.approved.saturating_add(record.rejected);
            add(rule, format!("{} of {decided} comments by the author were rejected.", record.rejected));
        }
        let id = &prepared.draft.author.id;
        if let Some(guest) = self.0.guest.as_ref().filter(|_| id.is_empty()) {
            add(&guest.rule, "The comment is by a guest.".into());
        }
        let new =
            |new: &&Graded| f64::from(record.approved) < new.from && record.standing == Standing::Counted;
        if let Some(rule) = self.0.new.as_ref().filter(|_| !id.is_empty()).filter(new) {
            add(&rule.rule, format!("{} approved so far.", counted(record.approved as usize, BY_AUTHOR)));
        }
    }

    fn account(&self, prepared: &Prepared<'_>, evidence: &Evidence, findings: &mut Vec<Finding>) {
        let author = &prepared.draft.author;
        if let (Some(fresh), Some(registered)) = (&self.0.fresh_account, author.registered_at) {
            let age = evidence.now.since(registered);
            if age <= Duration::from_secs_f64(fresh.from * 3600.0) {
                let message = format!("The account is {} hours old.", age.as_secs() / 3600);
                findings.push(fresh.rule.finding("author", Vec::new(), message));
            }
        }
        let host = author.email.rsplit_once('@').map(|(_, host)| host.to_lowercase());
        let disposable = host.filter(|host| DISPOSABLE.contains(host));
        if let (Some(rule), Some(host)) = (&self.0.disposable_email, disposable) {
            let message = format!("{host} gives e-mail addresses away for minutes.");
            findings.push(rule.rule.finding("author", Vec::new(), message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Draft, Timestamp};

    fn rules(author: Author, record: AuthorRecord) -> Vec<String> {
        let draft = Draft { author, ..Draft::default() };
        let evidence = Evidence { author: record, now: Timestamp(86_400_000 * 10), ..Evidence::default() };
        let mut findings = Vec::new();
        AuthorFilter(AuthorRules::default()).inspect(&Prepared::new(&draft), &evidence, &mut findings);
        findings.iter().map(|finding| finding.rule.to_string()).collect()
    }

    fn author() -> Author {
        Author { id: "42".into(), ..Author::default() }
    }

    fn record(approved: u32, rejected: u32) -> AuthorRecord {
        AuthorRecord { approved, rejected, ..AuthorRecord::default() }
    }

    #[test]
    fn trust_needs_approvals_and_few_rejections() {
        assert_eq!(rules(author(), record(10, 0)), ["trusted"]);
        assert_eq!(rules(author(), record(20, 2)), ["trusted"]);
        assert!(rules(author(), record(10, 2)).is_empty());
        assert_eq!(rules(author(), record(0, 0)), ["new"]);
        assert_eq!(rules(author(), record(1, 2)), ["often_rejected"]);
        assert!(rules(Author::default(), record(0, 0)).is_empty());
    }

    #[test]
    fn an_admins_word_is_shown_and_ends_trust() {
        let with = |standing| rules(author(), AuthorRecord { standing, ..record(50, 0) });
        assert_eq!(with(Standing::Banned), ["banned"]);
        assert_eq!(with(Standing::Watched), ["watched"]);
        assert_eq!(with(Standing::Trusted), ["trusted"]);
    }

    #[test]
    fn fresh_accounts_and_throw_away_addresses_are_suspect() {
        let fresh = Author { registered_at: Some(Timestamp(86_400_000 * 10 - 60_000)), ..author() };
        assert_eq!(rules(fresh, record(1, 0)), ["fresh_account"]);
        let old = Author { registered_at: Some(Timestamp(0)), ..author() };
        assert!(rules(old, record(1, 0)).is_empty());
        let thrown_away = Author { email: "x@Mailinator.com".into(), ..author() };
        assert_eq!(rules(thrown_away, record(1, 0)), ["disposable_email"]);
    }
}
