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
    let row = |row: &Row| {
        format!(
            "<li><span class=\"name\">{}</span><span class=\"bar\"><span class=\"{class}\" style=\"width:{:.1}%\"></span></span>\
             <span class=\"told\">{}</span></li>\n",
            html::text(&row.name),
            row.share.clamp(0.0, 1.0) * 100.0,
            html::text(&row.told)
        )
    };
    format!("<ul class=\"rows\">\n{}</ul>\n", rows.iter().map(row).collect::<String>())
}
