//! What holds for the findings of every filter, whatever the text is.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::Policy;
use crate::domain::{Author, Draft, Evidence, Verdict};
use crate::filter::Prepared;

/// A policy in which every filter has something to do.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let source = r#"
        shape = { short = { from = 2, weight = 1.0 }, languages = ["en"] }
        [[keywords]]
        name = "own"
        words = ["frob", "blue moon", "*zork*", "pre*", "天安门", "🖕", "8===d", "хуй"]
        allow = ["frob moon"]
        [[patterns]]
        name = "written"
        pattern = '\b\w+@|\p{Lu}!'
        [[patterns]]
        name = "folded"
        pattern = 'cas[i1]no|\d+ ?€'
        view = "folded"
        [[domains]]
        name = "bets"
        domains = ["*.bet", "example.com"]
    "#;
    Policy::compile(source, 1).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
});

fn judged(text: &str) -> Verdict {
    let author = Author { id: "a".into(), display_name: text.into(), url: text.into(), ..Author::default() };
    let draft = Draft { text: text.into(), author, ..Draft::default() };
    let seen = vec![9; 5];
    POLICY.judge(&Prepared::new(&draft), &Evidence { seen, ..Evidence::default() })
}

fn any_comment() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 .*@$!|(){}<>_/'\\-\u{200b}\u{300}\u{301}сіѕаеΑσüßﬃＡ𝒻鸡🇬🅰\u{202e}ᴜ\n]{0,30}",
        prop::sample::select(vec![
            "fuck",
            "f u c k",
            "s.h.i.t",
            "wan ker",
            "heII",
            "ѕһіт",
            "blue  moon",
            "megazorking",
            "天安门",
            "example dot com",
            "www.exаmple.com/a",
            "me@mail.example.org",
            "192.0.2.7:80/x",
            "+1 (555) 867-5309",
            "👨‍👩‍👧",
            "casi\u{200b}no",
            "!!!!!!!!",
        ])
        .prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn every_finding_points_at_parts_of_the_text_in_order_and_apart(text in any_comment()) {
        for finding in judged(&text).findings {
            let mut end = 0;
            for span in &finding.spans {
                prop_assert!(span.of(&text).is_some_and(|part| !part.is_empty()), "{finding:?}");
                prop_assert!(span.start >= end, "{finding:?}");
                end = span.end;
            }
            prop_assert!(finding.weight.is_finite());
        }
    }

    #[test]
    fn the_same_comment_gets_the_same_verdict(text in any_comment()) {
        prop_assert_eq!(judged(&text), judged(&text));
    }
}

#[test]
fn long_and_hostile_texts_are_judged_like_any_other() {
    let longest = 32 * 1024;
    for piece in [
        "a",
        "A",
        "\u{200b}",
        "\u{301}",
        "f\u{336}\u{301}\u{35f}",
        "f u c k ",
        "a.b/",
        "aa.qq/",
        "://",
        "x@",
        "1 ",
        "* ",
        "f*",
        "🇫",
        "а",
        "aа ",
        "天",
        "\u{202e}",
        "kill ",
        "((",
        "a-",
        "wan ker ",
    ] {
        let text = piece.repeat(longest / piece.len());
        let verdict = judged(&text);
        let spans = verdict.findings.iter().map(|finding| finding.spans.len()).max();
        assert!(spans <= Some(512), "{piece:?}: {spans:?}");
    }
}
