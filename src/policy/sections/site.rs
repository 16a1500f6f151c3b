//! What holds for the site as a whole: `mode`, `[thresholds]`, `[queue]`, `[reports]`.

use super::super::verdict::{Mode, Terms};
use crate::document::Section;

/// Points from which a comment waits, and from which it is rejected, when nothing is said.
const DEFAULT: Terms = Terms { mode: Mode::Pre, hold: 5.0, reject: 15.0 };

/// Comments that may wait when nothing is said.
const DEFAULT_WAITING_CAP: u64 = 1_000_000;

const MODES: [(&str, Mode); 3] = [("pre", Mode::Pre), ("post", Mode::Post), ("trusted", Mode::Trusted)];

/// `mode`.
pub fn mode(section: &Section<'_>) -> Option<Mode> {
    section.choice("mode", &MODES)
}

/// `thresholds = { hold, reject }`; the last is checked against what holds where one is left out.
pub fn thresholds(section: &Section<'_>, base: Terms) -> (Option<f64>, Option<f64>) {
    let Some(table) = section.section("thresholds") else { return (None, None) };
    let hold = table.number("hold", -1000.0..=1000.0);
    let reject = table.number("reject", -1000.0..=1000.0);
    if hold.unwrap_or(base.hold) > reject.unwrap_or(base.reject) {
        let key = if reject.is_some() { "reject" } else { "hold" };
        table.complain(key, "`reject` must not be below `hold`; raise it, or set both.");
    }
    table.close();
    (hold, reject)
}

/// `mode` and `[thresholds]` of the site.
pub fn terms(root: &Section<'_>) -> Terms {
    let (hold, reject) = thresholds(root, DEFAULT);
    Terms {
        mode: mode(root).unwrap_or(DEFAULT.mode),
        hold: hold.unwrap_or(DEFAULT.hold),
        reject: reject.unwrap_or(DEFAULT.reject),
    }
}

/// `[queue] cap`.
pub fn waiting_cap(root: &Section<'_>) -> u64 {
    let Some(section) = root.section("queue") else { return DEFAULT_WAITING_CAP };
    let cap = section.whole("cap", 1..=100_000_000).unwrap_or(DEFAULT_WAITING_CAP);
    section.close();
    cap
}

/// `[reports] hide`.
pub fn hides_reported(root: &Section<'_>) -> bool {
    let Some(section) = root.section("reports") else { return false };
    let hide = section.flag("hide").unwrap_or(false);
    section.close();
    hide
}
