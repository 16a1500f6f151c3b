//! Disqus' XML export: all threads, then all posts.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::entries::{Comments, Entry, LeftOut};
use super::html::plain;
use super::rest;
use super::row::Row;
use super::source::Input;
use super::xml::{Element, Part, Xml};

/// How Disqus names its ids.
pub const ID: &str = "dsq:id";

/// An export of Disqus.
pub struct Disqus {
    xml: Xml,
    /// Titles by the categories' ids.
    categories: HashMap<String, String>,
    /// By the threads' ids.
    threads: HashMap<String, Value>,
}

impl Disqus {
    /// Begins at the beginning.
    pub fn new(input: Input) -> Self {
        Self { xml: Xml::new(input), categories: HashMap::new(), threads: HashMap::new() }
    }

    fn keep_thread(&mut self, thread: &Element) {
        let id = thread.attribute(ID);
        let category = thread.child("category").map_or("", |category| category.attribute(ID));
        let section = self.categories.get(category).map_or("", String::as_str);
        self.threads.insert(id.to_owned(), about_thread(thread, section));
    }

    fn row(&self, post: &Element) -> Result<Row, LeftOut> {
        let id = post.attribute(ID);
        let about = |left_out: LeftOut| left_out.about(id);
        let named = post.child("thread").map_or("", |thread| thread.attribute(ID));
        let Some(thread) = self.threads.get(named) else {
            let why = format!("thread: the file has no thread `{named}`");
            return Err(about(LeftOut::new("a field is wrong", why)));
        };
        let row = fields(post, thread).map_err(about)?;
        Row::with_rest(row, post.text_of(rest::ELEMENT)).map_err(about)
    }
}

/// What an element tells of a thread.
pub fn about_thread(thread: &Element, section: &str) -> Value {
    // The portal's own name for the page, where Disqus was told one.
    let own = thread.text_of("id");
    json!({
        "id": if own.is_empty() { thread.attribute(ID) } else { own },
        "url": thread.text_of("link"),
        "title": plain(thread.text_of("title")),
        "section": section,
    })
}

/// What a post tells, as a row.
pub fn fields(post: &Element, thread: &Value) -> Result<Map<String, Value>, LeftOut> {
    let row = json!({
        "id": post.attribute(ID),
        "parent_id": post.child("parent").map_or("", |parent| parent.attribute(ID)),
        "author": author(post),
        "thread": thread,
        "text": plain(post.text_of("message")),
        "state": state(post)?,
        "create_time": Some(post.text_of("createdAt")).filter(|time| !time.is_empty()),
    });
    let Value::Object(row) = row else { return Err(LeftOut::new("no comment", "it is empty")) };
    Ok(row)
}

impl Comments for Disqus {
    fn next(&mut self) -> Result<Option<Entry>, String> {
        loop {
            let line = self.xml.line();
            match self.xml.next()? {
                Part::Start(element) => match element.name.as_str() {
                    "category" => {
                        let category = self.xml.whole(element)?;
                        let title = category.text_of("title").to_owned();
                        self.categories.insert(category.attribute(ID).to_owned(), title);
                    }
                    "thread" => {
                        let thread = self.xml.whole(element)?;
                        self.keep_thread(&thread);
                    }
                    "post" => {
                        let post = self.xml.whole(element)?;
                        return Ok(Some(Entry { line, row: self.row(&post) }));
                    }
                    _ => {}
                },
                Part::End(_) | Part::Other => {}
                Part::Eof => return Ok(None),
            }
        }
    }

    fn position(&self) -> u64 {
        self.xml.position()
    }
}

fn author(post: &Element) -> Value {
    let author = post.child("author");
    let text = |name: &str| author.map_or("", |author| author.text_of(name));
    json!({
        // Without a name that only one person has, it is a guest.
        "id": text("username"),
        "display_name": plain(text("name")),
        "email": text("email"),
        "url": text("link"),
        "ip_address": post.text_of("ipAddress"),
    })
}

