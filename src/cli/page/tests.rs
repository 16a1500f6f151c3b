//! The page as a whole.

use super::*;
use crate::proto::v1::NamedCount;

const HOSTILE: &str = "</style><script>alert(1)</script>\"'&\u{202e}";

fn step(hour: i64, count: u64) -> ActivityBucket {
    ActivityBucket {
        start_time: Some(prost_types::Timestamp { seconds: 1_772_409_600 + hour * 3_600, nanos: 0 }),
        published_count: count,
        held_count: 1,
        moderator_approved_count: 1,
        median_decision_duration: Some(prost_types::Duration { seconds: 90 * (hour + 1), nanos: 0 }),
        slow_decision_duration: Some(prost_types::Duration { seconds: 900, nanos: 0 }),
        by_reviewer: vec![NamedCount { name: HOSTILE.into(), count: 1 }],
        by_limit: vec![NamedCount { name: HOSTILE.into(), count: 1 }],
        ..ActivityBucket::default()
    }
}

fn figures() -> Figures {
    let steps: Vec<_> = (0..24).map(|hour| step(hour, hour as u64)).collect();
    let rule = RuleStats {
        filter: "keywords".into(),
        rule: HOSTILE.into(),
        hit_count: 9,
        decided_count: 4,
        overturned_count: 1,
        shadow: true,
        ..RuleStats::default()
    };
    Figures {
        site: HOSTILE.into(),
        made: Timestamp::from_second(1_772_500_000).unwrap(),
        from: Timestamp::from_second(1_772_409_600).unwrap(),
        to: Timestamp::from_second(1_772_496_000).unwrap(),
        step: Duration::from_secs(3_600),
        hours: steps.clone(),
        whole: ActivityBucket { held_count: 24, published_count: 276, ..step(0, 276) },
        steps,
        calibration: vec![CalibrationBin { predicted: 0.25, observed: 0.2, count: 10 }],
        rules: vec![rule],
    }
}

#[test]
fn the_page_has_every_part_and_needs_nothing_but_itself() {
    let page = page(&figures());
    let headings = [
        "What came in",
        "By the hour of the day",
        "What moderators decided",
        "Time to decision",
        "Rules that moderators overturned",
        "The learned filter",
        "Decisions by moderator",
        "Comments held by a limit",
    ];
    for heading in headings {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    for elsewhere in ["http://", "https://", "src=", "@import", "url(", "<link"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    assert!(page.contains("prefers-color-scheme:dark"));
}

#[test]
fn whatever_a_stranger_named_is_text() {
    let page = page(&figures());
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
    assert_eq!(page.matches("</style>").count(), 1, "our own");
    assert!(page.matches("&lt;script&gt;").count() >= 5, "site, rule, moderator and limit are told");
}

#[test]
fn every_chart_says_what_it_shows_and_has_a_table_behind_it() {
    let page = page(&figures());
    let charts = page.matches("<svg").count();
    assert!(charts >= 6);
    assert_eq!(page.matches("role=\"img\" aria-label=").count(), charts);
    assert!(page.matches("<details>").count() >= 5);
}

#[test]
fn a_period_in_which_nothing_happened_makes_a_page_all_the_same() {
    let empty = ActivityBucket { start_time: step(0, 0).start_time, ..ActivityBucket::default() };
    let quiet = Figures {
        steps: vec![empty.clone()],
        hours: vec![],
        whole: empty,
        calibration: vec![],
        rules: vec![],
        ..figures()
    };
    let page = page(&quiet);
    assert!(page.contains("Nothing came in.") && page.contains("No limit held a comment."));
    assert!(!page.contains("Time to decision") && !page.contains("NaN"), "{page}");
}
