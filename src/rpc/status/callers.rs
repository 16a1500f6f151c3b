//! Callers who may not.

use tonic::Status;

use super::{brief, fault};
use crate::config::Role;
use crate::proto::v1::ErrorReason;

/// The call carries no token.
pub fn token_missing() -> Status {
    let message = "send the header `authorization: Bearer TOKEN`; the operator of this server has the tokens";
    fault(ErrorReason::TokenMissing, message).status()
}

/// The token is not one of ours.
pub fn token_unknown() -> Status {
    let message = "this token is not, or no longer, known here; ask the operator of this server for another";
    fault(ErrorReason::TokenUnknown, message).status()
}

/// The client's certificate is not one of those that may call.
pub fn certificate_unknown() -> Status {
    let message = "this client certificate is not known here; send a token, or ask the operator of this server to add it";
    fault(ErrorReason::CertificateUnknown, message).status()
}

/// The caller is no longer known, or no longer as it was when its stream began.
pub fn revoked() -> Status {
    let message = "what this stream was opened with is no longer valid here; open it again with what is";
    fault(ErrorReason::TokenUnknown, message).status()
}

/// The caller may do other things.
pub fn role_missing(caller: &str, roles: &[Role]) -> Status {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let names = names.join(" or ");
    let message = format!("{caller:?} lacks the role {names}; use one that has it");
    fault(ErrorReason::RoleMissing, message).with("role", names).status()
}

/// The caller may touch other sites.
pub fn site_forbidden(caller: &str, site: &str) -> Status {
    let message = match site {
        "" => format!("{caller:?} may touch no site that is served here"),
        _ => format!("{caller:?} may not touch site {:?}", brief(site)),
    };
    fault(ErrorReason::SiteForbidden, message).with("site", brief(site)).status()
}

/// No such site is configured.
pub fn site_unknown(site: &str) -> Status {
    let message =
        format!("site {site:?} is not served here; check its spelling, or add it to the configuration");
    fault(ErrorReason::SiteUnknown, message).with("site", site).resource("site", site).status()
}

/// The caller may not act for somebody else.
pub fn reviewer_forbidden(caller: &str, reviewer: &str) -> Status {
    let message =
        format!("{caller:?} may not act for {reviewer:?}; leave reviewer out, or set may_act_for for it");
    fault(ErrorReason::ReviewerForbidden, message).with("reviewer", reviewer).status()
}
