//! Links and what they lead to: how many, where to, and whether they hide.

mod domains;
mod find;

use super::{Filter, Graded, Prepared, Rule};
use crate::domain::{Evidence, Finding, Span};
use crate::filter::rule::counted;
use find::{Found, What, find};

pub use domains::{DomainSet, NotADomain};

/// A named list of domains.
#[derive(Debug, Clone)]
pub struct DomainList {
    /// What a link to one of them contributes.
    pub rule: Rule,
    /// The domains.
    pub domains: DomainSet,
}

/// What the link filter looks for. Each rule counts what it names; `share` the part of the text, 0 to 1.
#[derive(Debug, Clone)]
pub struct LinkRules {
    /// Links.
    pub any: Option<Graded>,
    /// Different registered domains linked to.
    pub many: Option<Graded>,
    /// Part of the text that links are.
    pub share: Option<Graded>,
    /// Links through a shortener.
    pub shortener: Option<Graded>,
    /// Links to a bare address.
    pub raw_address: Option<Graded>,
    /// Links and phone numbers that only people recognise.
    pub hidden: Option<Graded>,
    /// Links to a host of look-alike letters.
    pub lookalike: Option<Graded>,
    /// E-mail addresses.
    pub email: Option<Graded>,
    /// Phone numbers.
    pub phone: Option<Graded>,
    /// A home page given with the author's name.
    pub author_url: Option<Graded>,
    /// Domains that never count; that of the thread's own page is one by itself.
    pub allow: DomainSet,
    /// Shorteners.
    pub shorteners: DomainSet,
    /// The site's lists.
    pub lists: Vec<DomainList>,
}

impl Default for LinkRules {
    fn default() -> Self {
        let rule = |name, from, weight| Some(Graded::scoring(name, from, weight));
        Self {
            any: rule("any", 1.0, 0.5),
            many: rule("many", 3.0, 3.0),
            share: rule("share", 0.6, 1.0),
            shortener: rule("shortener", 1.0, 1.5),
            raw_address: rule("raw_address", 1.0, 3.0),
            hidden: rule("hidden", 1.0, 2.0),
            lookalike: rule("lookalike", 1.0, 4.0),
            email: rule("email", 1.0, 1.0),
            phone: rule("phone", 1.0, 2.0),
            author_url: rule("author_url", 1.0, 0.5),
            allow: DomainSet::default(),
            shorteners: SHORTENERS.into_iter().collect(),
            lists: Vec::new(),
        }
    }
}

const SHORTENERS: [&str; 40] = [
    "bit.ly",
    "bitly.com",
    "tinyurl.com",
    "t.co",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "rb.gy",
    "shorturl.at",
    "tiny.cc",
    "adf.ly",
    "t.ly",
    "v.gd",
    "s.id",
    "bl.ink",
    "lnkd.in",
    "clck.ru",
    "vk.cc",
    "u.to",
    "x.co",
    "j.mp",
    "po.st",
    "q.gs",
    "soo.gd",
    "s2r.co",
    "tr.im",
    "cli.gs",
    "short.io",
    "shorte.st",
    "bc.vc",
    "ouo.io",
    "linktr.ee",
    "wa.link",
    "urlz.fr",
    "kutt.it",
    "dub.sh",
    "me2.kr",
];

/// The filter.
pub struct Links(pub LinkRules);

impl Filter for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn rules(&self) -> Vec<&Rule> {
        let LinkRules { any, many, share, shortener, raw_address, hidden, lookalike, .. } = &self.0;
        let LinkRules { email, phone, author_url, lists, .. } = &self.0;
        let graded = [any, many, share, shortener, raw_address, hidden, lookalike, email, phone, author_url];
        let graded = graded.into_iter().flatten().map(|graded| &graded.rule);
        graded.chain(lists.iter().map(|list| &list.rule)).collect()
    }

    fn inspect(&self, prepared: &Prepared<'_>, _: &Evidence, findings: &mut Vec<Finding>) {
        let own = host_of(&prepared.draft.thread.url);
        let mut found = if may_have_links(prepared) { find(&prepared.text) } else { Vec::new() };
        found.retain(|found| !self.is_allowed(found, own.as_deref()));
        if !found.is_empty() {
            self.judge(prepared, &found, findings);
        }
        self.judge_home_page(prepared, findings);
    }
}

/// Whether there is any sign without which no link, address or number can be.
fn may_have_links(prepared: &Prepared<'_>) -> bool {
    let text = &prepared.text;
    text.counts().digits >= 9
        || text.folded().bytes().any(|byte| matches!(byte, b'.' | b'@'))
        || !text.folded().is_ascii()
        || text.folded().contains("dot")
        || text.folded().contains(",com")
}

