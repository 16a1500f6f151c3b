//! Spans of time over time, on a logarithmic axis.

use std::time::Duration;

use super::{Frame, LEFT, RIGHT, legend};
use crate::cli::page::html;
use crate::cli::page::scale::SpanAxis;
use crate::cli::time::in_words;

/// One line of spans.
pub struct Line<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The class that colours it.
    pub class: &'a str,
    /// Its spans, step by step; `None` where there is none.
    pub spans: Vec<Option<Duration>>,
}

/// A point for each span, joined where steps follow each other; `None` when there is none at all.
pub fn spans(
    title: &str,
    labels: &[String],
    marks: &[(usize, String)],
    lines: &[Line<'_>],
) -> Option<String> {
    let all = || lines.iter().flat_map(|line| line.spans.iter().flatten().copied());
    let axis = SpanAxis::over(all().min()?, all().max()?);
    let mut frame = Frame::new(title, 200.0);
    axis.marks.iter().for_each(|(span, words)| frame.mark(axis.place(*span), words));
    let slot = (RIGHT - LEFT) / labels.len().max(1) as f64;
    let x = |step: usize| LEFT + slot * (step as f64 + 0.5);
    for line in lines {
        let mut path = String::new();
        for (step, span) in line.spans.iter().enumerate() {
            let Some(span) = span else { continue };
            let joined = step > 0 && line.spans[step - 1].is_some();
            let y = frame.y(axis.place(*span));
            path.push_str(&format!("{}{:.1} {y:.1} ", if joined { 'L' } else { 'M' }, x(step)));
        }
        frame.add(format_args!("<path class=\"line {}\" d=\"{}\"/>\n", line.class, path.trim_end()));
        for (step, span) in line.spans.iter().enumerate() {
            let Some(span) = span else { continue };
            let (x, y) = (x(step), frame.y(axis.place(*span)));
            let told = format!("{}: {} {}", labels[step], line.name, in_words(*span));
            frame.add(format_args!(
                "<circle class=\"{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"><title>{}</title></circle>\n",
                line.class,
                html::text(&told)
            ));
        }
    }
    for (step, words) in marks {
        frame.below(x(*step), words);
    }
    let names: Vec<_> = lines.iter().map(|line| (line.name, line.class)).collect();
    Some(legend(&names) + &frame.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_without_a_span_break_the_line() {
        let span = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        let labels: Vec<_> = ["a", "b", "c", "d"].map(str::to_owned).into();
        let line = Line { name: "median", class: "median", spans: vec![span(2), span(4), None, span(3)] };
        let drawn = spans("waits", &labels, &[], &[line]).expect("there are spans");
        assert_eq!((drawn.matches("M").count(), drawn.matches("<circle").count()), (2, 3), "{drawn}");
        let none = Line { name: "median", class: "median", spans: vec![None; 4] };
        assert_eq!(spans("waits", &labels, &[], &[none]), None);
    }
}
