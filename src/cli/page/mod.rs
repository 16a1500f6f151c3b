//! The report: one page for an editor, drawn from figures alone. It needs nothing but itself, follows light and dark,
//! and has a table behind each chart.
//!
//! Architecture invariant: whatever comes from a comment, a policy or a moderator passes `html::text`.

mod chart;
mod html;
mod scale;
mod section;

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::time::moment;
use crate::proto::v1::{ActivityBucket, CalibrationBin, RuleStats};

/// All that a report is made of.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The site's name; empty: the only one of the token.
    pub site: String,
    /// When they were asked for.
    pub made: Timestamp,
    /// The period's start.
    pub from: Timestamp,
    /// The period's end.
    pub to: Timestamp,
    /// The length of a step.
    pub step: Duration,
    /// The period in steps.
    pub steps: Vec<ActivityBucket>,
    /// The period by the hour; empty when it is too long for that.
    pub hours: Vec<ActivityBucket>,
    /// The period as one step.
    pub whole: ActivityBucket,
    /// How well the learned filter's probabilities came true.
    pub calibration: Vec<CalibrationBin>,
    /// How the rules did, the most overturned first.
    pub rules: Vec<RuleStats>,
}

impl Figures {
    /// When each step starts.
    fn starts(&self) -> Vec<Timestamp> {
        self.steps.iter().filter_map(|step| moment(step.start_time.as_ref())).collect()
    }

    /// What the steps are called.
    fn labels(&self) -> Vec<String> {
        let day = self.step.as_secs().is_multiple_of(86_400);
        let format = if day { "%a %-d %b" } else { "%a %-d %b, %H:%M" };
        self.starts().iter().map(|start| start.strftime(format).to_string()).collect()
    }
}

/// The page.
pub fn page(figures: &Figures) -> String {
    let title = match figures.site.as_str() {
        "" => "Comments".to_owned(),
        site => format!("Comments on {}", html::text(site)),
    };
    let style = include_str!("style.css");
    let sections: String = section::all(figures);
    let (from, to) = (day(figures.from), day(figures.to));
    let head = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title}, {from} to {to}</title>\n<style>\n{style}</style>\n</head>\n"
    );
    format!(
        "{head}<body>\n<header><h1>{title}</h1>\n<p class=\"faint\">{from} to {to}, all times in UTC</p></header>\n\
         <main>\n{sections}</main>\n{}</body>\n</html>\n",
        footer(figures)
    )
}

fn footer(figures: &Figures) -> String {
    format!(
        "<footer><p>Made on {} by <code>modctl report</code>. Counted from the comments that are kept and their histories: what \
         retention or an erasure removed counts no more. Comments that another system had decided count by its moderators’ \
         decisions alone.</p></footer>\n",
        day(figures.made)
    )
}

fn day(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests;
