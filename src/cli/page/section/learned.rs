//! Whether the learned filter is as right as it is sure.

use super::chart::agreement;
use super::{Figures, html, part};
use crate::proto::v1::CalibrationBin;

pub fn learned(figures: &Figures) -> String {
    let bins = &figures.calibration;
    if bins.is_empty() {
        return String::new();
    }
    let count: u64 = bins.iter().map(|bin| bin.count).sum();
    let lead = format!(
        "Across: how probable the filter found it that a moderator would reject a comment. Up: the share that they did reject, of \
         {} decided comments, with the range in which it truly lies in 19 of 20 cases. On the broken line the filter was as right as it was \
         sure; above it, too lenient; below it, too strict.",
        html::count(count)
    );
    let row = |bin: &CalibrationBin| {
        vec![html::percent(bin.predicted), html::percent(bin.observed), html::count(bin.count)]
    };
    let rows: Vec<_> = bins.iter().map(row).collect();
    let table = html::table("As a table", &["Held probable", "Rejected", "Comments"], &rows);
    let drawn = agreement("what the learned filter held probable against what moderators decided", bins);
    part("The learned filter", &lead, &format!("<div class=\"square\">{drawn}</div>{table}"))
}
