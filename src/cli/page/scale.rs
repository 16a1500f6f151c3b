//! Where the marks of an axis stand.

use std::time::Duration;

use jiff::Timestamp;

/// Marks of a count's axis at most.
const MOST_COUNT_MARKS: u64 = 5;
/// Marks of a time's axis at most.
const MOST_TIME_MARKS: i64 = 9;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Spans that mark the axis of spans, which is logarithmic.
const SPANS: [(u64, &str); 12] = [
    (1, "1 s"),
    (10, "10 s"),
    (MINUTE, "1 min"),
    (5 * MINUTE, "5 min"),
    (20 * MINUTE, "20 min"),
    (HOUR, "1 h"),
    (4 * HOUR, "4 h"),
    (12 * HOUR, "12 h"),
    (2 * DAY, "2 d"),
    (7 * DAY, "1 week"),
    (30 * DAY, "30 d"),
    (180 * DAY, "180 d"),
];

/// Seconds between two marks of a time's axis.
const DISTANCES: [u64; 13] = [
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    364 * DAY,
];

/// Whole, round marks from 0 to the first that is not below `most`; at least 0 and 1.
pub fn counts(most: u64) -> Vec<u64> {
    let mut step = 1;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut decade = 1;
    while most.max(1).div_ceil(step) > MOST_COUNT_MARKS - 1 {
        let factor = factors.next().unwrap_or(10);
        step = decade * factor;
        if factor == 10 {
            decade *= 10;
        }
    }
    (0..=most.max(1).div_ceil(step)).map(|mark| mark * step).collect()
}

/// A logarithmic axis over spans of time.
pub struct SpanAxis {
    from: f64,
    to: f64,
    /// The marks inside it, with their words.
    pub marks: Vec<(Duration, &'static str)>,
}

impl SpanAxis {
    /// One that has room for both, from the mark below to the mark above.
    pub fn over(least: Duration, most: Duration) -> Self {
        let place = |span: Duration| SPANS.iter().position(|(seconds, _)| *seconds > span.as_secs());
        let first = place(least).unwrap_or(SPANS.len()).saturating_sub(1).min(SPANS.len() - 2);
        let last = place(most).unwrap_or(SPANS.len() - 1).max(first + 1);
        let marks = &SPANS[first..=last];
        Self {
            from: (marks[0].0 as f64).ln(),
            to: (marks[marks.len() - 1].0 as f64).ln(),
            marks: marks.iter().map(|(seconds, words)| (Duration::from_secs(*seconds), *words)).collect(),
        }
    }

    /// Where a span stands, 0 at the bottom to 1 at the top.
    pub fn place(&self, span: Duration) -> f64 {
        let seconds = span.as_secs_f64().max(0.001);
        ((seconds.ln() - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// Which of these moments, evenly apart, are marked, and with what words.
pub fn moments(moments: &[Timestamp]) -> Vec<(usize, String)> {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return vec![] };
    let length = last.as_second() - first.as_second();
    let distance = DISTANCES.iter().map(|&distance| distance as i64);
    let distance =
        distance.clone().find(|distance| length / distance < MOST_TIME_MARKS).unwrap_or(364 * DAY as i64);
    let format = if distance < DAY as i64 { "%H:%M" } else { "%-d %b" };
    let marked = moments.iter().enumerate().filter(|(_, moment)| moment.as_second() % distance == 0);
    marked.map(|(place, moment)| (place, moment.strftime(format).to_string())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_are_marked_at_round_numbers() {
        assert_eq!(counts(0), [0, 1]);
        assert_eq!(counts(3), [0, 1, 2, 3]);
        assert_eq!(counts(7), [0, 2, 4, 6, 8]);
        assert_eq!(counts(96), [0, 50, 100]);
        assert_eq!(counts(1_234), [0, 500, 1_000, 1_500]);
    }

    #[test]
    fn a_span_stands_between_the_marks_around_it() {
        let axis = SpanAxis::over(Duration::from_secs(90), Duration::from_secs(3_000));
        let words: Vec<_> = axis.marks.iter().map(|(_, words)| *words).collect();
        assert_eq!(words, ["1 min", "5 min", "20 min", "1 h"]);
        assert_eq!((axis.place(Duration::ZERO), axis.place(Duration::from_secs(3_600))), (0.0, 1.0));
        assert!(axis.place(Duration::from_secs(300)) < axis.place(Duration::from_secs(301)));
        assert_eq!(SpanAxis::over(Duration::ZERO, Duration::ZERO).marks.len(), 2);
        assert_eq!(
            SpanAxis::over(Duration::from_secs(u64::MAX), Duration::from_secs(u64::MAX)).marks.len(),
            2
        );
    }

    #[test]
    fn moments_are_marked_where_the_clock_is_round() {
        let hours: Vec<_> =
            (0..48).map(|hour| Timestamp::from_second(1_772_409_600 + hour * 3_600).unwrap()).collect();
        let marked = moments(&hours);
        assert_eq!(marked[1], (6, "06:00".to_owned()));
        let days: Vec<_> =
            (0..30).map(|day| Timestamp::from_second(1_772_409_600 + day * 86_400).unwrap()).collect();
        assert!((3..=9).contains(&moments(&days).len()));
        assert_eq!(moments(&[]), []);
    }

    proptest! {
        #[test]
        fn a_count_s_axis_has_few_marks_and_reaches_above_all(most in 0_u64..10_000_000_000) {
            let marks = counts(most);
            prop_assert!((2..=MOST_COUNT_MARKS as usize).contains(&marks.len()), "{marks:?}");
            prop_assert!(marks[0] == 0 && marks[marks.len() - 1] >= most.max(1), "{marks:?}");
        }
    }
}
