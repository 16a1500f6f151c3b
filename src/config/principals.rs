//! `[[tokens]]` and `[[certificates]]`: who may call, how they are known, what they may do and where.

use crate::document::{Placed, Section};
use crate::domain::SiteName;

use super::{Credential, Fingerprint, Principal, Role};

/// Whoever may call a server of `sites`.
pub fn principals(root: &Section<'_>, sites: &[SiteName], takes_certificates: bool) -> Vec<Principal> {
    let certificates = root.sections("certificates").unwrap_or_default();
    if !certificates.is_empty() && !takes_certificates {
        let remedy = "name the authorities that sign your clients' certificates there";
        root.complain(
            "certificates",
            format!("clients cannot show theirs without [tls] client_ca; {remedy}."),
        );
    }
    let tokens =
        root.sections("tokens").unwrap_or_default().into_iter().map(|section| (section, token as Proof));
    let certificates = certificates.into_iter().map(|section| (section, certificate as Proof));
    let mut known: Vec<Principal> = Vec::new();
    for (section, proof) in tokens.chain(certificates) {
        let Some(principal) = principal(section, proof, sites, &known) else { continue };
        known.push(principal);
    }
    known
}

/// Reads what a caller proves itself with, and the key that it stands under.
type Proof = fn(&Section<'_>) -> Option<(&'static str, Credential)>;

fn principal(
    section: Section<'_>,
    proof: Proof,
    served: &[SiteName],
    known: &[Principal],
) -> Option<Principal> {
    let name = section.required_text("name").map(str::to_owned);
    let credential = proof(&section);
    if let Some((key, credential)) = &credential
        && let Some(same) = known.iter().find(|other| other.credential == *credential)
    {
        section.complain(key, format!("{:?} has the same; give each a secret of its own.", same.name));
    }
    let roles = roles(&section);
    let sites = section.texts("sites").unwrap_or_default();
    let sites = sites.iter().filter_map(|name| site(&section, name, served)).collect();
    let may_act_for = section.flag("may_act_for").unwrap_or(false);
    section.close();
    let (_, credential) = credential?;
    Some(Principal { name: name?, credential, roles, sites, may_act_for })
}

fn token(section: &Section<'_>) -> Option<(&'static str, Credential)> {
    section.required_text("sha256")?;
    let sha256 = sha256(section, "printf %s TOKEN | sha256sum")?;
    Some(("sha256", Credential::Token(sha256)))
}

fn certificate(section: &Section<'_>) -> Option<(&'static str, Credential)> {
    match (section.has("sha256"), section.has("san")) {
        (true, false) => {
            let remedy = "openssl x509 -in FILE -noout -fingerprint -sha256";
            sha256(section, remedy).map(|sha256| ("sha256", Credential::Certificate(sha256)))
        }
        (false, true) => {
            let name = section.required_text("san")?.to_owned();
            Some(("san", Credential::AltName(name)))
        }
        (has_both, _) => {
            let key = if has_both { "san" } else { "sha256" };
            section.complain(key, "name a certificate by either its `sha256` or its `san`.");
            None
        }
    }
}

fn sha256(section: &Section<'_>, remedy: &str) -> Option<Fingerprint> {
    let found = Fingerprint::from_hex(&section.text("sha256")?.replace(':', ""));
    if found.is_none() {
        section.complain("sha256", format!("must be 64 hexadecimal digits: {remedy}"));
    }
    found
}

fn site(section: &Section<'_>, name: &Placed<&str>, served: &[SiteName]) -> Option<SiteName> {
    match SiteName::new(name.value) {
        Ok(site) if served.contains(&site) => return Some(site),
        Ok(site) => {
            section.complain_at(name, format!("{site} is not served; add it to `sites`, or remove it."))
        }
        Err(error) => section.complain_at(name, format!("{error}.")),
    }
    None
}

fn roles(section: &Section<'_>) -> Vec<Role> {
    let names = section.texts("roles");
    if names.as_ref().map_or(!section.has("roles"), Vec::is_empty) {
        section.complain("roles", "without `roles` nothing may be called; list portal, moderator or admin.");
    }
    let role = |name: &Placed<&str>| {
        let found = Role::ALL.into_iter().find(|role| role.name() == name.value);
        if found.is_none() {
            let remedy = "the roles are portal, moderator and admin.";
            section.complain_at(name, format!("{:?} is no role; {remedy}", name.value));
        }
        found
    };
    names.unwrap_or_default().iter().filter_map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, load};

    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const TLS: &str = "[tls]\ncertificate = 's.pem'\nkey = 's.key'\nclient_ca = 'c.pem'\n";

    fn told(source: &str) -> String {
        let mistakes = load(source, &Overrides::default()).expect_err("it has mistakes");
        mistakes.iter().map(|mistake| format!("{mistake}\n")).collect()
    }

    fn entry(kind: &str, rest: &str) -> String {
        format!("[[{kind}]]\nname = 'backend'\nroles = ['portal']\n{rest}\n")
    }

    #[test]
    fn a_certificate_is_known_by_its_fingerprint_or_by_its_name() {
        let digits: Vec<_> = SHA256.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect();
        let by_fingerprint =
            entry("certificates", &format!("sha256 = '{}'", digits.join(":").to_uppercase()));
        let by_name = entry("certificates", "san = 'spiffe://example/backend'");
        let config =
            load(&[&by_fingerprint, &by_name, TLS].map(str::to_owned).concat(), &Overrides::default());
        let known: Vec<_> = config.unwrap().principals.into_iter().map(|known| known.credential).collect();
        let name = Credential::AltName("spiffe://example/backend".into());
        assert_eq!(known, [Credential::Certificate(Fingerprint::of(b"abc")), name]);
    }

    #[test]
    fn a_certificate_that_nobody_can_show_or_know_is_a_mistake() {
        assert!(told(&entry("certificates", "san = 'a'")).contains("client_ca"));
        let both = entry("certificates", &format!("san = 'a'\nsha256 = '{SHA256}'"));
        for source in [both, entry("certificates", "")] {
            assert!(told(&format!("{source}{TLS}")).contains("either"), "{source}");
        }
    }

    #[test]
    fn a_token_for_a_site_that_is_not_served_is_a_mistake() {
        let source = entry("tokens", &format!("sha256 = '{SHA256}'\nsites = ['blog']"));
        assert!(told(&source).contains("blog is not served"), "{}", told(&source));
        load(&format!("sites = ['blog']\n{source}"), &Overrides::default()).expect("now it is");
    }

    #[test]
    fn two_may_have_a_name_in_common_and_no_secret() {
        let one = entry("tokens", &format!("sha256 = '{SHA256}'"));
        let other = entry("tokens", &format!("sha256 = '{}'", SHA256.replace('b', "c")));
        load(&format!("{one}{other}"), &Overrides::default()).expect("that is how tokens are changed");
        assert!(told(&format!("{one}{one}")).contains("\"backend\" has the same"));
    }

    #[test]
    fn a_caller_without_a_role_is_a_mistake() {
        let source = format!("[[tokens]]\nname = 'p'\nsha256 = '{SHA256}'\nroles = []\n");
        assert!(told(&source).contains("without `roles`"));
    }
}
