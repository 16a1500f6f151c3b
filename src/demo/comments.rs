//! The article and its readers, written for this demonstration.

use crate::proto::v1::{Author, CommentDraft, Thread};

/// The headline that everybody comments on.
pub(super) const ARTICLE: &str = "Council votes to close the river road to cars from June";

/// A reader's comment and what must become of it.
pub(super) struct Sample {
    pub(super) id: &'static str,
    pub(super) author: &'static str,
    pub(super) text: &'static str,
    pub(super) expected: Expected,
}

/// What must become of a comment.
pub(super) enum Expected {
    Published,
    HeldBy(&'static str),
}

impl Sample {
    pub(super) fn draft(&self) -> CommentDraft {
        CommentDraft {
            id: self.id.to_owned(),
            thread: Some(Thread {
                id: "river-road".into(),
                title: ARTICLE.into(),
                section: "local".into(),
                ..Thread::default()
            }),
            author: Some(Author { id: self.author.to_owned(), ..Author::default() }),
            text: self.text.to_owned(),
            ..CommentDraft::default()
        }
    }
}

const fn sample(id: &'static str, author: &'static str, text: &'static str, expected: Expected) -> Sample {
    Sample { id, author, text, expected }
}

use Expected::{HeldBy, Published};

const WAVE: &str = "I work from home two hours a day and made 9000 last month, ask me how";

/// The page under the article.
pub(super) const PAGE: &[Sample] = &[
    sample(
        "clean-1",
        "ines",
        "I cycle there every morning. The two summers of the trial were the first time my kids could ride along.",
        Published,
    ),
    sample(
        "clean-2",
        "marek",
        "Has anyone worked out what this does to the 14 bus? The press release in Scunthorpe style says nothing about it.",
        Published,
    ),
    sample("clean-3", "yuki", "川沿いの道が歩行者のものになるのは嬉しいです。", Published),
    sample("clean-4", "olga", "Наконец-то! Набережная будет для людей.", Published),
    sample(
        "rude-1",
        "dave",
        "The mayor is a fucking idiot and so is everybody who voted for this shit.",
        HeldBy("keywords"),
    ),
    sample("evasion-1", "dave2", "what a bunch of f.u.c.k.i.n.g m0r0ns in that council", HeldBy("keywords")),
    sample(
        "evasion-2",
        "dave3",
        "total \u{ff42}\u{ff55}\u{ff4c}\u{ff4c}\u{ff53}\u{ff48}\u{ff49}\u{ff54} as always",
        HeldBy("keywords"),
    ),
    sample(
        "links-1",
        "bestdeals",
        "Our ride there: http://bikes.example.top/a and https://bikes.example.top/b and www.more-bikes.example.click and bikes-now.example.xyz",
        HeldBy("links"),
    ),
    sample("wave-1", "anna81", WAVE, Published),
    sample("wave-2", "john_t", WAVE, Published),
    sample("wave-3", "lisa.m", WAVE, HeldBy("repeats")),
    sample("wave-4", "kev1n", WAVE, HeldBy("repeats")),
    sample(
        "witness-1",
        "ruth",
        "I was there when the driver shouted \"get off the fucking road\" at a child. That is why I voted yes.",
        HeldBy("keywords"),
    ),
];

/// One author in a hurry.
pub(super) const FLOOD: &[Sample] = &[
    sample("flood-1", "hothead", "Nobody asked us about this.", Published),
    sample("flood-2", "hothead", "Seriously, nobody asked the people who live there.", Published),
    sample("flood-3", "hothead", "And where do we park now?", Published),
    sample("flood-4", "hothead", "Where, I ask you?", Published),
    sample("flood-5", "hothead", "Still no answer about the parking.", Published),
    sample("flood-6", "hothead", "Hello? Parking?", Published),
];
