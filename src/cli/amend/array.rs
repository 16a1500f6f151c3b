//! Lists of texts in a policy, changed without disturbing what stands around them.
//!
//! A comment behind an element belongs, for the parser, to what follows the comma. Here it goes with its element.

use toml_edit::{Array, RawString, Value};

/// Puts a text at the end, on a line of its own where the others have one.
pub fn append(array: &mut Array, text: &str) {
    let mut value = Value::from(text);
    let mut trailing = raw(Some(array.trailing()));
    if let Some(last) = array.len().checked_sub(1).and_then(|last| array.get_mut(last)) {
        // Without a comma behind it, the last element keeps what follows for itself.
        trailing.insert_str(0, &raw(last.decor().suffix()));
        last.decor_mut().set_suffix("");
    }
    let last = array.len().checked_sub(1).and_then(|last| array.get(last));
    let last = last.map(|last| raw(last.decor().prefix()));
    let own_line =
        last.as_deref().and_then(|prefix| prefix.rsplit_once('\n')).map(|(_, indent)| indent.to_owned());
    match (own_line, last) {
        (Some(indent), _) => {
            let (behind, below) = split(&trailing);
            value.decor_mut().set_prefix(format!("{behind}\n{indent}"));
            let below = if below.is_empty() { "\n" } else { below };
            array.set_trailing(below.to_owned());
            array.set_trailing_comma(true);
        }
        (None, Some(_)) => value.decor_mut().set_prefix(" "),
        (None, None) => {}
    }
    array.push_formatted(value);
}

/// Takes a text out, with the comment behind it.
pub fn remove(array: &mut Array, text: &str) -> Option<()> {
    let place = array.iter().position(|value| value.as_str() == Some(text))?;
    let was_last = place + 1 == array.len();
    let removed = raw(array.remove(place).decor().prefix());
    let (before, _) = split(&removed);
    if was_last && !array.trailing_comma() && !raw(Some(array.trailing())).contains('\n') {
        return Some(());
    }
    if let Some(next) = array.get_mut(place) {
        let prefix = raw(next.decor().prefix());
        let prefix = match prefix.find('\n') {
            Some(_) => format!("{before}{}", split(&prefix).1),
            None if place == 0 => removed,
            None => prefix,
        };
        next.decor_mut().set_prefix(prefix);
    } else {
        let trailing = raw(Some(array.trailing()));
        array.set_trailing(format!("{before}{}", split(&trailing).1));
    }
    Some(())
}

/// Writes another text in a text's place.
pub fn replace(array: &mut Array, text: &str, other: &str) -> Option<()> {
    let value = array.iter_mut().find(|value| value.as_str() == Some(text))?;
    let decor = value.decor().clone();
    *value = Value::from(other);
    *value.decor_mut() = decor;
    Some(())
}

/// What stands behind the comma on its line, and everything from the line's end on.
fn split(prefix: &str) -> (&str, &str) {
    prefix.split_at(prefix.find('\n').unwrap_or(prefix.len()))
}

fn raw(text: Option<&RawString>) -> String {
    text.and_then(RawString::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn changed(source: &str, change: impl FnOnce(&mut Array)) -> String {
        let mut document: DocumentMut = source.parse().unwrap();
        change(document["a"].as_array_mut().unwrap());
        document.to_string()
    }

    const TALL: &str = "a = [\n  \"x\",  # of x\n  \"y\", # of y\n  # above z\n  \"z\", # of z\n] # end\n";

    #[test]
    fn a_text_is_taken_out_of_a_line() {
        let without =
            |text: &str| changed("a = [\"x\", \"y\", \"z\"]\n", |array| remove(array, text).unwrap());
        assert_eq!(without("x"), "a = [\"y\", \"z\"]\n");
        assert_eq!(without("y"), "a = [\"x\", \"z\"]\n");
        assert_eq!(without("z"), "a = [\"x\", \"y\"]\n");
    }

    #[test]
    fn a_text_is_taken_out_with_the_comment_behind_it_and_no_other() {
        let without = |text: &str| changed(TALL, |array| remove(array, text).unwrap());
        assert_eq!(without("x"), TALL.replace("  \"x\",  # of x\n", ""));
        assert_eq!(without("y"), TALL.replace("  \"y\", # of y\n", ""));
        assert_eq!(without("z"), "a = [\n  \"x\",  # of x\n  \"y\", # of y\n] # end\n");
    }

    #[test]
    fn a_text_comes_to_the_end_as_the_others_stand() {
        assert_eq!(changed("a = []", |array| append(array, "n")), "a = [\"n\"]\n");
        assert_eq!(changed("a = [\"x\"]", |array| append(array, "n")), "a = [\"x\", \"n\"]\n");
        assert_eq!(changed(TALL, |array| append(array, "n")), TALL.replace("] # end", "  \"n\",\n] # end"));
        assert_eq!(
            changed("a = [\n  \"x\" # of x\n]", |array| append(array, "n")),
            "a = [\n  \"x\", # of x\n  \"n\",\n]\n"
        );
    }

    #[test]
    fn a_text_is_written_over_where_it_stands() {
        assert_eq!(changed(TALL, |array| replace(array, "y", "n").unwrap()), TALL.replace("\"y\"", "\"n\""));
    }
}
