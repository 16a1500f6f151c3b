//! Changes about links: let a host pass, or take a domain out of a list.

use toml_edit::{Item, Value};

use super::home::{Home, section_mut};
use super::words::allow;
use super::{Offers, Subject, array};

/// Offers to take the host off the list that names it, or to let its links pass.
pub fn offer(subject: Subject<'_>, home: &Home, offers: &mut Offers<'_>) {
    let Some(host) = subject.place().and_then(|(_, _, link)| host(link)) else { return };
    let Some(list) = home.list(offers.document) else {
        return offers.add(format!("let links to {host} pass"), |document| {
            allow(section_mut(document, "links")?, "allow", &host)
        });
    };
    let domains = list.get("domains").and_then(Item::as_array).into_iter().flatten();
    let covers = |domain: &&str| {
        let domain = domain.trim_start_matches("*.").to_lowercase();
        host == domain || host.ends_with(&format!(".{domain}"))
    };
    let domains: Vec<_> = domains.filter_map(Value::as_str).filter(covers).map(str::to_owned).collect();
    for domain in domains {
        offers.add(format!("take {domain} out of {}", subject.finding.rule), |document| {
            array::remove(home.table_mut(document)?.get_mut("domains")?.as_array_mut()?, &domain)
        });
    }
}

/// The host that a link leads to, in small letters.
fn host(link: &str) -> Option<String> {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.to_lowercase();
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    (host.contains('.') && host.chars().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_link_is_read_as_a_browser_would() {
        assert_eq!(host("HTTPS://me@Shop.Example:81/a?b").as_deref(), Some("shop.example"));
        assert_eq!(host("www.example.org").as_deref(), Some("www.example.org"));
        assert_eq!(host("nothing"), None);
    }
}
