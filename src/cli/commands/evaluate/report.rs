//! An evaluation for people.

use super::super::renew::comments;
use super::curve::Stage;
use super::measure::{Evaluation, Figures, Mistake, Table};
use super::tally::Hits;
use crate::cli::harmless::one_line;
use crate::cli::output::screen::STRONG;
use crate::cli::output::table::{Cell, Column, render};
use crate::cli::output::{Screen, judged};

/// Everything, the most telling first.
pub fn report(evaluation: &Evaluation, screen: &Screen) -> String {
    let overall = &evaluation.overall;
    let good = overall.comments - overall.bad;
    let mut drawn = format!("{}: {} bad, {good} good\n", comments(overall.comments), overall.bad);
    drawn.push_str(&format!("judging one took {:.0} µs (median)\n", evaluation.median_microseconds));
    drawn.push_str(&ranks(overall));
    drawn.push_str(&thresholds(evaluation, screen));
    let sections = [
        ("by source", by_source(evaluation, screen)),
        ("by filter", hits(&evaluation.by_filter, screen)),
        ("by rule", hits(&evaluation.by_rule, screen)),
        ("the learned filter, learning as it goes", curve(&evaluation.curve, screen)),
        (
            "good comments that would wait or be rejected, the worst first",
            mistakes(&evaluation.wrongly_found, screen),
        ),
        ("bad comments that were not found, the worst first", mistakes(&evaluation.missed, screen)),
    ];
    for (title, section) in sections.iter().filter(|(_, section)| !section.is_empty()) {
        drawn.push_str(&format!("\n{}\n{section}", screen.paint(STRONG, title)));
    }
    drawn
}

/// How well the score tells bad from good, each figure with its 95 % interval.
fn ranks(overall: &Figures) -> String {
    let area = figure(overall.roc_auc);
    let within = between(overall.roc_auc_interval, figure);
    let recall = percent(overall.recall_at_false_positives);
    let recall_within = between(overall.recall_at_false_positives_interval, percent);
    let threshold =
        overall.its_threshold.map_or(String::new(), |score| format!(", from score {score:.1} on"));
    let false_positives = percent(overall.at_hold.false_positive_rate);
    let false_positives_within = between(overall.at_hold.false_positive_rate_interval, percent);
    format!(
        "area under the ROC curve {area}{within}\n\
         recall at 0.5 % false positives {recall}{recall_within}{threshold}\n\
         good comments held or rejected {false_positives}{false_positives_within}\n\n"
    )
}

fn thresholds(evaluation: &Evaluation, screen: &Screen) -> String {
    let columns = [
        Column::Words("FROM"),
        Column::Figures("BAD FOUND"),
        Column::Figures("MISSED"),
        Column::Figures("GOOD FOUND"),
        Column::Figures("LET BE"),
        Column::Figures("PRECISION"),
        Column::Figures("RECALL"),
        Column::Figures("F1"),
        Column::Figures("MCC"),
    ];
    let row = |name: &str, points: f64, table: &Table| {
        vec![
            Cell::new(format!("{name} {points}")),
            Cell::new(table.true_positives.to_string()),
            Cell::new(table.false_negatives.to_string()),
            Cell::new(table.false_positives.to_string()),
            Cell::new(table.true_negatives.to_string()),
            Cell::new(percent(table.precision)),
            Cell::new(percent(table.recall)),
            Cell::new(figure(table.f1)),
            Cell::new(figure(table.mcc)),
        ]
    };
    let overall = &evaluation.overall;
    let hold = row("hold", evaluation.hold_threshold, &overall.at_hold);
    render(&columns, &[hold, row("reject", evaluation.reject_threshold, &overall.at_reject)], screen)
}

fn by_source(evaluation: &Evaluation, screen: &Screen) -> String {
    let columns = [
        Column::Clipped("SOURCE"),
        Column::Figures("BAD"),
        Column::Figures("GOOD"),
        Column::Figures("AUC"),
        Column::Figures("AT 0.5 %"),
        Column::Figures("PRECISION"),
        Column::Figures("RECALL"),
        Column::Figures("F1"),
    ];
    let row = |(source, figures): (&String, &Figures)| {
        vec![
            Cell::new(source),
            Cell::new(figures.bad.to_string()),
            Cell::new((figures.comments - figures.bad).to_string()),
            Cell::new(figure(figures.roc_auc)),
            Cell::new(percent(figures.recall_at_false_positives)),
            Cell::new(percent(figures.at_hold.precision)),
            Cell::new(percent(figures.at_hold.recall)),
            Cell::new(figure(figures.at_hold.f1)),
        ]
    };
    table(&columns, evaluation.by_source.iter().map(row).collect(), screen)
}

fn hits(hits: &[Hits], screen: &Screen) -> String {
    let columns = [
        Column::Clipped("NAME"),
        Column::Figures("ON BAD"),
        Column::Figures("ON GOOD"),
        Column::Figures("PRECISION"),
        Column::Figures("RECALL"),
        Column::Figures("F1"),
    ];
    let row = |hits: &Hits| {
        vec![
            Cell::new(&hits.name),
            Cell::new(hits.bad.to_string()),
            Cell::new(hits.good.to_string()),
            Cell::new(percent(Some(hits.precision))),
            Cell::new(percent(hits.recall)),
            Cell::new(figure(hits.f1)),
        ]
    };
    table(&columns, hits.iter().map(row).collect(), screen)
}

fn curve(stages: &[Stage], screen: &Screen) -> String {
    let columns = [
        Column::Figures("LEARNED"),
        Column::Figures("PREDICTED"),
        Column::Figures("AUC"),
        Column::Figures("AT 0.5 %"),
        Column::Figures("DECIDED ALONE"),
        Column::Figures("WRONG"),
    ];
    let row = |stage: &Stage| {
        vec![
            Cell::new(stage.learned.to_string()),
            Cell::new(stage.comments.to_string()),
            Cell::new(figure(stage.roc_auc)),
            Cell::new(percent(stage.recall_at_false_positives)),
            Cell::new(stage.decided_alone.to_string()),
            Cell::new(stage.wrong_alone.to_string()),
        ]
    };
    table(&columns, stages.iter().map(row).collect(), screen)
}

fn table(columns: &[Column], rows: Vec<Vec<Cell>>, screen: &Screen) -> String {
    if rows.is_empty() { String::new() } else { render(columns, &rows, screen) }
}

fn mistakes(mistakes: &[Mistake], screen: &Screen) -> String {
    let one = |mistake: &Mistake| {
        let name = screen.paint(STRONG, &one_line(&mistake.id));
        format!("{name}\n{}", judged(&mistake.text, &mistake.verdict, screen))
    };
    mistakes.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// A 95 % interval in brackets.
fn between(interval: Option<(f64, f64)>, shown: fn(Option<f64>) -> String) -> String {
    let bracketed = |(low, high)| format!(" ({} to {})", shown(Some(low)), shown(Some(high)));
    interval.map_or(String::new(), bracketed)
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn figure(figure: Option<f64>) -> String {
    figure.map_or("-".to_owned(), |figure| format!("{figure:.3}"))
}
