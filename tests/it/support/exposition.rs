//! A page of metrics in the text format of Prometheus, read as a scraper reads it.

use std::collections::{BTreeMap, BTreeSet};

/// A page: families with their kinds and help, and samples.
pub struct Exposition {
    pub kinds: BTreeMap<String, String>,
    pub helps: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

/// One line with a number.
#[derive(Debug)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Exposition {
    pub fn read(page: &str) -> Self {
        let (mut kinds, mut helps, mut samples) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for line in page.lines() {
            let comment = |kind| line.strip_prefix(kind).and_then(|rest: &str| rest.split_once(' '));
            if let Some((family, help)) = comment("# HELP ") {
                helps.insert(family.to_owned(), help.to_owned());
            } else if let Some((family, kind)) = comment("# TYPE ") {
                kinds.insert(family.to_owned(), kind.to_owned());
            } else {
                samples.push(sample(line));
            }
        }
        Self { kinds, helps, samples }
    }

    /// The sum of the samples of this name that have all these labels; `None` when there is none.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let mut found = self.samples.iter().filter(|sample| sample.has(name, labels)).peekable();
        found.peek()?;
        Some(found.map(|sample| sample.value).sum())
    }

    /// The names of the samples.
    pub fn names(&self) -> BTreeSet<&str> {
        self.samples.iter().map(|sample| sample.name.as_str()).collect()
    }

    /// The family that a sample belongs to.
    pub fn family<'a>(&self, name: &'a str) -> &'a str {
        let parts = ["_bucket", "_sum", "_count"].into_iter().filter_map(|part| name.strip_suffix(part));
        let mut families =
            parts.filter(|family| self.kinds.get(*family).is_some_and(|kind| kind == "histogram"));
        families.next().unwrap_or(name)
    }
}

impl Sample {
    fn has(&self, name: &str, labels: &[(&str, &str)]) -> bool {
        let has = |&(key, value): &(&str, &str)| self.labels.get(key).is_some_and(|found| found == value);
        self.name == name && labels.iter().all(has)
    }
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line:?}"));
    let (name, labels) =
        series.split_once('{').map_or((series, ""), |(name, rest)| (name, rest.trim_end_matches('}')));
    let label = |pair: &str| {
        let (key, value) = pair.split_once("=\"").unwrap_or_else(|| panic!("no label: {line:?}"));
        (key.to_owned(), value.trim_end_matches('"').to_owned())
    };
    let labels = labels.split("\",").filter(|pair| !pair.is_empty()).map(label).collect();
    Sample {
        name: name.to_owned(),
        labels,
        value: value.parse().unwrap_or_else(|_| panic!("no number: {line:?}")),
    }
}