impl Links {
    fn is_allowed(&self, found: &Found, own: Option<&str>) -> bool {
        match &found.what {
            What::Link { host, registered, .. } => {
                self.0.allow.contains(host) || own.is_some_and(|own| own == registered || own == host)
            }
            What::Email { host } => self.0.allow.contains(host),
            What::RawAddress | What::Phone { .. } => false,
        }
    }

    fn judge(&self, prepared: &Prepared<'_>, found: &[Found], findings: &mut Vec<Finding>) {
        let rules = &self.0;
        let spans = |wanted: &dyn Fn(&What) -> bool| -> Vec<Span> {
            found.iter().filter(|found| wanted(&found.what)).map(|found| found.span).collect()
        };
        let links = spans(&|what| matches!(what, What::Link { .. } | What::RawAddress));
        let mut add = |rule: &Option<Graded>, amount: f64, spans: Vec<Span>, message: String| {
            if let Some(rule) = rule.as_ref().and_then(|rule| rule.reached(amount)) {
                findings.push(rule.finding("links", spans, message));
            }
        };
        const LINK: [&str; 2] = ["link", "links"];
        let mut all = |rule: &Option<Graded>, noun: [&str; 2], what: &str, spans: Vec<Span>| {
            let message = format!("{}{what}.", counted(spans.len(), noun));
            add(rule, spans.len() as f64, spans, message);
        };
        all(&rules.any, LINK, "", links.clone());
        all(&rules.raw_address, LINK, " to a bare address", spans(&|what| *what == What::RawAddress));
        all(
            &rules.email,
            ["e-mail address", "e-mail addresses"],
            "",
            spans(&|what| matches!(what, What::Email { .. })),
        );
        all(
            &rules.phone,
            ["phone number", "phone numbers"],
            "",
            spans(&|what| matches!(what, What::Phone { .. })),
        );
        let is_hidden =
            |what: &What| matches!(what, What::Link { hidden: true, .. } | What::Phone { hidden: true });
        all(
            &rules.hidden,
            ["link or number", "links or numbers"],
            " hidden from programs",
            spans(&is_hidden),
        );
        let lookalike = spans(&|what| matches!(what, What::Link { lookalike: true, .. }));
        all(&rules.lookalike, LINK, " to a host of look-alike letters", lookalike);
        let through =
            |what: &What| matches!(what, What::Link { host, .. } if rules.shorteners.contains(host));
        all(&rules.shortener, LINK, " through a shortener", spans(&through));
        let domains = domains(found);
        let message = format!("Links to {} domains: {}.", domains.len(), domains.join(", "));
        add(&rules.many, domains.len() as f64, links.clone(), message);
        let bytes: u32 = links.iter().map(|span| span.end - span.start).sum();
        let share = f64::from(bytes) / prepared.draft.text.len().max(1) as f64;
        add(&rules.share, share, links, format!("{:.0} % of the text are links.", share * 100.0));
        self.judge_lists(found, findings);
    }

    fn judge_lists(&self, found: &[Found], findings: &mut Vec<Finding>) {
        for list in &self.0.lists {
            let listed: Vec<&Found> = found.iter().filter(|found| is_listed(found, &list.domains)).collect();
            if !listed.is_empty() {
                let spans = listed.iter().map(|found| found.span).collect();
                let message = format!("Links to domains of the list `{}`.", list.rule.name);
                findings.push(list.rule.finding("links", spans, message));
            }
        }
    }

    fn judge_home_page(&self, prepared: &Prepared<'_>, findings: &mut Vec<Finding>) {
        let Some(host) = host_of(&prepared.draft.author.url).filter(|host| !self.0.allow.contains(host))
        else {
            return;
        };
        if let Some(rule) = self.0.author_url.as_ref().and_then(|rule| rule.reached(1.0)) {
            findings.push(rule.finding("links", Vec::new(), format!("The author's name links to {host}.")));
        }
        for list in self.0.lists.iter().filter(|list| list.domains.contains(&host)) {
            let message = format!("The author's name links to {host}, of the list `{}`.", list.rule.name);
            findings.push(list.rule.finding("links", Vec::new(), message));
        }
    }
}

fn is_listed(found: &Found, domains: &DomainSet) -> bool {
    match &found.what {
        What::Link { host, .. } | What::Email { host } => domains.contains(host),
        What::RawAddress | What::Phone { .. } => false,
    }
}

/// The different registered domains, in the order of the text.
fn domains(found: &[Found]) -> Vec<String> {
    let mut domains: Vec<String> = Vec::new();
    for found in found {
        if let What::Link { registered, .. } = &found.what
            && !domains.contains(registered)
        {
            domains.push(registered.clone());
        }
    }
    domains
}

/// The registered domain of a page's address.
fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().filter(|host| !host.is_empty())?;
    let ascii = idna::domain_to_ascii(host.rsplit('@').next()?).ok()?;
    psl::domain_str(&ascii).map(str::to_owned)
}

#[cfg(test)]
mod tests;
