//! WordPress eXtended RSS: posts, each with its comments.

use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use super::entries::{Comments, Entry, LeftOut};
use super::html::plain;
use super::rest;
use super::row::Row;
use super::source::Input;
use super::xml::{Element, Part, Xml};

/// Types that are comments of readers.
const TYPES: [&str; 3] = ["", "comment", "review"];

/// How WordPress writes that a time is not known.
const NO_DATE: &str = "0000-00-00 00:00:00";

/// An export of WordPress.
pub struct Wordpress {
    xml: Xml,
    /// What is known of the post that is being read.
    post: Option<Map<String, Value>>,
}

impl Wordpress {
    /// Begins at the beginning.
    pub fn new(input: Input) -> Self {
        Self { xml: Xml::new(input), post: None }
    }

    fn about_post(&mut self, element: Element) -> Result<(), String> {
        if key_of(&element).is_some() {
            let element = self.xml.whole(element)?;
            self.post.iter_mut().for_each(|post| keep(post, &element));
        }
        Ok(())
    }
}

/// Which of a thread's fields an element of a post tells.
fn key_of(element: &Element) -> Option<&'static str> {
    Some(match element.name.as_str() {
        "title" => "title",
        "link" => "url",
        "wp:post_id" | "dsq:thread_identifier" => "id",
        "category" if element.attribute("domain") == "category" => "section",
        _ => return None,
    })
}

/// Adds what an element of a post tells to what is known of its thread.
pub fn keep(thread: &mut Map<String, Value>, element: &Element) {
    let Some(key) = key_of(element) else { return };
    let value = if key == "section" { element.attribute("nicename") } else { element.text.trim() };
    let value = Value::String(value.to_owned());
    if value == "" {
        return;
    }
    // The portal's own name for the page goes before WordPress' number for it; the first category stands for the section.
    if element.name == "dsq:thread_identifier" {
        thread.insert(key.to_owned(), value);
    } else {
        thread.entry(key).or_insert(value);
    }
}

impl Comments for Wordpress {
    fn next(&mut self) -> Result<Option<Entry>, String> {
        loop {
            match self.xml.next()? {
                Part::Start(element) if element.name == "item" => self.post = Some(Map::new()),
                Part::Start(element) if element.name == "wp:comment" => {
                    let line = self.xml.line();
                    let comment = self.xml.whole(element)?;
                    let thread = self.post.clone().unwrap_or_default();
                    return Ok(Some(Entry { line, row: row(&comment, thread) }));
                }
                Part::Start(element) if self.post.is_some() => self.about_post(element)?,
                Part::End(name) if name == "item" => self.post = None,
                Part::Start(_) | Part::End(_) | Part::Other => {}
                Part::Eof => return Ok(None),
            }
        }
    }

    fn position(&self) -> u64 {
        self.xml.position()
    }
}

fn row(comment: &Element, thread: Map<String, Value>) -> Result<Row, LeftOut> {
    let text = |name: &str| comment.text_of(&format!("wp:comment_{name}"));
    let about = |left_out: LeftOut| left_out.about(text("id"));
    if !TYPES.contains(&text("type")) {
        let kind = format!("{} (no comment of a reader)", text("type"));
        return Err(about(LeftOut::new(&kind, format!("wp:comment_type: it is a {}", text("type")))));
    }
    let row = fields(comment, thread).map_err(about)?;
    Row::with_rest(row, comment.text_of(rest::ELEMENT)).map_err(about)
}

/// What a comment tells, as a row.
pub fn fields(comment: &Element, thread: Map<String, Value>) -> Result<Map<String, Value>, LeftOut> {
    let text = |name: &str| comment.text_of(&format!("wp:comment_{name}"));
    let known = |text: &str| if text == "0" { String::new() } else { text.to_owned() };
    let author = json!({
        "id": known(text("user_id")),
        "display_name": plain(text("author")),
        "email": text("author_email"),
        "url": text("author_url"),
        "ip_address": text("author_IP"),
        "user_agent": text("agent"),
    });
    let row = json!({
        "id": text("id"),
        "parent_id": known(text("parent")),
        "author": author,
        "thread": thread,
        "text": plain(text("content")),
        "state": state(text("approved"))?,
        "create_time": time(text("date_gmt"), text("date"))?,
    });
    let Value::Object(row) = row else { return Err(LeftOut::new("no comment", "it is empty")) };
    Ok(row)
}

fn state(approved: &str) -> Result<&'static str, LeftOut> {
    Ok(match approved {
        "1" | "approve" => "approved",
        "0" | "hold" => "pending",
        "spam" => "spam",
        "trash" => "trash",
        "post-trashed" => return Err(LeftOut::new("its post is in the trash", "its post is in the trash")),
        other => {
            let known = "0, 1, spam, trash or post-trashed";
            return Err(LeftOut::new(
                "a field is wrong",
                format!("wp:comment_approved: `{other}` is none of {known}"),
            ));
        }
    })
}

