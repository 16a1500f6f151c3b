//! A site's rate limits: what a comment is counted on.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::domain::{Draft, is_pseudonym};
use crate::filter::AuthorKind;
use crate::limit::{Charge, LimitMode, Quota};

/// A part of a limit's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// The portal's author id.
    Author,
    /// The network that the comment was sent from.
    Address,
    /// The thread's id.
    Thread,
    /// The thread's section.
    Section,
    /// The whole site.
    Site,
}

/// One limit of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitRule {
    /// Its name.
    pub name: Arc<str>,
    /// What it is counted on.
    pub key: Vec<KeyPart>,
    /// How much.
    pub quota: Quota,
    /// What exceeding it does.
    pub mode: LimitMode,
    /// Comments without the key share one count instead of being skipped.
    pub missing_is_shared: bool,
    /// The authors that it counts; `None`: all.
    pub authors: Option<Vec<AuthorKind>>,
    /// Leading bits of an IPv4 address that count, 8 to 32.
    pub ipv4_prefix: u8,
    /// Leading bits of an IPv6 address that count, 16 to 128.
    pub ipv6_prefix: u8,
}

impl LimitRule {
    /// Whether it counts the comments of these authors and not of everybody.
    pub fn is_for(&self, kind: AuthorKind) -> bool {
        self.authors.as_ref().is_some_and(|authors| authors.contains(&kind))
    }

    /// What this limit charges for a draft; `None` when the draft lacks the key.
    pub fn charge(&self, draft: &Draft) -> Option<Charge> {
        let mut key = String::new();
        for part in &self.key {
            if !key.is_empty() {
                key.push(',');
            }
            self.write_part(*part, draft, &mut key)?;
        }
        Some(Charge { limit: Arc::clone(&self.name), key, quota: self.quota, mode: self.mode })
    }

    fn write_part(&self, part: KeyPart, draft: &Draft, key: &mut String) -> Option<()> {
        let (name, value) = match part {
            KeyPart::Author => ("author", draft.author.id.as_str()),
            KeyPart::Thread => ("thread", draft.thread.id.as_str()),
            KeyPart::Section => ("section", draft.thread.section.as_str()),
            KeyPart::Site => {
                key.push_str("site");
                return Some(());
            }
            KeyPart::Address => {
                let network = draft.author.ip_address.map(|address| self.network(address));
                let network = network.unwrap_or_default();
                if network.is_empty() && !self.missing_is_shared {
                    return None;
                }
                let _ = write!(key, "address={network}");
                return Some(());
            }
        };
        if value.is_empty() && !self.missing_is_shared {
            return None;
        }
        let _ = write!(key, "{name}=");
        escape_into(value, key);
        Some(())
    }

    fn network(&self, address: IpAddr) -> String {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let kept = u32::MAX << (32 - u32::from(self.ipv4_prefix));
                let network = Ipv4Addr::from_bits(address.to_bits() & kept);
                if self.ipv4_prefix == 32 {
                    network.to_string()
                } else {
                    format!("{network}/{}", self.ipv4_prefix)
                }
            }
            // A pseudonym stands for one address, and nothing is near it.
            IpAddr::V6(address) if is_pseudonym(address) => address.to_string(),
            IpAddr::V6(address) => {
                let kept = u128::MAX << (128 - u32::from(self.ipv6_prefix));
                format!("{}/{}", Ipv6Addr::from_bits(address.to_bits() & kept), self.ipv6_prefix)
            }
        }
    }
}

/// Keeps `,` and `=` of a value from passing for those of the key.
fn escape_into(value: &str, key: &mut String) {
    for character in value.chars() {
        match character {
            ',' => key.push_str("%2C"),
            '=' => key.push_str("%3D"),
            '%' => key.push_str("%25"),
            other => key.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{Author, Thread};

    fn limit(key: &[KeyPart]) -> LimitRule {
        LimitRule {
            name: "l".into(),
            key: key.to_vec(),
            quota: Quota::new(1, Duration::from_secs(1), 1).unwrap(),
            mode: LimitMode::Enforce,
            missing_is_shared: false,
            authors: None,
            ipv4_prefix: 32,
            ipv6_prefix: 64,
        }
    }

    fn draft(author: &str, thread: &str, address: Option<&str>) -> Draft {
        Draft {
            author: Author {
                id: author.into(),
                ip_address: address.map(|text| text.parse().unwrap()),
                ..Author::default()
            },
            thread: Thread { id: thread.into(), ..Thread::default() },
            ..Draft::default()
        }
    }

    fn key(limit: &LimitRule, draft: &Draft) -> Option<String> {
        limit.charge(draft).map(|charge| charge.key)
    }

    #[test]
    fn keys_combine_and_a_missing_one_skips_the_limit() {
        let limit = limit(&[KeyPart::Author, KeyPart::Thread]);
        assert_eq!(key(&limit, &draft("42", "7", None)).unwrap(), "author=42,thread=7");
        assert_eq!(key(&limit, &draft("", "7", None)), None);
        let shared = LimitRule { missing_is_shared: true, ..limit };
        assert_eq!(key(&shared, &draft("", "7", None)).unwrap(), "author=,thread=7");
    }

    #[test]
    fn no_author_can_pass_for_another_by_the_characters_of_the_id() {
        let limit = limit(&[KeyPart::Author, KeyPart::Thread]);
        let keys = [
            draft("a,thread=b", "c", None),
            draft("a", "b,thread=c", None),
            draft("a%2Cthread=b", "c", None),
        ]
        .map(|draft| key(&limit, &draft).unwrap());
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }

    #[test]
    fn addresses_count_by_network_and_mapped_ones_as_ipv4() {
        let limit = limit(&[KeyPart::Address]);
        let of = |address: &str| key(&limit, &draft("", "", Some(address))).unwrap();
        assert_eq!(of("203.0.113.7"), "address=203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "address=2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_eq!(key(&limit, &draft("a", "b", None)), None);
        let wide = LimitRule { ipv4_prefix: 24, ..limit };
        assert_eq!(key(&wide, &draft("", "", Some("203.0.113.7"))).unwrap(), "address=203.0.113.0/24");
    }
}
