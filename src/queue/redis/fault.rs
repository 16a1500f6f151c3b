//! What an answer that is an error means: try again, reconnect, or tell the caller.

use ::redis::{ErrorKind, RedisError};

use crate::queue::QueueError;

/// What to do about an error.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection is of no use any more; what was sent may or may not have been done.
    Broken,
    /// The server did nothing and may soon be able to: loading, failing over, resharding.
    Busy,
    /// As [`Fault::Busy`], but this connection will go on leading to the wrong server.
    Elsewhere,
    /// It was done, but is not as durable as it must be.
    Unconfirmed,
    /// Trying again at once will not help.
    Final(QueueError),
}

/// Code of the error for a write that was not confirmed; no server sends it.
pub(super) const UNCONFIRMED: &str = "UNCONFIRMED";
/// Error codes of a server that cannot serve this now.
const BUSY: [&str; 7] = ["LOADING", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "BUSY", "NOREPLICAS", "ASK"];
/// Error codes of a server that is not, or no more, the one to ask.
const ELSEWHERE: [&str; 3] = ["READONLY", "MOVED", "UNBLOCKED"];

/// Error codes of a server that does not let this one in, and what to do about each.
const REFUSED: [(&str, &str); 2] = [
    ("NOAUTH", "name user and password in the store's URL"),
    ("WRONGPASS", "check user and password in the store's URL"),
];

/// Error codes of a server that has no room to write, and what to do about each.
const FULL: [(&str, &str); 2] = [
    ("OOM", "raise maxmemory of Redis, or keep less by [retention]"),
    ("MISCONF", "see to the disk that Redis writes to"),
];

/// Judges an error of the driver or of the server.
pub(super) fn judge(error: &RedisError) -> Fault {
    match error.kind() {
        ErrorKind::AuthenticationFailed => {
            let detail = "Redis refuses these credentials; check user and password in the store's URL";
            Fault::Final(QueueError::Unavailable { detail: detail.into() })
        }
        ErrorKind::Server(_) | ErrorKind::Extension => by_code(error),
        ErrorKind::InvalidClientConfig | ErrorKind::RESP3NotSupported | ErrorKind::UnexpectedReturnType => {
            Fault::Final(QueueError::Failed { detail: error.to_string() })
        }
        _ => Fault::Broken,
    }
}

fn by_code(error: &RedisError) -> Fault {
    let code = code_of(error);
    if BUSY.contains(&code) {
        return Fault::Busy;
    }
    if ELSEWHERE.contains(&code) {
        return Fault::Elsewhere;
    }
    if let Some((_, remedy)) = FULL.iter().chain(&REFUSED).find(|(told, _)| *told == code) {
        let detail = format!("{error}; {remedy}, it goes on by itself");
        return Fault::Final(QueueError::Unavailable { detail });
    }
    if code == "NOPERM" {
        return Fault::Final(QueueError::Failed { detail: format!("{error}; mend the ACL of this user") });
    }
    if code == UNCONFIRMED {
        return Fault::Unconfirmed;
    }
    if code == "DAMAGED" {
        return Fault::Final(QueueError::Damaged {
            what: error.detail().unwrap_or_default().to_owned(),
            detail: "its head is not one of this version's".into(),
        });
    }
    Fault::Final(QueueError::Failed { detail: error.to_string() })
}

/// The error's code. Redis 6 wraps the error of a command inside a script: `ERR … -READONLY …`.
fn code_of(error: &RedisError) -> &str {
    // What is long is refused by the protocol before anybody looks at what it is.
    if error.detail().is_some_and(|detail| detail.contains("unauthenticated")) {
        return "NOAUTH";
    }
    let code = error.code().unwrap_or_default();
    let inner = error.detail().and_then(|detail| detail.split_once(" -")).map(|(_, rest)| rest);
    match inner.and_then(|rest| rest.split_ascii_whitespace().next()) {
        Some(inner) if code == "ERR" && inner.bytes().all(|b| b.is_ascii_uppercase()) => inner,
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use ::redis::make_extension_error;

    use super::*;

    fn judged(code: &str, detail: &str) -> Fault {
        judge(&make_extension_error(code.into(), Some(detail.into())))
    }

    #[test]
    fn a_server_that_is_loading_or_failing_over_is_asked_again() {
        assert!(matches!(judged("LOADING", "Redis is loading"), Fault::Busy));
        assert!(matches!(judged("READONLY", "You can't write"), Fault::Elsewhere));
        let wrapped =
            "Error running script (call to f_1): @user_script:12: @user_script: 12: -READONLY You can't";
        assert!(matches!(judged("ERR", wrapped), Fault::Elsewhere));
    }

    #[test]
    fn what_passes_once_somebody_has_mended_it_is_told_with_the_remedy() {
        let protocol = "Protocol error: unauthenticated multibulk length";
        let Fault::Final(QueueError::Unavailable { detail }) = judged("ERR", protocol) else {
            panic!("it passes once Redis lets this server in");
        };
        assert!(detail.contains(protocol) && detail.contains("password"), "{detail}");
        for (code, remedy) in FULL.into_iter().chain(REFUSED) {
            let Fault::Final(QueueError::Unavailable { detail }) = judged(code, "it may not write") else {
                panic!("{code} passes once it is mended");
            };
            assert!(detail.contains("it may not write") && detail.contains(remedy), "{detail}");
        }
    }

    #[test]
    fn a_damaged_record_is_named() {
        let Fault::Final(QueueError::Damaged { what, .. }) = judged("DAMAGED", "comment 7") else {
            panic!("a damaged record has its own error");
        };
        assert_eq!(what, "comment 7");
    }

    #[test]
    fn a_broken_pipe_breaks_the_connection() {
        let error = RedisError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(matches!(judge(&error), Fault::Broken));
    }
}
