//! Sets of domains, with wildcards.

use std::collections::HashMap;

/// Why a text names no domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no domain; write example.com for it and all below it, *.example.com for those below alone, or *.xyz for an ending"
)]
pub struct NotADomain;

/// A set of domains. `example.com` holds itself and everything below it, `*.example.com` only what is below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainSet {
    /// Domain, and whether it is in the set itself.
    domains: HashMap<String, bool>,
}

impl DomainSet {
    /// Adds a domain or a wildcard.
    ///
    /// # Errors
    /// [`NotADomain`] when it is neither.
    pub fn insert(&mut self, text: &str) -> Result<(), NotADomain> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let (domain, itself) = match text.strip_prefix("*.") {
            Some(domain) => (domain, false),
            None => (text.as_str(), true),
        };
        let ascii = idna::domain_to_ascii(domain).map_err(|_| NotADomain)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let labels = ascii.split('.').all(|label| !label.is_empty());
        if !labels || !ascii.bytes().all(fits) || itself && !ascii.contains('.') {
            return Err(NotADomain);
        }
        let held = self.domains.entry(ascii).or_insert(itself);
        *held |= itself;
        Ok(())
    }

    /// Whether a host in ASCII form, lower case, is in the set.
    pub fn contains(&self, host: &str) -> bool {
        if self.domains.is_empty() {
            return false;
        }
        let parents =
            std::iter::successors(Some(host), |part| part.split_once('.').map(|(_, parent)| parent));
        parents
            .into_iter()
            .any(|part| self.domains.get(part).is_some_and(|itself| *itself || part.len() < host.len()))
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
    }
}

impl<'a> FromIterator<&'a str> for DomainSet {
    /// A set of domains known to be well-formed; others are left out.
    fn from_iter<T: IntoIterator<Item = &'a str>>(domains: T) -> Self {
        let mut set = Self::default();
        for domain in domains {
            let _ = set.insert(domain);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_holds_what_is_below_it_and_a_wildcard_only_that() {
        let set: DomainSet = ["example.com", "*.wild.org", "*.xyz", "münchen.de"].into_iter().collect();
        for host in ["example.com", "a.b.example.com", "x.wild.org", "spam.xyz", "xn--mnchen-3ya.de"] {
            assert!(set.contains(host), "{host}");
        }
        for host in ["notexample.com", "wild.org", "xyz", "example.com.evil.net"] {
            assert!(!set.contains(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in ["", "com", "a b.com", "http://example.com/", "*", "a..b", "*."] {
            assert_eq!(DomainSet::default().insert(text), Err(NotADomain), "{text}");
        }
    }
}