fn state(post: &Element) -> Result<&'static str, LeftOut> {
    let flag = |name: &str| match post.text_of(name) {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        other => {
            Err(LeftOut::new("a field is wrong", format!("{name}: `{other}` is neither true nor false")))
        }
    };
    let (deleted, spam, approved) = (flag("isDeleted")?, flag("isSpam")?, flag("isApproved")?);
    Ok(match (spam, deleted, approved) {
        (Some(true), ..) => "spam",
        (_, Some(true), _) => "deleted",
        (_, _, Some(false)) => "pending",
        _ => "approved",
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::proto::v1::CommentState;

    const HEAD: &str = "<?xml version='1.0'?>\n<disqus xmlns='http://disqus.com' xmlns:dsq='http://disqus.com/disqus-internals'>\n\
        <category dsq:id='1'><forum>bridge</forum><title>local</title></category>\n\
        <thread dsq:id='20'><id>/council</id><link>https://bridge.example/council</link><category dsq:id='1'/>\
        <title>Council</title></thread>\n\
        <thread dsq:id='21'><id/><title>Other</title></thread>\n";

    fn read(posts: &str) -> Vec<Entry> {
        let text = format!("{HEAD}{posts}</disqus>");
        let mut disqus = Disqus::new(Input { bytes: Box::new(Cursor::new(text)), length: None });
        std::iter::from_fn(|| disqus.next().unwrap()).collect()
    }

    fn post(inner: &str) -> String {
        format!("<post dsq:id='31'><message><![CDATA[<p>Well said.</p>]]></message>{inner}</post>")
    }

    #[test]
    fn a_post_comes_with_its_thread_its_author_and_its_past() {
        let inner = "<createdAt>2021-03-04T05:06:07Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>\
            <author><name>Ann</name><username>ann9</username></author><thread dsq:id='20'/><parent dsq:id='30'/>";
        let entry = read(&post(inner)).remove(0);
        let past = entry.row.unwrap().past;
        assert_eq!((entry.line, past.state()), (6, CommentState::Approved));
        assert_eq!(past.create_time.unwrap().seconds, 1_614_834_367);
        let draft = past.comment.unwrap();
        let (author, thread) = (draft.author.unwrap(), draft.thread.unwrap());
        assert_eq!(
            (draft.id.as_str(), draft.parent_id.as_str(), draft.text.as_str()),
            ("31", "30", "Well said.")
        );
        assert_eq!((author.id.as_str(), author.display_name.as_str()), ("ann9", "Ann"));
        assert_eq!((thread.id.as_str(), thread.section.as_str()), ("/council", "local"));
    }

    #[test]
    fn a_thread_without_a_name_of_the_portal_s_has_that_of_disqus() {
        let draft = read(&post("<thread dsq:id='21'/>")).remove(0).row.unwrap().past.comment.unwrap();
        assert_eq!(draft.thread.unwrap().id, "21");
    }

    #[test]
    fn spam_deleted_and_waiting_posts_are_told_apart() {
        for (flags, state) in [
            ("<isSpam>true</isSpam><isDeleted>true</isDeleted>", CommentState::Rejected),
            ("<isDeleted>true</isDeleted>", CommentState::Withdrawn),
            ("<isApproved>false</isApproved>", CommentState::Pending),
        ] {
            let entry = read(&post(&format!("{flags}<thread dsq:id='20'/>"))).remove(0);
            assert_eq!(entry.row.unwrap().past.state(), state);
        }
    }

    #[test]
    fn what_is_left_out_says_the_field_and_the_reason() {
        for (inner, why) in [
            ("<thread dsq:id='99'/>", "thread: the file has no thread `99`"),
            ("<isSpam>maybe</isSpam><thread dsq:id='20'/>", "isSpam: `maybe`"),
            ("<createdAt>yesterday</createdAt><thread dsq:id='20'/>", "create_time"),
        ] {
            let left_out = read(&post(inner)).remove(0).row.unwrap_err();
            assert!(left_out.why.contains(why) && left_out.comment_id == "31", "{left_out:?}");
        }
    }
}
