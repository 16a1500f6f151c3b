//! What is exported in the shapes of other systems comes in again as it was.

use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use prost_types::Timestamp;

use super::shape::whole;
use super::target::Target;
use crate::cli::commands::import::entries::comments;
use crate::cli::commands::import::format::Format;
use crate::cli::commands::import::source::Input;
use crate::proto::v1::{
    Author, Comment, CommentDraft, CommentState, Decision, ImportCommentsRequest, Thread,
};

const SHAPES: [(Target, Format); 2] =
    [(Target::Wordpress, Format::Wordpress), (Target::Disqus, Format::Disqus)];

/// Bytes that the test keeps a hand on.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn exported(comments: &[Comment], target: Target) -> String {
    let paper = Paper::default();
    let mut sink = target.into_sink(Box::new(paper.clone())).unwrap();
    comments.iter().try_for_each(|comment| sink.take(comment)).unwrap();
    sink.end().unwrap();
    String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
}

/// What an import reads, in the order of the ids.
fn read(text: &str, format: Format) -> Vec<ImportCommentsRequest> {
    let input = Input { bytes: Box::new(Cursor::new(text.to_owned())), length: None };
    let mut file = comments(format, input, text.as_bytes(), &[]).unwrap();
    let rows = std::iter::from_fn(|| file.next().unwrap()).map(|entry| entry.row.unwrap().past);
    let mut rows: Vec<_> = rows.map(plainly).collect();
    rows.sort_by_key(|row| row.comment.as_ref().map(|draft| draft.id.clone()));
    rows
}

/// An author and a thread of whom nothing is told are as good as none.
fn plainly(mut row: ImportCommentsRequest) -> ImportCommentsRequest {
    if let Some(draft) = &mut row.comment {
        draft.author.take_if(|author| *author == Author::default());
        draft.thread.take_if(|thread| *thread == Thread::default());
    }
    row
}

fn comment(id: &str, text: &str) -> Comment {
    let draft = CommentDraft { id: id.into(), text: text.into(), ..CommentDraft::default() };
    let create_time = Some(Timestamp { seconds: 1_614_834_367, nanos: 0 });
    let state = CommentState::Approved.into();
    Comment { id: id.into(), draft: Some(draft), create_time, state, ..Comment::default() }
}

fn with_text(text: &str) -> Comment {
    let mut comment = comment("c:1", text);
    if let Some(draft) = &mut comment.draft {
        draft.author = Some(Author { display_name: text.into(), email: text.into(), ..Author::default() });
        draft.thread =
            Some(Thread { id: "t".into(), title: text.into(), section: text.into(), ..Thread::default() });
        draft.labels = [("label".to_owned(), text.to_owned())].into();
    }
    comment
}

fn in_state(id: &str, state: CommentState, reason: &str, actor: &str) -> Comment {
    let decided = Timestamp { seconds: 1_614_900_000, nanos: 5_000_000 };
    let decision = Decision {
        state: state.into(),
        reason: reason.into(),
        actor: actor.into(),
        note: "second time".into(),
        decide_time: Some(decided),
        ..Decision::default()
    };
    let decision = (!actor.is_empty()).then_some(decision);
    Comment { state: state.into(), decision, ..comment(id, "Remark.") }
}

#[test]
fn every_state_comes_back_with_its_decision() {
    let before = [
        in_state("a", CommentState::Pending, "", ""),
        in_state("b", CommentState::Escalated, "", "mona"),
        in_state("c", CommentState::Approved, "", "mona"),
        in_state("d", CommentState::Rejected, "spam", "mona"),
        in_state("e", CommentState::Rejected, "abuse", "mona"),
        in_state("f", CommentState::Rejected, "", ""),
        in_state("g", CommentState::Withdrawn, "", "ann"),
    ];
    for (target, format) in SHAPES {
        let again = read(&exported(&before, target), format);
        assert_eq!(again, before.clone().map(whole), "{target:?}");
    }
}

