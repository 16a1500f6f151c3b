//! What is counted on the road of a comment: verdicts, findings, and the limits that were hit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::bounded::Bounded;
use crate::domain::{Action, SiteName, Verdict};

/// The road's part of the metrics, resolved a site.
#[derive(Clone)]
pub struct Road {
    sites: Arc<HashMap<SiteName, Site>>,
}

struct Site {
    publish: Counter,
    hold: Counter,
    reject: Counter,
    findings: Bounded<&'static str>,
    limits: Bounded<Hit>,
}

/// What came of a limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hit {
    /// The store refused the comment.
    Refused,
    /// This process refused it, without a trip to the store.
    Shielded,
    /// The comment waits for a moderator.
    Held,
    /// Nothing: the limit is in shadow.
    Shadow,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct VerdictLabels {
    site: String,
    action: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct FindingLabels {
    site: String,
    filter: &'static str,
    rule: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LimitLabels {
    site: String,
    limit: String,
    outcome: Hit,
}

type Counters<Labels> = Family<Labels, Counter>;

impl Road {
    /// All at zero, on the page of `registry`.
    pub(super) fn register(registry: &mut Registry, sites: &[SiteName]) -> Self {
        let verdicts = Counters::<VerdictLabels>::default();
        let findings = Counters::<FindingLabels>::default();
        let limits = Counters::<LimitLabels>::default();
        registry.register("verdicts", "Comments taken in, by what the policy said", verdicts.clone());
        let help =
            "Findings in comments taken in, by filter and rule; rules beyond 256 a site are counted together";
        registry.register("findings", help, findings.clone());
        let help = "Submissions that exceeded a limit, by what came of it: refused, shielded (refused without asking the store), held, shadow";
        registry.register("limit_hits", help, limits.clone());
        let site = |site: &SiteName| (site.clone(), Site::new(site, &verdicts, &findings, &limits));
        Self { sites: Arc::new(sites.iter().map(site).collect()) }
    }

    /// Counts a comment taken in, with what was found.
    pub fn verdict(&self, site: &SiteName, verdict: &Verdict) {
        let Some(site) = self.sites.get(site) else { return };
        match verdict.action {
            Action::Publish => site.publish.inc(),
            Action::Hold => site.hold.inc(),
            Action::Reject => site.reject.inc(),
        };
        for finding in &verdict.findings {
            match &finding.filter {
                Cow::Borrowed("limits") => site.limits.count(Hit::Held, &finding.rule),
                Cow::Borrowed(filter) => site.findings.count(filter, &finding.rule),
                Cow::Owned(_) => {}
            }
        }
    }

    /// Counts a submission that exceeded a limit.
    pub fn limit_hit(&self, site: &SiteName, limit: &str, outcome: Hit) {
        if let Some(site) = self.sites.get(site) {
            site.limits.count(outcome, limit);
        }
    }
}

impl Site {
    fn new(
        site: &SiteName,
        verdicts: &Counters<VerdictLabels>,
        findings: &Counters<FindingLabels>,
        limits: &Counters<LimitLabels>,
    ) -> Self {
        let (findings, limits) = (findings.clone(), limits.clone());
        let name = site.to_string();
        let verdict = |action| verdicts.get_or_create_owned(&VerdictLabels { site: name.clone(), action });
        let (publish, hold, reject) = (verdict("publish"), verdict("hold"), verdict("reject"));
        let (of_findings, of_limits) = (name.clone(), name);
        Self {
            publish,
            hold,
            reject,
            findings: Bounded::new(move |filter, rule| {
                let (site, rule) = (of_findings.clone(), rule.to_owned());
                findings.get_or_create_owned(&FindingLabels { site, filter, rule })
            }),
            limits: Bounded::new(move |outcome, limit| {
                let (site, limit) = (of_limits.clone(), limit.to_owned());
                limits.get_or_create_owned(&LimitLabels { site, limit, outcome })
            }),
        }
    }
}

impl EncodeLabelValue for Hit {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        let name = match self {
            Self::Refused => "refused",
            Self::Shielded => "shielded",
            Self::Held => "held",
            Self::Shadow => "shadow",
        };
        EncodeLabelValue::encode(&name, encoder)
    }
}
