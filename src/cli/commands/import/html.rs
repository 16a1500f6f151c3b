//! Comments that were written as HTML, as plain text: what a reader saw.

use quick_xml::escape::{resolve_html5_entity, unescape_with};

/// Tags that begin on a line of their own.
const BLOCKS: [&str; 8] = ["p", "br", "div", "li", "blockquote", "pre", "ul", "ol"];

/// The text of a piece of HTML. A link that does not name where it leads to has its address behind it, since that is
/// what moderators and filters look at.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut link: Option<(usize, String)> = None;
    let mut rest = html;
    while let Some((before, tag, after)) = next_tag(rest) {
        text.push_str(&unescaped(before));
        rest = after;
        let name = name_of(tag);
        if name == "a" && !tag.starts_with('/') {
            link = address_of(tag).map(|address| (text.len(), address));
        } else if name == "a" {
            if let Some((start, address)) = link.take() {
                close_link(&mut text, start, &address);
            }
        } else if BLOCKS.contains(&name.as_str()) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text.push_str(&unescaped(rest));
    text.trim().to_owned()
}

/// What stands before the next tag, the tag without its brackets, and what stands behind. A `<` that no letter or slash
/// follows is text.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let opens =
        |at: usize| html[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let start = html.match_indices('<').map(|(at, _)| at).find(|&at| opens(at))?;
    let end = start + html[start..].find('>')?;
    Some((&html[..start], &html[start + 1..end], &html[end + 1..]))
}

fn name_of(tag: &str) -> String {
    let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    name.to_ascii_lowercase()
}

fn address_of(tag: &str) -> Option<String> {
    let start = tag.to_ascii_lowercase().find("href=")? + 5;
    let value = &tag[start..];
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let address = match quote {
        Some(quote) => value[1..].split(quote).next(),
        None => value.split([' ', '/']).next(),
    };
    address.map(unescaped).filter(|address| !address.is_empty())
}

fn close_link(text: &mut String, start: usize, address: &str) {
    let shown = text[start..].trim();
    // Disqus and WordPress shorten long addresses to their beginning and dots.
    let beginning = shown.trim_end_matches('…').trim_end_matches("...");
    let named = address.contains(beginning) && !beginning.is_empty() && beginning.contains('.');
    if shown.is_empty() || (named && beginning.len() < shown.len()) {
        text.truncate(start);
        text.push_str(address);
    } else if !named {
        text.push_str(&format!(" ({address})"));
    }
}

/// An ampersand that begins no reference is one.
fn unescaped(text: &str) -> String {
    match unescape_with(text, resolve_html5_entity) {
        Ok(text) => text.into_owned(),
        Err(_) => text.split_inclusive(';').map(one_by_one).collect(),
    }
}

fn one_by_one(part: &str) -> String {
    let start = part.rfind('&').unwrap_or(part.len());
    let (before, reference) = part.split_at(start);
    let known = unescape_with(reference, resolve_html5_entity).ok();
    before.to_owned() + &known.map_or_else(|| reference.to_owned(), |known| known.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_lines_and_references_are_characters() {
        assert_eq!(
            plain("<p>One &amp; two.</p><p>Three&nbsp;four<br />five</p>"),
            "One & two.\nThree\u{a0}four\nfive"
        );
        assert_eq!(plain("a < b & c; &lt;b&gt; &bogus; &#8364;"), "a < b & c; <b> &bogus; €");
    }

    #[test]
    fn a_link_tells_where_it_leads() {
        assert_eq!(
            plain(r#"<a href="http://x.example/?a=1&amp;b=2" rel="nofollow">here</a>!"#),
            "here (http://x.example/?a=1&b=2)!"
        );
        assert_eq!(
            plain(r#"<a href='http://x.example/long/path'>http://x.example/lo...</a>"#),
            "http://x.example/long/path"
        );
        assert_eq!(plain(r#"<a href="http://x.example">x.example</a>"#), "x.example");
        assert_eq!(plain(r#"<A HREF="http://x.example"></A>"#), "http://x.example");
    }

    #[test]
    fn what_is_broken_is_text() {
        for (html, text) in
            [("a <b", "a <b"), ("<3 you", "<3 you"), ("</a> x", "x"), ("&", "&"), ("<a href=", "<a href=")]
        {
            assert_eq!(plain(html), text);
        }
    }
}