/// The time in UTC; where WordPress has none, the site's own, as if its clock showed UTC.
fn time(gmt: &str, local: &str) -> Result<Option<String>, LeftOut> {
    let Some(date) = [gmt, local].into_iter().find(|date| !date.is_empty() && *date != NO_DATE) else {
        return Ok(None);
    };
    match DateTime::strptime("%Y-%m-%d %H:%M:%S", date) {
        Ok(time) => Ok(Some(format!("{time}Z"))),
        Err(_) => Err(LeftOut::new(
            "a field is wrong",
            format!("wp:comment_date_gmt: `{date}` is no time as in 2024-05-01 12:00:00"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::proto::v1::CommentState;

    const HEAD: &str = "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>The Bridge</title>\n\
        <item><title>Council &amp; bridge</title><link>https://bridge.example/7</link>\n\
        <category domain='category' nicename='local'><![CDATA[Local]]></category><wp:post_id>7</wp:post_id>\n";

    fn read(comments: &str) -> Vec<Entry> {
        let text = format!("{HEAD}{comments}</item></channel></rss>");
        let mut wordpress = Wordpress::new(Input { bytes: Box::new(Cursor::new(text)), length: None });
        std::iter::from_fn(|| wordpress.next().unwrap()).collect()
    }

    fn comment(fields: &[(&str, &str)]) -> String {
        let usual =
            [("id", "11"), ("content", "Well said."), ("approved", "1"), ("parent", "0"), ("user_id", "0")];
        let of = |&(name, text): &(&str, &str)| {
            format!("<wp:comment_{name}><![CDATA[{text}]]></wp:comment_{name}>")
        };
        let usual = usual.iter().filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
        format!("<wp:comment>{}</wp:comment>\n", usual.chain(fields).map(of).collect::<String>())
    }

    #[test]
    fn a_comment_comes_with_its_post_its_author_and_its_past() {
        let fields = [
            ("author", "Ann &amp; Co"),
            ("author_IP", "192.0.2.1"),
            ("date_gmt", "2021-03-04 05:06:07"),
            ("user_id", "3"),
            ("parent", "9"),
            ("content", "One.\n\n<a href=\"http://x.example\">Two</a>"),
        ];
        let entry = read(&comment(&fields)).remove(0);
        let past = entry.row.unwrap().past;
        let (draft, time) = (past.comment.clone().unwrap(), past.create_time.unwrap());
        let (author, thread) = (draft.author.unwrap(), draft.thread.unwrap());
        assert_eq!((entry.line, time.seconds, past.state()), (4, 1_614_834_367, CommentState::Approved));
        assert_eq!((draft.id.as_str(), draft.parent_id.as_str()), ("11", "9"));
        assert_eq!(draft.text, "One.\n\nTwo (http://x.example)");
        assert_eq!(
            (author.id.as_str(), author.display_name.as_str(), author.ip_address.as_str()),
            ("3", "Ann & Co", "192.0.2.1")
        );
        assert_eq!(
            (thread.id.as_str(), thread.title.as_str(), thread.section.as_str()),
            ("7", "Council & bridge", "local")
        );
    }

    #[test]
    fn states_are_those_of_the_api_and_a_guest_has_no_id() {
        for (approved, state, reason) in [
            ("0", CommentState::Pending, ""),
            ("spam", CommentState::Rejected, "spam"),
            ("trash", CommentState::Rejected, "other"),
        ] {
            let past = read(&comment(&[("approved", approved)])).remove(0).row.unwrap().past;
            assert_eq!(
                (past.state(), past.decision.clone().unwrap_or_default().reason.as_str()),
                (state, reason)
            );
            assert_eq!(past.comment.unwrap().author.unwrap_or_default().id, "");
        }
    }

    #[test]
    fn what_is_left_out_says_the_field_and_the_reason() {
        for (field, why) in [
            (("type", "pingback"), "wp:comment_type: it is a pingback"),
            (("approved", "perhaps"), "wp:comment_approved: `perhaps` is none of"),
            (("approved", "post-trashed"), "trash"),
            (("date_gmt", "yesterday"), "wp:comment_date_gmt: `yesterday` is no time"),
            (("content", ""), "no `text`"),
        ] {
            let left_out = read(&comment(&[field])).remove(0).row.unwrap_err();
            assert!(left_out.why.contains(why) && left_out.comment_id == "11", "{left_out:?}");
        }
    }

    #[test]
    fn comments_of_one_post_know_nothing_of_another() {
        let more =
            format!("{}</item><item><wp:post_id>8</wp:post_id>{}", comment(&[]), comment(&[("id", "12")]));
        let threads: Vec<_> = read(&more)
            .into_iter()
            .map(|entry| entry.row.unwrap().past.comment.unwrap().thread.unwrap())
            .map(|thread| (thread.id, thread.url))
            .collect();
        assert_eq!(threads, [("7".into(), "https://bridge.example/7".into()), ("8".into(), String::new())]);
    }
}
