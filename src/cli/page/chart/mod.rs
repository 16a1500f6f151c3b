//! Charts as SVG, drawn for the page's style sheet: colours are classes, so that they follow light and dark.

mod agreement;
mod bars;
mod rows;
mod spans;

use std::fmt::Write;

pub use agreement::agreement;
pub use bars::{Series, bars};
pub use rows::{Row, rows};
pub use spans::{Line, spans};

use super::html;

/// Units across a chart; the page scales them.
const WIDTH: f64 = 960.0;
/// Where the plot begins and ends across.
const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 12.0;
/// Where the plot begins from the top.
const TOP: f64 = 12.0;
/// What is left for words below it.
const FOOT: f64 = 28.0;

/// A chart's frame: what it shows in words, for those who do not see it, and the legend before it.
struct Frame {
    svg: String,
    height: f64,
}

impl Frame {
    /// One across the page whose plot has this height.
    fn new(title: &str, height: f64) -> Self {
        Self::of(title, WIDTH, height)
    }

    /// One of this width in all.
    fn of(title: &str, width: f64, height: f64) -> Self {
        let total = TOP + height + FOOT;
        let title = html::text(title);
        let svg = format!(
            "<svg viewBox=\"0 0 {width} {total}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>\n"
        );
        Self { svg, height }
    }

    /// The unit from the top at which a share of the height stands, 0 at the bottom.
    fn y(&self, share: f64) -> f64 {
        TOP + self.height * (1.0 - share)
    }

    /// A line across with words before it.
    fn mark(&mut self, share: f64, words: &str) {
        let (y, words) = (self.y(share), html::text(words));
        self.add(format_args!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"end\" x=\"{}\" y=\"{:.1}\">{words}</text>\n",
            LEFT - 8.0,
            y + 4.0
        ));
    }

    /// Words below the plot.
    fn below(&mut self, x: f64, words: &str) {
        let (y, words) = (TOP + self.height + 18.0, html::text(words));
        self.add(format_args!("<text class=\"mid\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>\n"));
    }

    fn add(&mut self, markup: std::fmt::Arguments<'_>) {
        self.svg.write_fmt(markup).expect("a string takes all");
    }

    fn finish(self) -> String {
        self.svg + "</svg>\n"
    }
}

/// What the colours stand for.
fn legend(names: &[(&str, &str)]) -> String {
    let key = |(name, class): &(&str, &str)| {
        format!("<li><span class=\"key {class}\"></span>{}</li>", html::text(name))
    };
    format!("<ul class=\"legend\">{}</ul>\n", names.iter().map(key).collect::<String>())
}
