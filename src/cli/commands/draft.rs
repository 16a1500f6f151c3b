//! A comment described by options, for `submit` and `policy test`.

use clap::Args;

use crate::proto::v1::{Author, CommentDraft, Thread};

/// Everything about a comment but its text.
#[derive(Debug, Default, Args)]
pub struct DraftArgs {
    /// The author's id; without one, it is a guest
    #[arg(long, value_name = "ID")]
    pub author: Option<String>,
    /// The name that readers see
    #[arg(long, value_name = "NAME")]
    pub author_name: Option<String>,
    /// The author's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// The author's home page
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The address that the comment was sent from
    #[arg(long, value_name = "ADDRESS")]
    pub ip: Option<String>,
    /// The browser's User-Agent header
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
    /// The thread's id
    #[arg(long, value_name = "ID")]
    pub thread: Option<String>,
    /// Where readers find the thread
    #[arg(long, value_name = "URL")]
    pub thread_url: Option<String>,
    /// The thread's headline
    #[arg(long, value_name = "TEXT")]
    pub thread_title: Option<String>,
    /// The part of the portal that the thread is in
    #[arg(long, value_name = "NAME")]
    pub section: Option<String>,
    /// The id of the comment that this one answers
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// The text's language, as in en or pt-BR
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Seconds between showing the form and sending it
    #[arg(long, value_name = "SECONDS")]
    pub seconds_to_submit: Option<f64>,
    /// A form field that people cannot see was filled in
    #[arg(long)]
    pub honeypot: bool,
    /// A note of the portal's own; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_label)]
    pub label: Vec<(String, String)>,
}

impl DraftArgs {
    /// The draft with this id (empty: none) and text.
    pub fn into_draft(self, id: String, text: String) -> CommentDraft {
        let author = Author {
            id: self.author.unwrap_or_default(),
            display_name: self.author_name.unwrap_or_default(),
            email: self.email.unwrap_or_default(),
            url: self.url.unwrap_or_default(),
            ip_address: self.ip.unwrap_or_default(),
            user_agent: self.user_agent.unwrap_or_default(),
            registered_at: None,
        };
        let thread = Thread {
            id: self.thread.unwrap_or_default(),
            url: self.thread_url.unwrap_or_default(),
            title: self.thread_title.unwrap_or_default(),
            section: self.section.unwrap_or_default(),
        };
        CommentDraft {
            id,
            thread: (thread != Thread::default()).then_some(thread),
            parent_id: self.parent.unwrap_or_default(),
            author: (author != Author::default()).then_some(author),
            text,
            language: self.language.unwrap_or_default(),
            honeypot_filled: self.honeypot,
            seconds_to_submit: self.seconds_to_submit,
            labels: self.label.into_iter().collect(),
        }
    }
}

fn parse_label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write a label as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_left_out_of_the_draft() {
        let draft = DraftArgs::default().into_draft(String::new(), "hi".to_owned());
        assert_eq!(draft, CommentDraft { text: "hi".to_owned(), ..CommentDraft::default() });
    }

    #[test]
    fn a_label_needs_an_equals_sign_and_may_have_more() {
        assert_eq!(parse_label("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(parse_label("ab").is_err());
    }
}