#[test]
fn texts_that_a_shape_could_stumble_over_come_back_byte_for_byte() {
    for text in [
        "a ]]> b <![CDATA[ c ]]]]>",
        "</wp:comment_content></message>&lt;&amp;&bogus;&#65;",
        "<p>one</p><br><a href=\"http://x.example\">two</a>",
        "\u{0}\u{1}\u{1b}[2J\u{7f}\u{85}\u{9b}\u{fffe}\u{ffff}",
        "one\r\ntwo\rthree\n\n\n\nfour\n\nfive",
        " space around \n",
        "\u{202e}日本 👍🏽 👩\u{200d}👩\u{200d}👧 \u{feff}",
        "\u{a0}",
        "\t",
    ] {
        for (target, format) in SHAPES {
            let before = with_text(text);
            let again = read(&exported(std::slice::from_ref(&before), target), format);
            assert_eq!(again, [whole(before)], "{target:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_comes_back_byte_for_byte(text in "([ -~]|[\\x00-\\x1f<>&;\\]\\n]|\\PC|.){1,40}") {
        for (target, format) in SHAPES {
            let before = with_text(&text);
            let again = read(&exported(std::slice::from_ref(&before), target), format);
            prop_assert_eq!(again, [whole(before)]);
        }
    }
}

/// A thread of two, in which the answer is listed before what it answers, and a guest without a thread.
fn conversation() -> [Comment; 3] {
    let thread = Thread {
        id: "/council".into(),
        url: "https://p.example/c".into(),
        title: "A & b".into(),
        section: "local".into(),
    };
    let author = Author {
        id: "ann".into(),
        display_name: "Ann <3".into(),
        ip_address: "192.0.2.7".into(),
        ..Author::default()
    };
    let mut question = comment("c-1", "One & two?");
    let mut answer = comment("b-2", "Three.\n\nFour\nfive.");
    for (comment, parent_id, seconds) in [(&mut question, "", 0), (&mut answer, "c-1", 60)] {
        let draft = comment.draft.as_mut().unwrap();
        draft.thread = Some(thread.clone());
        draft.author = Some(author.clone());
        draft.parent_id = parent_id.to_owned();
        comment.create_time.as_mut().unwrap().seconds += seconds;
    }
    [answer, question, comment("guest", "No thread.")]
}

#[test]
fn the_shape_itself_tells_what_other_systems_read() {
    for (target, format) in SHAPES {
        let text = exported(&conversation(), target);
        let told: String =
            text.lines().filter(|line| !line.contains("modqueue:rest")).collect::<Vec<_>>().join("\n");
        let rows = read(&told, format);
        let row = |text: &str| {
            let find = |row: &&ImportCommentsRequest| {
                row.comment.as_ref().is_some_and(|draft| draft.text.contains(text))
            };
            rows.iter().find(find).cloned().expect("the comment")
        };
        let (question, answer) = (row("One & two?"), row("Three.\n\nFour\nfive."));
        assert_eq!(
            (question.state(), question.create_time.unwrap().seconds),
            (CommentState::Approved, 1_614_834_367)
        );
        let (question, answer) = (question.comment.unwrap(), answer.comment.unwrap());
        assert_eq!((answer.parent_id, question.parent_id.as_str()), (question.id, ""), "{target:?}");
        let (author, thread) = (question.author.unwrap(), question.thread.unwrap());
        assert_eq!((author.display_name.as_str(), author.ip_address.as_str()), ("Ann <3", "192.0.2.7"));
        assert_eq!(
            (thread.id.as_str(), thread.url.as_str(), thread.section.as_str()),
            ("/council", "https://p.example/c", "local")
        );
    }
}

#[test]
fn wordpress_gets_numbers_that_answers_follow_and_keeps_those_that_it_gave() {
    let text = exported(&conversation(), Target::Wordpress);
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} in {text}"));
    let number = |text: &str| -> u64 {
        let text = &text[text.rfind("<wp:comment_id>").unwrap() + 15..];
        text[..text.find('<').unwrap()].parse().unwrap()
    };
    assert!(number(&text[..at("One &amp; two?")]) < number(&text[..at("Three.")]));
    let own = exported(&[comment("17", "One."), comment("4", "Two.")], Target::Wordpress);
    assert!(
        own.contains("<wp:comment_id>17<") && own.contains("<wp:comment_id>4<") && !own.contains("\"id\""),
        "{own}"
    );
}
