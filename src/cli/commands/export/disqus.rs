//! The XML that Disqus exports: all threads, then all posts.

use std::io::{self, Write};

use super::markup::{around, html, plain, text, with, write};
use super::shape::{NAMESPACE, is_spam, rest, time, whole};
use super::spool::{Numbered, Ordered};
use crate::cli::commands::import::disqus::{ID, about_thread, fields};
use crate::cli::commands::import::xml::Element;
use crate::proto::v1::{CommentState, ImportCommentsRequest};

const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals""#;

/// How Disqus writes times.
const TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Writes all comments behind all threads.
pub fn write_all(out: &mut dyn Write, mut comments: Ordered, site: &str) -> io::Result<()> {
    let (prefix, address) = NAMESPACE;
    writeln!(out, "{HEAD} {prefix}=\"{address}\">")?;
    let sections = sections(&comments.threads);
    for (place, section) in (1..).zip(&sections) {
        write(out, &category(place, section, site))?;
    }
    for numbered in &comments.threads {
        write(out, &thread(numbered, &sections, site))?;
    }
    for nth in 0..comments.threads.len() {
        let thread = &comments.threads[nth];
        let about =
            about_thread(&self::thread(thread, &sections, site), plain(&thread.thread.section).trim());
        comments.each(nth, |numbered, comment| {
            let comment = whole(comment);
            let mut element = post(&comment, numbered);
            let rest = rest(fields(&element, &about), &comment)?;
            element.children.extend(rest);
            write(out, &element)
        })?;
    }
    out.write_all(b"</disqus>\n")
}

/// The sections of the threads, each once; the empty one is that of threads without.
fn sections(threads: &[Numbered]) -> Vec<String> {
    let mut sections: Vec<_> = threads.iter().map(|numbered| numbered.thread.section.clone()).collect();
    sections.sort();
    sections.dedup();
    sections
}

fn category(place: usize, section: &str, site: &str) -> Element {
    let children = vec![text("forum", site), text("title", plain(section)), text("isDefault", "false")];
    with(around("category", children), ID, &place.to_string())
}

fn thread(numbered: &Numbered, sections: &[String], site: &str) -> Element {
    let thread = &numbered.thread;
    let category = sections.binary_search(&thread.section).map_or(0, |place| place + 1);
    let children = vec![
        text("id", plain(&thread.id)),
        text("forum", site),
        with(text("category", ""), ID, &category.to_string()),
        text("link", plain(&thread.url)),
        text("title", html(&thread.title)),
        text("message", ""),
        text("createdAt", time(Some(numbered.begun), TIME)),
        text("isClosed", "false"),
        text("isDeleted", "false"),
    ];
    with(around("thread", children), ID, &numbered.number.to_string())
}

fn post(comment: &ImportCommentsRequest, numbered: &Numbered) -> Element {
    let draft = comment.comment.clone().unwrap_or_default();
    let author = draft.author.unwrap_or_default();
    let is = |set: bool| if set { "true" } else { "false" };
    let (spam, state) = (is_spam(comment), comment.state());
    let is_waiting = matches!(state, CommentState::Pending | CommentState::Escalated);
    let is_deleted = !spam && matches!(state, CommentState::Rejected | CommentState::Withdrawn);
    let mut children = vec![
        text("id", ""),
        text("message", paragraphs(&draft.text)),
        text("createdAt", time(comment.create_time.map(|time| time.seconds), TIME)),
        text("isDeleted", is(is_deleted)),
        text("isSpam", is(spam)),
        text("isApproved", is(!is_waiting)),
        around(
            "author",
            vec![
                text("email", plain(&author.email)),
                text("name", html(&author.display_name)),
                text("isAnonymous", is(author.id.is_empty())),
                text("username", plain(&author.id)),
            ],
        ),
        text("ipAddress", plain(&author.ip_address)),
        with(text("thread", ""), ID, &numbered.number.to_string()),
    ];
    if !draft.parent_id.is_empty() {
        children.push(with(text("parent", ""), ID, &draft.parent_id));
    }
    with(around("post", children), ID, &draft.id)
}

/// A text as the HTML that Disqus makes of it: a paragraph for what stands between empty lines.
fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|part| format!("<p>{}</p>", html(part).replace('\n', "<br>")));
    paragraphs.collect::<Vec<_>>().join("\n")
}
