//! Checks of single fields that note what is wrong and go on, so that all mistakes are told at once.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use tonic::Status;

use crate::domain::{CommentId, SiteName, Timestamp};
use crate::rpc::status;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field's path in the request, such as `comment.author.ip_address`.
    pub field: String,
    /// What is wrong and what would be right, to be read after the path.
    pub description: String,
}

/// The violations of one request. A check that fails answers a value that goes nowhere: [`Check::take`] and
/// [`Check::finish`] refuse the request.
#[derive(Debug, Default)]
pub struct Check {
    prefix: String,
    violations: Vec<Violation>,
}

/// `0001-01-01T00:00:00Z` to `9999-12-31T23:59:59Z`, as google.protobuf.Timestamp has it.
const SECONDS: RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Check {
    /// Checks of a part of a request: `prefix` stands before each field, as in `decisions[3].`.
    pub fn within(prefix: String) -> Self {
        Self { prefix, violations: Vec::new() }
    }

    /// Notes a mistake.
    pub fn note(&mut self, field: &str, description: impl Into<String>) {
        let field = format!("{}{field}", self.prefix);
        self.violations.push(Violation { field, description: description.into() });
    }

    /// Takes over the mistakes of a part.
    pub fn extend(&mut self, part: Self) {
        self.violations.extend(part.violations);
    }

    /// Refuses the request if anything was wrong.
    ///
    /// # Errors
    /// INVALID_ARGUMENT with all violations.
    pub fn finish(self) -> Result<(), Status> {
        if self.violations.is_empty() { Ok(()) } else { Err(status::invalid(self.violations)) }
    }

    /// The value that the checks led to; refuses the request if anything was wrong.
    ///
    /// # Errors
    /// INVALID_ARGUMENT with all violations.
    pub fn take<T>(self, value: Option<T>) -> Result<T, Status> {
        self.finish()?;
        value.ok_or_else(|| status::internal("a check failed without saying why"))
    }

    /// A site's name.
    pub fn site(&mut self, field: &str, name: &str) -> Option<SiteName> {
        SiteName::new(name).map_err(|error| self.note(field, format!("{error}"))).ok()
    }

    /// A comment's id that must be there.
    pub fn comment_id(&mut self, field: &str, id: &str) -> Option<CommentId> {
        if id.is_empty() {
            self.note(field, "is required");
            return None;
        }
        CommentId::new(id).map_err(|error| self.note(field, format!("{error}"))).ok()
    }

    /// A comment's id that may be left out.
    pub fn optional_comment_id(&mut self, field: &str, id: &str) -> Option<CommentId> {
        if id.is_empty() { None } else { self.comment_id(field, id) }
    }

    /// Ids of comments, at most `most`, none twice.
    pub fn comment_ids(&mut self, field: &str, ids: &[String], most: usize) -> Vec<CommentId> {
        if ids.len() > most {
            self.note(field, format!("has {} ids; at most {most} go in one call", ids.len()));
            return vec![];
        }
        let checked = ids.iter().enumerate();
        let mut checked: Vec<CommentId> =
            checked.filter_map(|(index, id)| self.comment_id(&format!("{field}[{index}]"), id)).collect();
        let in_order = checked.clone();
        checked.sort_unstable();
        if let Some(twice) = checked.windows(2).find(|pair| pair[0] == pair[1]) {
            self.note(field, format!("names {} twice", twice[0]));
        }
        in_order
    }

    /// Text of at most `most` bytes.
    pub fn text(&mut self, field: &str, text: String, most: usize) -> String {
        if text.len() > most {
            self.note(field, format!("has {} bytes; at most {most} are allowed", text.len()));
        }
        text
    }

    /// Text of 1 to `most` bytes.
    pub fn required_text(&mut self, field: &str, text: String, most: usize) -> String {
        if text.is_empty() {
            self.note(field, "is required");
        }
        self.text(field, text, most)
    }

    /// A reason code: `[a-z0-9_-]{0,64}`.
    pub fn reason(&mut self, field: &str, code: String) -> String {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if code.len() > 64 || !code.bytes().all(allowed) {
            self.note(field, "is a code of at most 64 characters of a-z, 0-9, '_' and '-', such as spam");
        }
        code
    }

    /// A comment's etag; empty: whatever is current.
    pub fn etag(&mut self, field: &str, etag: &str) -> Option<u32> {
        let version = etag.parse().ok().filter(|version: &u32| version.to_string() == etag);
        if version.is_none() && !etag.is_empty() {
            self.note(field, "is not an etag of this service; send the one that came with the comment");
        }
        version
    }

    /// A policy's etag; empty: whatever is current.
    pub fn policy_etag(&mut self, field: &str, etag: &str) -> Option<u64> {
        let revision = etag.parse().ok().filter(|revision: &u64| revision.to_string() == etag);
        if revision.is_none() && !etag.is_empty() {
            self.note(field, "is not an etag of this service; send the one that came with the policy");
        }
        revision
    }

    /// A number of things to answer; 0: the default.
    pub fn page_size(&mut self, field: &str, size: u32, default: usize, most: usize) -> usize {
        let default = default.min(most);
        match size as usize {
            0 => default,
            size if size <= most => size,
            size => {
                self.note(field, format!("is {size}; it goes from 1 to {most}, or 0 for {default}"));
                default
            }
        }
    }

    /// A length of time within `bounds`; absent: the default.
    pub fn duration(
        &mut self,
        field: &str,
        span: Option<prost_types::Duration>,
        default: Duration,
        bounds: RangeInclusive<Duration>,
    ) -> Duration {
        let Some(span) = span else { return default };
        // Turning the least number of seconds around, as the conversion does with negative ones, overflows.
        let span = Some(span).filter(|span| span.seconds >= 0).and_then(|span| Duration::try_from(span).ok());
        match span {
            Some(span) if bounds.contains(&span) => span,
            _ => {
                let [least, most] = [*bounds.start(), *bounds.end()].map(humantime::format_duration);
                self.note(field, format!("must be from {least} to {most}"));
                default
            }
        }
    }

    /// A point in time.
    pub fn timestamp(&mut self, field: &str, time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        let prost_types::Timestamp { seconds, nanos } = time?;
        if !SECONDS.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
            self.note(field, "is not a time from year 1 to 9999 with nanos from 0 to 999,999,999");
            return None;
        }
        Some(Timestamp(seconds * 1000 + i64::from(nanos / 1_000_000)))
    }

    /// An IP address; empty: unknown.
    pub fn ip_address(&mut self, field: &str, address: &str) -> Option<IpAddr> {
        if address.is_empty() {
            return None;
        }
        let parsed = address.parse();
        parsed
            .map_err(|_| self.note(field, "is no IPv4 or IPv6 address, such as 192.0.2.7 or 2001:db8::7"))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(check: Check) -> Vec<(String, String)> {
        check.violations.into_iter().map(|violation| (violation.field, violation.description)).collect()
    }

    #[test]
    fn all_violations_are_kept_with_their_paths() {
        let mut check = Check::within("decisions[3].".into());
        check.comment_id("comment_id", "");
        check.etag("etag", "x");
        let fields: Vec<_> = told(check).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["decisions[3].comment_id", "decisions[3].etag"]);
    }

    #[test]
    fn an_etag_is_taken_only_as_it_was_given_out() {
        for (etag, version) in [("", None), ("7", Some(7)), ("4294967295", Some(u32::MAX))] {
            let mut check = Check::default();
            assert_eq!(check.etag("etag", etag), version);
            assert!(check.finish().is_ok(), "{etag:?}");
        }
        for etag in ["07", "+7", " 7", "-1", "4294967296", "v7"] {
            let mut check = Check::default();
            check.etag("etag", etag);
            assert!(check.finish().is_err(), "{etag:?}");
        }
    }

    #[test]
    fn durations_outside_their_bounds_are_refused_with_the_bounds() {
        let lease = |seconds, nanos| {
            let mut check = Check::default();
            let bounds = Duration::from_secs(10)..=Duration::from_secs(1800);
            let span = Some(prost_types::Duration { seconds, nanos });
            let taken = check.duration("lease_duration", span, Duration::from_secs(300), bounds);
            check.take(Some(taken))
        };
        assert_eq!(lease(10, 0).unwrap(), Duration::from_secs(10));
        assert_eq!(lease(1800, 0).unwrap(), Duration::from_secs(1800));
        for (seconds, nanos) in [
            (0, 0),
            (9, 999_999_999),
            (1800, 1),
            (-5, 0),
            (i64::MAX, 0),
            (i64::MAX, i32::MAX),
            (i64::MIN, 0),
            (i64::MIN, i32::MIN),
            (0, i32::MIN),
        ] {
            assert!(lease(seconds, nanos).unwrap_err().message().contains("10s to 30m"), "{seconds} {nanos}");
        }
    }

    #[test]
    fn times_outside_the_calendar_are_refused() {
        for (seconds, nanos) in [(i64::MAX, 0), (i64::MIN, 0), (0, -1), (0, 1_000_000_000)] {
            let mut check = Check::default();
            check.timestamp("registered_at", Some(prost_types::Timestamp { seconds, nanos }));
            assert!(check.finish().is_err(), "{seconds} {nanos}");
        }
        let mut check = Check::default();
        let time = Some(prost_types::Timestamp { seconds: -1, nanos: 999_000_000 });
        assert_eq!(check.timestamp("registered_at", time), Some(Timestamp(-1)));
    }

    #[test]
    fn ids_are_bounded_in_number_and_none_comes_twice() {
        let ids = |ids: &[&str]| {
            let mut check = Check::default();
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let taken = check.comment_ids("comment_ids", &ids, 3);
            (taken.len(), told(check).into_iter().map(|(field, _)| field).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["b", "a"]), (2, vec![]));
        assert_eq!(ids(&["a", "b", "a"]).1, ["comment_ids"]);
        assert_eq!(ids(&["a", "b c"]).1, ["comment_ids[1]"]);
        assert_eq!(ids(&["a", "b", "c", "d"]).1, ["comment_ids"]);
    }
}
