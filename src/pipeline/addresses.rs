//! What is kept of the addresses that comments are sent from.
//!
//! Filters and lists see the address itself while the comment is judged. What is kept is the operator's choice: the address, or a
//! pseudonym of it in its place, in records and in the keys of limits alike. A pseudonym stands for the same address for as
//! long as the secret stays, so limits count on and moderators see what comes from one place; nobody without
//! the secret can find the address, though there are few enough to try them all.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::domain::{Draft, PSEUDONYMS};
use crate::limit::Charge;

/// How a limit's key names an address.
const PART: &str = "address=";

/// What is kept of addresses.
#[derive(Clone, Default)]
pub enum Addresses {
    /// The addresses.
    #[default]
    Kept,
    /// Pseudonyms.
    Hashed(Secret),
}

/// What pseudonyms are made with. Servers that share a store share it.
#[derive(Clone)]
pub struct Secret(Arc<[u8; 32]>);

impl Secret {
    /// From 32 bytes that nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(bytes))
    }

    /// The same for the same text. The first 64 bits of SHA-256 over secret and text: so much of it is left out that nobody
    /// can go on from it, and two of ten million addresses have the same pseudonym once in 370,000 stores.
    fn pseudonym(&self, text: &str) -> Ipv6Addr {
        let hash = Sha256::new().chain_update(*self.0).chain_update(text).finalize();
        let short = hash[..8].iter().fold(0_u64, |short, byte| short << 8 | u64::from(*byte));
        Ipv6Addr::from_bits(PSEUDONYMS | u128::from(short))
    }
}

impl Addresses {
    /// The draft as it is kept.
    pub fn kept<'a>(&self, draft: &'a Draft) -> Cow<'a, Draft> {
        let (Self::Hashed(secret), Some(address)) = (self, draft.author.ip_address) else {
            return Cow::Borrowed(draft);
        };
        let mut kept = draft.clone();
        let pseudonym = secret.pseudonym(&address.to_canonical().to_string());
        kept.author.ip_address = Some(IpAddr::V6(pseudonym));
        Cow::Owned(kept)
    }

    /// Charges whose keys name what is kept.
    pub fn kept_in(&self, mut charges: Vec<Charge>) -> Vec<Charge> {
        if let Self::Hashed(secret) = self {
            for charge in charges.iter_mut().filter(|charge| charge.key.contains(PART)) {
                charge.key = concealed(&charge.key, secret);
            }
        }
        charges
    }
}

/// A limit's key with its address replaced. No value in a key has a comma of its own.
fn concealed(key: &str, secret: &Secret) -> String {
    let part = |part: &str| match part.strip_prefix(PART) {
        Some(network) if !network.is_empty() => format!("{PART}{}", secret.pseudonym(network)),
        _ => part.to_owned(),
    };
    key.split(',').map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::Author;
    use crate::limit::{LimitMode, Quota};

    fn hashed(secret: u8) -> Addresses {
        Addresses::Hashed(Secret::new([secret; 32]))
    }

    fn kept(addresses: &Addresses, address: &str) -> IpAddr {
        let author = Author { ip_address: Some(address.parse().unwrap()), ..Author::default() };
        let draft = Draft { author, ..Draft::default() };
        addresses.kept(&draft).author.ip_address.unwrap()
    }

    #[test]
    fn a_pseudonym_stands_for_one_address_under_one_secret() {
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        assert_eq!(kept(&Addresses::Kept, "203.0.113.7"), address);
        let pseudonym = kept(&hashed(1), "203.0.113.7");
        assert_eq!(pseudonym, kept(&hashed(1), "::ffff:203.0.113.7"), "however it is written");
        assert_ne!(pseudonym, kept(&hashed(1), "203.0.113.8"));
        assert_ne!(pseudonym, kept(&hashed(2), "203.0.113.7"));
        assert!(pseudonym.to_string().starts_with("100::"), "{pseudonym}");
    }

    #[test]
    fn a_limits_key_names_the_pseudonym_alone() {
        let quota = Quota::new(1, Duration::from_secs(1), 1).unwrap();
        let charge =
            |key: &str| Charge { limit: "l".into(), key: key.into(), quota, mode: LimitMode::Enforce };
        let key = |key: &str| hashed(1).kept_in(vec![charge(key)]).remove(0).key;
        let concealed = key("author=ann,address=203.0.113.7,thread=7");
        let pseudonym = kept(&hashed(1), "203.0.113.7");
        assert_eq!(concealed, format!("author=ann,address={pseudonym},thread=7"));
        assert_ne!(key("address=203.0.113.0/24"), key("address=203.0.114.0/24"));
        assert_eq!(
            key("author=address%3D7,address="),
            "author=address%3D7,address=",
            "shared by all without one"
        );
    }
}
