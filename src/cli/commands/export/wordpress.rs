//! WordPress eXtended RSS: a post a thread, with its comments. Disqus' importer takes it, too, and knows the threads by
//! `dsq:thread_identifier`.

use std::io::{self, Write};

use serde_json::Map;

use super::markup::{around, html, plain, text, with, write};
use super::shape::{NAMESPACE, is_spam, rest, time, whole};
use super::spool::{Numbered, Ordered};
use crate::cli::commands::import::wordpress::{fields, keep};
use crate::cli::commands::import::xml::Element;
use crate::proto::v1::{Author, CommentState, ImportCommentsRequest};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/""#;

/// How WordPress writes times.
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// Writes all comments, the threads one after the other.
pub fn write_all(out: &mut dyn Write, mut comments: Ordered, site: &str) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let (prefix, address) = NAMESPACE;
    for (name, address) in [
        ("xmlns:wp", "http://wordpress.org/export/1.2/"),
        ("xmlns:dsq", "http://www.disqus.com/"),
        (prefix, address),
    ] {
        write!(out, "\n  {name}=\"{address}\"")?;
    }
    out.write_all(b">\n<channel>\n")?;
    write(out, &text("title", site))?;
    write(out, &text("wp:wxr_version", "1.2"))?;
    for nth in 0..comments.threads.len() {
        let post = post(&comments.threads[nth]);
        let mut thread = Map::new();
        post.iter().for_each(|element| keep(&mut thread, element));
        out.write_all(b"<item>\n")?;
        post.iter().try_for_each(|element| write(out, element))?;
        comments.each(nth, |numbered, comment| {
            let comment = whole(comment);
            let mut element = element(&comment, numbered);
            let rest = rest(fields(&element, thread.clone()), &comment)?;
            element.children.extend(rest);
            write(out, &element)
        })?;
        out.write_all(b"</item>\n")?;
    }
    out.write_all(b"</channel>\n</rss>\n")
}

/// What tells of a thread.
fn post(numbered: &Numbered) -> Vec<Element> {
    let thread = &numbered.thread;
    let begun = time(Some(numbered.begun), TIME);
    let title = if thread.title.is_empty() { &thread.id } else { &thread.title };
    let mut post = vec![
        text("title", plain(title)),
        text("link", plain(&thread.url)),
        text("dsq:thread_identifier", plain(&thread.id)),
        text("content:encoded", ""),
        text("wp:post_id", numbered.number.to_string()),
        text("wp:post_date", &begun),
        text("wp:post_date_gmt", begun),
        text("wp:comment_status", "open"),
        text("wp:status", "publish"),
        text("wp:post_type", "post"),
    ];
    if !thread.section.is_empty() {
        let category = with(text("category", plain(&thread.section)), "domain", "category");
        post.push(with(category, "nicename", &thread.section));
    }
    post
}

fn element(comment: &ImportCommentsRequest, numbered: &Numbered) -> Element {
    let draft = comment.comment.clone().unwrap_or_default();
    let author = draft.author.unwrap_or_default();
    let written = time(comment.create_time.map(|time| time.seconds), TIME);
    let number = |id: &str| numbered.numbers.get(id).copied().unwrap_or_default().to_string();
    let fields = [
        ("id", number(&draft.id)),
        ("author", html(&author.display_name)),
        ("author_email", plain(&author.email)),
        ("author_url", plain(&author.url)),
        ("author_IP", plain(&author.ip_address)),
        ("date", written.clone()),
        ("date_gmt", written),
        ("content", html(&draft.text)),
        ("approved", approved(comment).to_owned()),
        ("type", "comment".to_owned()),
        ("parent", number(&draft.parent_id)),
        ("user_id", user_id(&author)),
    ];
    around(
        "wp:comment",
        fields.into_iter().map(|(name, value)| text(&format!("wp:comment_{name}"), value)).collect(),
    )
}

fn approved(comment: &ImportCommentsRequest) -> &'static str {
    match comment.state() {
        CommentState::Approved => "1",
        CommentState::Rejected if is_spam(comment) => "spam",
        CommentState::Rejected | CommentState::Withdrawn => "trash",
        CommentState::Pending | CommentState::Escalated | CommentState::Unspecified => "0",
    }
}

/// WordPress knows its users by numbers; zero is a guest.
fn user_id(author: &Author) -> String {
    let number = author.id.parse::<u32>().unwrap_or_default();
    number.to_string()
}
