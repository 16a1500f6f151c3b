//! Values of sections that may be left out, each with its bounds and its default.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::document::Section;

/// A whole number within bounds.
pub fn number(
    section: &Option<Section<'_>>,
    key: &'static str,
    bounds: RangeInclusive<u64>,
    default: u64,
) -> u64 {
    section.as_ref().and_then(|section| section.whole(key, bounds)).unwrap_or(default)
}

/// A length of time within bounds; bounds and default in seconds.
pub fn span(
    section: &Option<Section<'_>>,
    key: &'static str,
    bounds: RangeInclusive<u64>,
    default: u64,
) -> Duration {
    within(section, key, bounds, default, Duration::from_secs)
}

/// A short length of time within bounds; bounds and default in milliseconds.
pub fn wait(
    section: &Option<Section<'_>>,
    key: &'static str,
    bounds: RangeInclusive<u64>,
    default: u64,
) -> Duration {
    within(section, key, bounds, default, Duration::from_millis)
}

fn within(
    section: &Option<Section<'_>>,
    key: &'static str,
    bounds: RangeInclusive<u64>,
    default: u64,
    unit: fn(u64) -> Duration,
) -> Duration {
    let default = unit(default);
    let Some(section) = section else { return default };
    let Some(span) = section.duration(key) else { return default };
    let (least, most) = (unit(*bounds.start()), unit(*bounds.end()));
    if !(least..=most).contains(&span) {
        let (least, most) = (humantime::format_duration(least), humantime::format_duration(most));
        section.complain(key, format!("must be from {least} to {most}."));
    }
    span
}

/// Complains of keys that nobody asked for.
pub fn close(section: Option<Section<'_>>) {
    if let Some(section) = section {
        section.close();
    }
}
