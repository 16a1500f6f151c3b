//! Names with a bar each, as a list: it can be read without the bars.

use crate::cli::page::html;

/// A name and how much.
pub struct Row {
    /// The name.
    pub name: String,
    /// The bar's length, 0 to 1.
    pub share: f64,
    /// The figure beside it.
    pub told: String,
}

/// One row a name. `class` colours the bars.
pub fn rows(class: &str, rows: &[Row]) -> String {
    // A bar that is too short to be seen is drawn all the same, but not one for nothing.
    let bar = |share: f64| match share.clamp(0.0, 1.0) * 100.0 {
        0.0 => String::new(),
        percent => format!("<span class=\"{class}\" style=\"width:{percent:.1}%\"></span>"),
    };
    let row = |row: &Row| {
        format!(
            "<li><span class=\"name\">{}</span><span class=\"bar\">{}</span><span class=\"told\">{}</span></li>\n",
            html::text(&row.name),
            bar(row.share),
            html::text(&row.told)
        )
    };
    format!("<ul class=\"rows\">\n{}</ul>\n", rows.iter().map(row).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_bar() {
        let row = |share| Row { name: "a".into(), share, told: String::new() };
        assert!(rows("held", &[row(0.001)]).contains("width:0.1%"));
        assert!(!rows("held", &[row(0.0)]).contains("width"));
    }
}
