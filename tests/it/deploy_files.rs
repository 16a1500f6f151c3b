//! The files under `deploy` that look at metrics name only those that there are.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::metrics::{exercise, page_that};
use crate::support::exposition::Exposition;
use crate::support::server_process::ServerProcess;

fn deployed(name: &str) -> String {
    let checkout = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    std::fs::read_to_string(Path::new(&checkout).join("deploy").join(name)).expect("it is there")
}

/// Names of metrics in an expression.
fn named(expression: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:modqueue|process)_[a-z_]+\b").expect("a pattern");
    name.find_iter(expression).map(|found| found.as_str().to_owned()).collect()
}

/// The expressions in a dashboard, its variables' among them.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if ["expr", "query", "definition"].contains(&key.as_str()) => {
                        found.push(text.clone());
                    }
                    other => expressions(other, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// A page of a server on which everything happened that has a metric of its own; errors of the store, which has none here,
/// are known by their family.
async fn page() -> Exposition {
    let server = ServerProcess::start();
    let _stream = exercise(&server).await;
    page_that(&server, |page| {
        page.value("modqueue_queue_comments", &[]).is_some()
            && page.value("modqueue_model_lessons", &[]).is_some()
    })
}

fn missing<'a>(names: impl Iterator<Item = &'a String>, page: &Exposition) -> Vec<&'a String> {
    let there = page.names();
    names.filter(|name| !there.contains(name.as_str()) && !page.kinds.contains_key(*name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_the_dashboard_and_of_the_alerts_is_there() {
    let dashboard: Value = serde_json::from_str(&deployed("grafana-dashboard.json")).expect("JSON");
    let mut asked = Vec::new();
    expressions(&dashboard, &mut asked);
    assert!(asked.len() > 30, "{}", asked.len());
    let shown: BTreeSet<_> = asked.iter().flat_map(|expression| named(expression)).collect();
    let alerts = deployed("alerts.yml");
    let told = alerts.lines().filter(|line| !line.trim_start().starts_with(['#', '-']));
    let told: BTreeSet<_> = told.flat_map(named).collect();
    assert!(shown.len() > 15 && told.len() > 7, "{shown:?} {told:?}");
    let page = page().await;
    assert_eq!(missing(shown.union(&told), &page), Vec::<&String>::new());
    assert_eq!(missing([&"modqueue_nothing".to_owned()].into_iter(), &page).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_counted_is_on_the_dashboard() {
    let dashboard = deployed("grafana-dashboard.json");
    let page = page().await;
    for name in page.names() {
        let family = page.family(name);
        assert!(dashboard.contains(family), "no panel shows {family}");
    }
}
