//! Times and spans of time in words, and back.

use std::time::Duration;

use jiff::Timestamp;

/// The API's timestamp as jiff's; `None` when it is absent or no time at all.
pub fn moment(time: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.seconds, time.nanos).ok())
}

/// RFC 3339 in UTC, to the second: `2026-01-02T03:04:05Z`. Empty when there is no time.
pub fn rfc3339(time: Option<&prost_types::Timestamp>) -> String {
    moment(time).map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// How long ago `then` was, or how long until it: `5 min ago`, `in 30 s`, `now`.
pub fn relative(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let span = in_words(Duration::from_secs(seconds.unsigned_abs()));
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("{span} ago"),
        _ => format!("in {span}"),
    }
}

/// A time in a table: how long ago it was. Empty when there is none.
pub fn ago(time: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    moment(time).map(|then| relative(then, now)).unwrap_or_default()
}

/// A time in full: `2026-01-02T03:04:05Z (5 min ago)`. Empty when there is none.
pub fn in_full(time: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    moment(time).map(|then| format!("{} ({})", rfc3339(time), relative(then, now))).unwrap_or_default()
}

/// A span in the largest unit that has at least one of it: `45 s`, `12 min`, `3 h`, `2 d`.
pub fn in_words(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// The API's duration as the standard library's; `None` when it is absent or negative.
pub fn span(duration: Option<&prost_types::Duration>) -> Option<Duration> {
    // Turning the least number of seconds around, as the conversion does with negative ones, overflows.
    duration.filter(|duration| duration.seconds >= 0).and_then(|duration| Duration::try_from(*duration).ok())
}

/// Reads a period to look back over: a span of time from 48 minutes to a year.
pub fn parse_period(text: &str) -> Result<Duration, String> {
    let span = parse_span(text)?;
    let bounds = Duration::from_secs(48 * 60)..=Duration::from_secs(366 * 86_400);
    let span = Duration::try_from(span).ok().filter(|span| bounds.contains(span));
    span.ok_or_else(|| "write a span from 48m to 366d".to_owned())
}

/// Reads a span to go back over: from a minute to ten years.
pub fn parse_back(text: &str) -> Result<Duration, String> {
    let span = parse_span(text)?;
    let bounds = Duration::from_secs(60)..=Duration::from_secs(10 * 366 * 86_400);
    let span = Duration::try_from(span).ok().filter(|span| bounds.contains(span));
    span.ok_or_else(|| "write a span from 1m to 3660d".to_owned())
}

/// Reads `90s`, `10m`, `2h`, `1h 30m`.
pub fn parse_span(text: &str) -> Result<prost_types::Duration, String> {
    let span = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write a span of time as in 90s, 10m, 2h or 1h 30m"))?;
    prost_types::Duration::try_from(span).map_err(|_| "that is longer than any span can be".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn spans_are_told_in_their_largest_unit() {
        let told = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(
            [0, 59, 60, 3_599, 3_600, 172_799, 172_800].map(told),
            ["0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 d"]
        );
    }

    #[test]
    fn past_and_future_differ() {
        assert_eq!(relative(at(0), at(300)), "5 min ago");
        assert_eq!(relative(at(30), at(0)), "in 30 s");
        assert_eq!(relative(at(7), at(7)), "now");
    }

    #[test]
    fn a_time_that_is_absent_or_none_at_all_is_empty() {
        assert_eq!(rfc3339(None), "");
        assert_eq!(rfc3339(Some(&prost_types::Timestamp { seconds: i64::MAX, nanos: 0 })), "");
        assert_eq!(rfc3339(Some(&prost_types::Timestamp { seconds: 0, nanos: 5 })), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_span_that_is_negative_is_none_however_far() {
        let told = |seconds, nanos| span(Some(&prost_types::Duration { seconds, nanos }));
        assert_eq!(told(90, 0), Some(Duration::from_secs(90)));
        assert_eq!([told(-1, 0), told(i64::MIN, 0), told(i64::MIN, i32::MIN), told(0, i32::MIN)], [None; 4]);
    }

    #[test]
    fn a_span_is_read_and_a_bare_number_is_refused() {
        assert_eq!(parse_span("10m").unwrap().seconds, 600);
        assert!(parse_span("10").unwrap_err().contains("10m"));
    }
}
