//! Failures in words: what went wrong, the details that help, and what to do next. Every line is harmless.

use super::failure::{Failure, Refusal};
use super::harmless::one_line;
use super::time::in_words;
use crate::client::{TargetError, TokenError};

/// The lines to print on standard error; `token` says where the token of the call came from.
pub fn explain(failure: &Failure, token: &str) -> Vec<String> {
    match failure {
        Failure::Usage(message) => message.lines().map(one_line).collect(),
        Failure::Output(error) => vec![format!("cannot write the output: {error}")],
        Failure::Connection(error) => connection(error),
        Failure::Token(error) => vec![one_line(&error.to_string()), token_remedy(error).to_owned()],
        Failure::Refused(refusal) => refused(refusal, token),
    }
}

fn connection(error: &TargetError) -> Vec<String> {
    let mut lines = vec![one_line(&error.to_string())];
    if let TargetError::Unreachable { cause, .. } = error {
        let remedy = if cause.contains("certificate") {
            "name the certificates to trust with --ca-file"
        } else if cause.contains("InvalidContentType") {
            "what answers there does not speak TLS; for a server without it, write http:// in its address"
        } else {
            "is `modqueue` running there? name another server with --server or MODCTL_SERVER"
        };
        lines.push(remedy.to_owned());
    }
    lines
}

fn token_remedy(error: &TokenError) -> &'static str {
    match error {
        TokenError::NotMade { .. } => {
            "start modctl where the server was started, name its data directory with MODQUEUE_DATA_DIR, or a token with \
             --token-file"
        }
        TokenError::NoneNamed(_) => {
            "name a file that holds it with --token-file, MODCTL_TOKEN_FILE or a profile"
        }
        TokenError::Unreadable { .. } => "name a file that you may read with --token-file",
        TokenError::NotAToken => "put the token alone into the file",
    }
}

fn refused(refusal: &Refusal, token: &str) -> Vec<String> {
    let message = if refusal.message.is_empty() { refusal.code } else { &refusal.message };
    let mut lines = vec![one_line(message)];
    let fields = refusal.fields.iter().filter(|(_, what)| !refusal.message.contains(what.as_str()));
    lines.extend(fields.map(|(field, what)| format!("  {}: {}", one_line(field), one_line(what))));
    lines.extend(remedy(refusal, token).map(|remedy| one_line(&remedy)));
    lines.extend(refusal.retry_after().map(|pause| format!("try again in {}", in_words(round_up(pause)))));
    lines
}

fn round_up(pause: std::time::Duration) -> std::time::Duration {
    std::time::Duration::from_secs(pause.as_secs() + u64::from(pause.subsec_nanos() > 0))
}

/// What to do next, where there is something.
fn remedy(refusal: &Refusal, token: &str) -> Option<String> {
    let about = |key: &str| refusal.metadata.get(key).map(String::as_str);
    Some(match refusal.reason.as_str() {
        "TOKEN_MISSING" | "TOKEN_UNKNOWN" => {
            format!("the token came from {token}; name another with --token-file")
        }
        "CERTIFICATE_UNKNOWN" => {
            "show another with --client-certificate, or name a token with --token-file".to_owned()
        }
        "ROLE_MISSING" => format!(
            "the token from {token} lacks the role `{}`; name another with --token-file",
            about("role").unwrap_or("needed")
        ),
        "SITE_FORBIDDEN" => {
            format!("the token from {token} may not touch that site; see --site and --token-file")
        }
        "REVIEWER_FORBIDDEN" => "leave out --reviewer, or use a token with `may_act_for`".to_owned(),
        "ETAG_STALE" => format!("look at it again: modctl show {}", about("comment_id").unwrap_or("ID")),
        "CLAIM_HELD" => format!(
            "{} holds it until {}",
            about("reviewer").unwrap_or("another moderator"),
            about("until").unwrap_or("the lease ends")
        ),
        "COUNT_CHANGED" => "nothing was decided; run the command again to see the new count".to_owned(),
        "FEED_EXPIRED" | "FEED_REWOUND" => "begin again with `modctl watch --from oldest`".to_owned(),
        "POLICY_CONFLICT" => {
            "look at what is in force now with `modctl policy get`, then set yours again".to_owned()
        }
        "NOT_IMPLEMENTED" => "this server does not have the call yet".to_owned(),
        _ if refusal.is_out_of_time() => {
            "the server did not answer in time; --timeout gives it longer".to_owned()
        }
        _ if refusal.is_broken_connection() => {
            "the connection broke; a server with TLS needs https:// in its address".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::client::Role;

    fn refusal(reason: &str, metadata: &[(&str, &str)]) -> Refusal {
        let pair = |&(key, value): &(&str, &str)| (key.to_owned(), value.to_owned());
        Refusal {
            code: "ABORTED",
            reason: reason.to_owned(),
            message: "no".to_owned(),
            metadata: metadata.iter().map(pair).collect::<BTreeMap<_, _>>(),
            fields: vec![],
            retry_after_seconds: None,
        }
    }

    #[test]
    fn a_missing_role_names_the_token_that_was_used_and_the_role() {
        let failure = Failure::from(refusal("ROLE_MISSING", &[("role", "admin")]));
        let lines = explain(&failure, "data/tokens/moderator");
        assert!(lines[1].contains("data/tokens/moderator") && lines[1].contains("`admin`"), "{lines:?}");
    }

    #[test]
    fn every_wrong_field_has_its_line_and_the_pause_comes_last() {
        let mut refused = refusal("FIELD_INVALID", &[]);
        refused.fields =
            vec![("comment.text".into(), "is empty".into()), ("comment.id".into(), "is long".into())];
        refused.retry_after_seconds = Some(1.2);
        let lines = explain(&refused.into(), "");
        assert_eq!(lines, ["no", "  comment.text: is empty", "  comment.id: is long", "try again in 2 s"]);
    }

    #[test]
    fn a_server_that_does_not_answer_in_time_is_told_from_a_broken_connection() {
        let remedy = |status: tonic::Status| explain(&Failure::from(status), "").pop().unwrap();
        assert!(remedy(tonic::Status::cancelled("Timeout expired")).contains("--timeout"));
        assert!(remedy(tonic::Status::cancelled("h2 protocol error")).contains("https://"));
    }

    #[test]
    fn a_token_that_was_never_made_says_where_it_was_looked_for() {
        let error = TokenError::NotMade { role: Role::Admin, path: "modqueue-data/tokens/admin".into() };
        let lines = explain(&Failure::Token(error), "");
        assert!(
            lines[0].contains("modqueue-data/tokens/admin") && lines[1].contains("MODQUEUE_DATA_DIR"),
            "{lines:?}"
        );
    }

    #[test]
    fn what_the_server_says_is_shown_harmless() {
        let mut hostile = refusal("", &[]);
        hostile.message = "\u{1b}[2J".to_owned();
        assert_eq!(explain(&hostile.into(), ""), ["␛[2J"]);
    }
}
