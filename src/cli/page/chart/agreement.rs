//! What was predicted against what came true.

use super::{Frame, LEFT};
use crate::cli::page::html;
use crate::learn::evaluation::wilson;
use crate::proto::v1::CalibrationBin;

/// Units of the square plot.
const SIDE: f64 = 300.0;

/// A disc for each range of probabilities, as large as the comments in it are many, with the interval in which the
/// true share lies (95 %). On the diagonal the filter was right about how sure it was.
pub fn agreement(title: &str, bins: &[CalibrationBin]) -> String {
    let mut frame = Frame::of(title, LEFT + SIDE + 24.0, SIDE);
    let x = |share: f64| LEFT + SIDE * share;
    for mark in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (y, words) = (frame.y(mark), html::percent(mark));
        frame.add(format_args!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"end\" x=\"{}\" y=\"{:.1}\">{words}</text>\n",
            x(1.0),
            LEFT - 8.0,
            y + 4.0
        ));
        frame.below(x(mark), &words);
    }
    let (bottom, top) = (frame.y(0.0), frame.y(1.0));
    frame.add(format_args!(
        "<line class=\"ideal\" x1=\"{}\" y1=\"{bottom}\" x2=\"{}\" y2=\"{top}\"/>\n",
        x(0.0),
        x(1.0)
    ));
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1) as f64;
    for bin in bins {
        let rejected = (bin.observed * bin.count as f64).round() as u64;
        let (low, high) = wilson(rejected, bin.count).unwrap_or((bin.observed, bin.observed));
        let (x, y) = (x(bin.predicted), frame.y(bin.observed));
        let told = format!(
            "of {} comments held to be {} probable, moderators rejected {}",
            html::count(bin.count),
            html::percent(bin.predicted),
            html::percent(bin.observed)
        );
        frame.add(format_args!(
            "<g><title>{}</title><line class=\"interval\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <circle class=\"median\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\"/></g>\n",
            html::text(&told),
            frame.y(low),
            frame.y(high),
            3.0 + 7.0 * (bin.count as f64 / most).sqrt()
        ));
    }
    frame.finish()
}
