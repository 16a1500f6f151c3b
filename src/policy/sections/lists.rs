//! `[[domains]]`, `[[authors]]`, `[[patterns]]`: the site's own lists.

use ipnet::IpNet;

use crate::document::{Placed, Section};
use crate::domain::Effect;
use crate::filter::{AuthorList, DomainList, DomainSet, Pattern, PatternView, Patterns, Rule};

/// Points of a list that does not say.
const DEFAULT_WEIGHT: f64 = 5.0;

/// Patterns of a policy: all of them are tried on each comment.
const MOST_PATTERNS: usize = 500;

fn rule(table: &Section<'_>) -> Rule {
    let name = table.required_text("name").unwrap_or_default();
    table.rule(Rule { name: name.into(), weight: DEFAULT_WEIGHT, effect: Effect::Score })
}

/// Domains of a key, added to a set.
pub fn domain_set(table: &Section<'_>, key: &'static str, mut set: DomainSet) -> DomainSet {
    for domain in table.texts(key).unwrap_or_default() {
        if let Err(error) = set.insert(domain.value) {
            table.complain_at(&domain, format!("{error}."));
        }
    }
    set
}

/// `[[domains]]`.
pub fn domain_lists(root: &Section<'_>) -> Vec<DomainList> {
    let mut lists = Vec::new();
    for table in root.sections("domains").unwrap_or_default() {
        if !table.has("domains") {
            table.complain("domains", "`domains` is missing; list some, such as domains = [\"*.casino\"].");
        }
        lists.push(DomainList {
            rule: rule(&table),
            domains: domain_set(&table, "domains", DomainSet::default()),
        });
        table.close();
    }
    lists
}

/// `[[authors]]`.
pub fn author_lists(root: &Section<'_>) -> Vec<AuthorList> {
    let mut lists = Vec::new();
    for table in root.sections("authors").unwrap_or_default() {
        let keys = ["ids", "emails", "email_domains", "names", "addresses"];
        if !keys.into_iter().any(|key| table.has(key)) {
            table.complain("ids", format!("say who is on the list by at least one of {}.", keys.join(", ")));
        }
        let texts = |key| table.texts(key).unwrap_or_default().into_iter();
        lists.push(AuthorList {
            rule: rule(&table),
            ids: texts("ids").map(|id| id.value.to_owned()).collect(),
            emails: texts("emails").map(|email| email.value.to_lowercase()).collect(),
            email_domains: domain_set(&table, "email_domains", DomainSet::default()),
            names: texts("names").filter_map(|name| folded_name(&table, &name)).collect(),
            networks: texts("addresses").filter_map(|network| network_of(&table, &network)).collect(),
        });
        table.close();
    }
    lists
}

fn folded_name(table: &Section<'_>, name: &Placed<&str>) -> Option<String> {
    let folded = AuthorList::fold_name(name.value);
    if folded.is_empty() {
        table.complain_at(name, "a name needs at least one letter or digit.");
    }
    (!folded.is_empty()).then_some(folded)
}

fn network_of(table: &Section<'_>, text: &Placed<&str>) -> Option<IpNet> {
    let network = text.value.parse::<IpNet>().ok();
    let address =
        || text.value.parse::<std::net::IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    let network = network.or_else(address);
    if network.is_none() {
        let message = format!(
            "`{}` is no address or network; write one like 203.0.113.7 or 2001:db8::/32.",
            text.value
        );
        table.complain_at(text, message);
    }
    network
}

/// `[[patterns]]`.
pub fn patterns(root: &Section<'_>) -> Option<Patterns> {
    let tables = root.sections("patterns")?;
    if tables.len() > MOST_PATTERNS {
        root.complain(
            "patterns",
            format!("a policy has at most {MOST_PATTERNS} patterns; join some with `|`."),
        );
    }
    let mut patterns = Vec::new();
    for table in tables.into_iter().take(MOST_PATTERNS) {
        let (rule, source) = (rule(&table), table.required_text("pattern"));
        let views = [("original", PatternView::Original), ("folded", PatternView::Folded)];
        let view = table.choice("view", &views).unwrap_or(PatternView::Original);
        let ignore_case = table.flag("ignore_case").unwrap_or(true);
        match source.map(|source| Pattern::new(rule, source, view, ignore_case)) {
            Some(Ok(pattern)) => patterns.push(pattern),
            Some(Err(error)) => table.complain("pattern", format!("{error}.")),
            None => {}
        }
        table.close();
    }
    let patterns = Patterns::new(patterns);
    patterns.inspect_err(|error| root.complain("patterns", format!("all of them together: {error}."))).ok()
}
