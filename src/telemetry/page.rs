//! The metrics as text, in the format that the reader asks for.

/// A format of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0, which Prometheus asks for.
    OpenMetrics,
    /// The text format 0.0.4 of Prometheus, for everybody else.
    Plain,
}

impl Format {
    /// What the `Accept` header of a request asks for.
    pub fn accepted(header: &str) -> Self {
        if header.contains("application/openmetrics-text") { Self::OpenMetrics } else { Self::Plain }
    }

    /// The `Content-Type` of the page.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Plain => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// The older format from the newer: a counter's family has the name of its samples there, and there are neither units
/// nor an end.
pub(super) fn plain(open_metrics: &str) -> String {
    let mut page = String::with_capacity(open_metrics.len());
    let mut lines = open_metrics.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(comment) = line.strip_prefix("# ") else {
            page.extend([line, "\n"]);
            continue;
        };
        let Some((kind @ ("HELP" | "TYPE"), rest)) = comment.split_once(' ') else { continue };
        let (family, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let declared = if kind == "TYPE" { line } else { lines.peek().copied().unwrap_or_default() };
        let suffix = if declared.ends_with(" counter") { "_total" } else { "" };
        page.extend(["# ", kind, " ", family, suffix, " ", rest, "\n"]);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_named_as_its_samples_are() {
        let open = "# HELP calls Calls that ended.\n# TYPE calls counter\ncalls_total{code=\"OK\"} 3\n\
                    # HELP age_seconds Age.\n# TYPE age_seconds gauge\n# UNIT age_seconds seconds\nage_seconds 2.5\n# EOF\n";
        let expected = "# HELP calls_total Calls that ended.\n# TYPE calls_total counter\ncalls_total{code=\"OK\"} 3\n\
                        # HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 2.5\n";
        assert_eq!(plain(open), expected);
    }
}
