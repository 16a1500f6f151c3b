//! What is wrong with a policy, and where.

use std::fmt;

/// One mistake in a policy's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Dotted path of the key, such as `keywords[2].weight`; empty when the text is no TOML at all.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

/// Bytes of a mistake's field, or of its message. Some repeat what was written, and a status with much of it fits no header.
const LONGEST: usize = 600;

impl Mistake {
    /// A mistake at byte `offset` of `source`.
    pub fn at(source: &str, offset: usize, field: String, message: String) -> Self {
        let boundary = (0..=offset.min(source.len())).rev().find(|at| source.is_char_boundary(*at));
        let before = &source[..boundary.unwrap_or(0)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            field: shortened(field),
            message: shortened(message),
        }
    }
}

/// The beginning, which names the mistake, and the end, which has the remedy.
fn shortened(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let end_of_first = text.floor_char_boundary(LONGEST * 2 / 3);
    let start_of_last = text.ceil_char_boundary(text.len() - LONGEST / 3);
    format!("{} … {}", &text[..end_of_first], &text[start_of_last..])
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = "a = 1\nb = \"ä\" x";
        let mistake = Mistake::at(source, source.find('x').unwrap(), "b".into(), "m".into());
        assert_eq!((mistake.line, mistake.column), (2, 9));
        assert_eq!(mistake.to_string(), "line 2, column 9: b: m");
    }

    #[test]
    fn what_repeats_a_long_text_of_the_source_has_its_beginning_and_its_end() {
        let message = format!("`{}` is no mode; use pre", "ä".repeat(100_000));
        let told = Mistake::at("", 0, "x".repeat(100_000), message);
        assert!(told.message.starts_with("`ää") && told.message.ends_with("ä` is no mode; use pre"));
        assert!(told.to_string().len() < 2 * LONGEST + 100, "{told}");
    }
}
