//! Text on its way into a page.

use crate::cli::harmless::one_line;

/// Text from anywhere, as text and nothing else: in an element or between the quotes of an attribute.
pub fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A number with its thousands apart: `1,234,567`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut spelled = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            spelled.push(',');
        }
        spelled.push(digit);
    }
    spelled
}

/// A share: `12 %`, `0.4 %`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// A table behind a chart, for those who would rather read it: the first column names its rows.
pub fn table(summary: &str, titles: &[&str], rows: &[Vec<String>]) -> String {
    let mut table =
        format!("<details><summary>{}</summary><div class=\"scroll\"><table><thead><tr>", text(summary));
    titles.iter().for_each(|title| table.push_str(&format!("<th scope=\"col\">{}</th>", text(title))));
    table.push_str("</tr></thead><tbody>");
    for row in rows {
        table.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let (open, close) = if place == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            table.push_str(&format!("{open}{}{close}", text(cell)));
        }
        table.push_str("</tr>");
    }
    table + "</tbody></table></div></details>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_stranger_wrote_is_markup() {
        let hostile = "</title><script>alert('x')</script> \" onload=\"x\u{202e}\u{1b}[2J";
        let safe = text(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{202e}', '\u{1b}']), "{safe}");
        assert!(safe.contains("&lt;script&gt;"));
        assert!(table("a", &["b"], &[vec![hostile.to_owned()]]).contains("&lt;script&gt;"));
    }

    #[test]
    fn figures_are_spelled_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.004, 0.0996, 0.5, 1.0].map(percent), ["0 %", "0.4 %", "10 %", "50 %", "100 %"]);
    }
}
