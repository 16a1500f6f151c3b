//! Counts over time, one kind on top of the other.

use super::{Frame, LEFT, RIGHT, legend};
use crate::cli::page::{html, scale};

/// One kind of things that are counted.
pub struct Series<'a> {
    /// What they are called.
    pub name: &'a str,
    /// The class that colours them.
    pub class: &'a str,
    /// How many, step by step.
    pub counts: Vec<u64>,
}

/// Stacked bars, the first series at the bottom. `labels` name each bar, `marks` those with words below them.
pub fn bars(title: &str, labels: &[String], marks: &[(usize, String)], series: &[Series<'_>]) -> String {
    let sum = |bar: usize| series.iter().map(|series| series.counts[bar]).sum::<u64>();
    let ticks = scale::counts((0..labels.len()).map(sum).max().unwrap_or(0));
    let top = ticks[ticks.len() - 1] as f64;
    let mut frame = Frame::new(title, 200.0);
    ticks.iter().for_each(|tick| frame.mark(*tick as f64 / top, &html::count(*tick)));
    let slot = (RIGHT - LEFT) / labels.len().max(1) as f64;
    let gap = if slot > 4.0 { (slot * 0.18).min(6.0) } else { 0.0 };
    for (bar, label) in labels.iter().enumerate().filter(|(bar, _)| sum(*bar) > 0) {
        let told: Vec<_> = series
            .iter()
            .map(|series| format!("{} {}", html::count(series.counts[bar]), series.name))
            .collect();
        frame.add(format_args!("<g><title>{}: {}</title>", html::text(label), html::text(&told.join(", "))));
        let (x, width, mut below) = (LEFT + slot * bar as f64 + gap / 2.0, slot - gap, 0);
        for Series { class, counts, .. } in series.iter().filter(|series| series.counts[bar] > 0) {
            let (from, to) = (below as f64 / top, (below + counts[bar]) as f64 / top);
            let (y, height) = (frame.y(to), frame.y(from) - frame.y(to));
            frame.add(format_args!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
            ));
            below += counts[bar];
        }
        frame.add(format_args!("</g>\n"));
    }
    for (bar, words) in marks {
        frame.below(LEFT + slot * (*bar as f64 + 0.5), words);
    }
    let names: Vec<_> = series.iter().map(|series| (series.name, series.class)).collect();
    let legend = if series.len() > 1 { legend(&names) } else { String::new() };
    legend + &frame.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_its_count_and_empty_ones_are_not_drawn() {
        let labels = ["a".to_owned(), "<b>".to_owned(), "c".to_owned()];
        let series = [
            Series { name: "held", class: "held", counts: vec![10, 5, 0] },
            Series { name: "refused", class: "rejected", counts: vec![0, 5, 0] },
        ];
        let drawn = bars("in & out", &labels, &[(1, "now".to_owned())], &series);
        assert_eq!(drawn.matches("<rect").count(), 3);
        assert_eq!(drawn.matches("height=\"100.0\"").count(), 2, "half of it each: {drawn}");
        assert!(
            drawn.contains("<title>&lt;b&gt;: 5 held, 5 refused</title>") && drawn.contains("in &amp; out")
        );
    }

    #[test]
    fn without_bars_there_is_a_frame() {
        assert!(bars("none", &[], &[], &[]).starts_with("<svg"));
    }
}
