//! Elements written as XML, and texts as the HTML that other systems keep comments in.

use std::io::{self, Write};

use crate::cli::commands::import::xml::Element;

/// An element with a text.
pub fn text(name: &str, text: impl Into<String>) -> Element {
    Element { name: name.to_owned(), text: text.into(), ..Element::default() }
}

/// An element with others in it.
pub fn around(name: &str, children: Vec<Element>) -> Element {
    Element { name: name.to_owned(), children, ..Element::default() }
}

/// The same with an attribute, as far as one can hold the value.
pub fn with(mut element: Element, name: &str, value: &str) -> Element {
    let value = value.chars().filter(|c| is_held(*c) && !c.is_control());
    element.attributes.insert(name.to_owned(), value.collect());
    element
}

/// A text as HTML. What XML cannot hold becomes a reference, which browsers resolve.
pub fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\0' => html.push(char::REPLACEMENT_CHARACTER),
            _ if is_held(c) => html.push(c),
            _ => html.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    html
}

/// A text that is no HTML, without what XML cannot hold.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| is_held(*c)).collect()
}

/// Whether XML 1.0 can hold a character and gives it back as it was.
fn is_held(c: char) -> bool {
    (!c.is_control() || matches!(c, '\n' | '\t')) && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Writes an element with all that is in it.
pub fn write(out: &mut dyn Write, element: &Element) -> io::Result<()> {
    write!(out, "<{}", element.name)?;
    for (name, value) in &element.attributes {
        write!(out, " {name}=\"{}\"", quick_xml::escape::escape(value))?;
    }
    if element.children.is_empty() && element.text.is_empty() {
        return out.write_all(b"/>\n");
    }
    write!(out, ">{}", characters(&element.text))?;
    if !element.children.is_empty() {
        out.write_all(b"\n")?;
    }
    element.children.iter().try_for_each(|child| write(out, child))?;
    writeln!(out, "</{}>", element.name)
}

/// A text as it is, in a CDATA section where it has to be: readers by patterns, such as one of WordPress' own, know no
/// references.
fn characters(text: &str) -> String {
    if text.contains(['<', '>', '&']) {
        format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &Element) -> String {
        let mut out = vec![];
        write(&mut out, element).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_cannot_end_the_section_that_it_stands_in() {
        assert_eq!(written(&text("a", "x ]]> <b>")), "<a><![CDATA[x ]]]]><![CDATA[> <b>]]></a>\n");
        assert_eq!(written(&text("a", "日本 👍")), "<a>日本 👍</a>\n");
    }

    #[test]
    fn attributes_are_escaped_and_what_is_empty_is_short() {
        let element = with(text("a", ""), "b", "\"<&\u{1}");
        assert_eq!(written(&around("o", vec![element])), "<o>\n<a b=\"&quot;&lt;&amp;\"/>\n</o>\n");
    }

    #[test]
    fn html_holds_what_xml_cannot() {
        assert_eq!(html("a & b\r\n\u{1b}<i> \u{ffff}"), "a &amp; b&#13;\n&#27;&lt;i&gt; &#65535;");
    }
}
