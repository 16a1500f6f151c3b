//! Lists of authors by id, e-mail, name, address or network.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use crate::domain::Author;
use crate::filter::text::Text;
use crate::filter::{DomainSet, Rule};

/// One list.
#[derive(Debug, Clone)]
pub struct AuthorList {
    /// What an author on it contributes.
    pub rule: Rule,
    /// The portal's author ids.
    pub ids: HashSet<String>,
    /// E-mail addresses, lower case.
    pub emails: HashSet<String>,
    /// Domains of e-mail addresses.
    pub email_domains: DomainSet,
    /// Names, folded by [`AuthorList::fold_name`].
    pub names: HashSet<String>,
    /// Networks; a single address is one of full length.
    pub networks: Vec<IpNet>,
}

impl AuthorList {
    /// A name as it is compared: letters and digits alone, however they are written.
    pub fn fold_name(name: &str) -> String {
        let text = Text::new(name);
        text.words().iter().map(|word| text.word(word)).collect()
    }

    /// Says what of an author is on the list; `None` when nothing is.
    pub fn find(&self, author: &Author) -> Option<String> {
        let name = &self.rule.name;
        let email = author.email.to_lowercase();
        let host = email.rsplit_once('@').map(|(_, host)| host);
        if !author.id.is_empty() && self.ids.contains(&author.id) {
            return Some(format!("The author's id is on the list `{name}`."));
        }
        if self.emails.contains(&email) || host.is_some_and(|host| self.email_domains.contains(host)) {
            return Some(format!("The author's e-mail address is on the list `{name}`."));
        }
        if !self.names.is_empty() && self.names.contains(&Self::fold_name(&author.display_name)) {
            return Some(format!("The author's name is on the list `{name}`."));
        }
        let listed =
            |address: IpAddr| self.networks.iter().any(|network| network.contains(&address.to_canonical()));
        author
            .ip_address
            .is_some_and(listed)
            .then(|| format!("The author's address is on the list `{name}`."))
    }
}

/// Services that give e-mail addresses away for minutes: the widest known. A site adds its own by `email_domains`.
pub static DISPOSABLE: LazyLock<DomainSet> = LazyLock::new(|| NAMES.split_whitespace().collect());

const NAMES: &str = "\
    0-mail.com 10minutemail.com 10minutemail.net 20minutemail.com 33mail.com anonbox.net burnermail.io byom.de \
    discard.email discardmail.com dispostable.com dropmail.me emailondeck.com emailtemporanea.com fakeinbox.com \
    fakemail.net filzmail.com getairmail.com getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de \
    guerrillamail.info guerrillamail.net guerrillamail.org guerrillamailblock.com harakirimail.com inboxbear.com \
    incognitomail.org jetable.org linshiyouxiang.net mail-temp.com mailcatch.com maildrop.cc mailexpire.com \
    mailforspam.com mailinator.com mailinator.net mailnesia.com mailnull.com mailsac.com mailtemp.net minuteinbox.com \
    mintemail.com moakt.com mohmal.com mytemp.email mytrashmail.com nada.email nospam.ze.tc owlymail.com sharklasers.com \
    smailpro.com spam4.me spambog.com spambox.us spamex.com spamgourmet.com spamavert.com temp-mail.io temp-mail.org \
    tempail.com tempinbox.com tempmail.de tempmail.net tempmailaddress.com tempmailo.com tempr.email throwawaymail.com \
    tmail.ws tmpmail.net tmpmail.org trash-mail.com trashmail.com trashmail.de trashmail.net trbvm.com wegwerfmail.de \
    wegwerfmail.net yopmail.com yopmail.fr yopmail.net zehnminutenmail.de";

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> AuthorList {
        AuthorList {
            rule: Rule::scoring("trolls", 6.0),
            ids: ["42".to_owned()].into(),
            emails: ["troll@example.org".to_owned()].into(),
            email_domains: ["spam.example"].into_iter().collect(),
            names: [AuthorList::fold_name("Admin Team")].into(),
            networks: vec!["203.0.113.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        }
    }

    fn listed(author: Author) -> bool {
        list().find(&author).is_some()
    }

    #[test]
    fn authors_are_found_by_anything_they_bring() {
        let empty = Author::default;
        assert!(listed(Author { id: "42".into(), ..empty() }));
        assert!(listed(Author { email: "Troll@Example.org".into(), ..empty() }));
        assert!(listed(Author { email: "x@mx.spam.example".into(), ..empty() }));
        assert!(listed(Author { display_name: "ÀDMIN \u{200b}teаm".into(), ..empty() }));
        for address in ["203.0.113.9", "::ffff:203.0.113.9", "2001:db8:1::1"] {
            assert!(listed(Author { ip_address: Some(address.parse().unwrap()), ..empty() }), "{address}");
        }
        assert!(!listed(Author {
            id: "43".into(),
            ip_address: Some("198.51.100.1".parse().unwrap()),
            ..empty()
        }));
        assert!(!listed(empty()));
    }

    #[test]
    fn every_shipped_domain_is_one() {
        for domain in NAMES.split_whitespace() {
            assert!(DISPOSABLE.contains(domain), "{domain}");
        }
    }
}
