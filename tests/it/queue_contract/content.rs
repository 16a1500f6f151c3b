//! What readers and moderators write comes back byte for byte, whatever it is.

use std::collections::BTreeMap;

use modqueue::domain::{
    Action, ActorKind, Author, Decision, Draft, Effect, Finding, Span, State, Thread, Timestamp, Verdict,
};
use modqueue::queue::{Admission, Admitted, ClaimRequest, Note, Revision, Ruling};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    hostile_text_comes_back_to_the_byte,
    every_field_of_a_hostile_draft_comes_back,
    an_empty_draft_comes_back_empty,
    a_verdict_comes_back_to_the_bit,
    the_largest_text_can_be_stored_revised_and_decided,
    ids_of_every_allowed_shape_are_told_apart,
    what_moderators_write_comes_back,
    a_reviewer_of_any_name_holds_the_lease,
];

fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\0",
        "a\0b\0",
        "line\r\nline\n\ttab",
        "\u{202e}desrever\u{202c} \u{2066}isolate\u{2069}",
        "\x1b[31mred\x1b[0m \x07",
        "👩‍👩‍👧‍👦🏳️‍🌈🇺🇳",
        "Z\u{300}\u{301}\u{302}a\u{303}lgo",
        "{site}:key *%s ARGV[1] ']]--\"; DROP TABLE",
        "\u{feff}bom \u{fffd} \u{10ffff} \u{e000}",
        "ﷺ العربية עברית 漢字 ไทย",
        "-1",
        "1e309",
        "nil",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(64 * 1024));
    texts.push("🌉".repeat(16 * 1024));
    texts.push("\0".repeat(64 * 1024));
    texts
}

async fn hostile_text_comes_back_to_the_byte(store: Store) {
    for (index, text) in hostile_texts().into_iter().enumerate() {
        let name = format!("c{index}");
        let sent = Admission { draft: draft(&text), ..admission(&name) };
        assert_eq!(store.stored(sent.clone()).await.draft, sent.draft);
        assert_eq!(store.comment(&name).await.draft.text, text);
        let again = store.admit(sent).await;
        assert!(matches!(again, Admitted::Replayed(_)), "{index}: {again:?}");
    }
    let listed = store.listed(State::Pending, modqueue::queue::Order::OldestFirst).await;
    assert_eq!(listed.len(), hostile_texts().len());
}

fn hostile_draft(text: &str) -> Draft {
    let labels = hostile_texts().into_iter().take(15).map(|text| (format!("key {text}"), text));
    Draft {
        thread: Thread { id: text.into(), url: text.into(), title: text.into(), section: text.into() },
        parent_id: text.into(),
        author: Author {
            id: text.into(),
            display_name: text.into(),
            email: text.into(),
            url: text.into(),
            ip_address: Some("::ffff:192.0.2.1".parse().expect("an address")),
            user_agent: text.into(),
            registered_at: Some(Timestamp(-1)),
        },
        text: text.into(),
        language: text.into(),
        honeypot_filled: true,
        seconds_to_submit: Some(0.1 + 0.2),
        labels: labels.collect::<BTreeMap<_, _>>(),
    }
}

async fn every_field_of_a_hostile_draft_comes_back(store: Store) {
    for (index, text) in hostile_texts().into_iter().take(15).enumerate() {
        let name = format!("c{index}");
        let draft = hostile_draft(&text);
        store.stored(Admission { draft: draft.clone(), ..published(&name) }).await;
        assert_eq!(store.comment(&name).await.draft, draft);
        let event = store.events().await.pop().expect("an event");
        assert_eq!((event.thread_id, event.author_id), (text.clone(), text));
    }
}

async fn an_empty_draft_comes_back_empty(store: Store) {
    store.stored(Admission { draft: Draft::default(), ..admission("a") }).await;
    assert_eq!(store.comment("a").await.draft, Draft::default());
}

async fn a_verdict_comes_back_to_the_bit(store: Store) {
    let effects = [Effect::Shadow, Effect::Score, Effect::Hold, Effect::Reject];
    let weights = [0.1 + 0.2, 0.0, f64::MIN_POSITIVE, -1e300];
    let finding = |(effect, weight): (Effect, f64)| Finding {
        filter: "kéywords\0".into(),
        rule: "röle {x}\n".into(),
        weight,
        effect,
        spans: vec![
            Span { start: 0, end: 1 },
            Span { start: 7, end: 65_536 },
            Span { start: 70_000, end: u32::MAX },
        ],
        message: "\u{202e}a\0b".into(),
    };
    let sent = Verdict {
        action: Action::Hold,
        score: 1.0 / 3.0,
        findings: effects.into_iter().zip(weights).map(finding).collect(),
        finding_count: u32::MAX,
        policy_revision: u64::MAX,
        model_revision: 1 << 53,
        learned_probability: Some(0.125),
    };
    store.stored(Admission { verdict: sent.clone(), ..admission("a") }).await;
    assert_eq!(store.comment("a").await.verdict, sent);
    let bare = Verdict { findings: Vec::new(), finding_count: 0, score: 0.0, ..sent };
    store.stored(Admission { verdict: bare.clone(), ..admission("b") }).await;
    assert_eq!(store.comment("b").await.verdict, bare);
}

async fn the_largest_text_can_be_stored_revised_and_decided(store: Store) {
    let (first, second) = ("a\0é".repeat(16 * 1024), "🌉".repeat(16 * 1024));
    store.stored(Admission { draft: draft(&first), ..admission("a") }).await;
    let edit = Revision { draft: draft(&second), ..revision("a", "") };
    store.queue.revise(&store.site, edit).await.expect("answers").expect("revised");
    let comment = store.decided(approve("a")).await;
    assert_eq!((comment.draft.text, comment.version), (second, 3));
    assert_eq!(store.history("a").await[1].previous_text, first);
}

async fn ids_of_every_allowed_shape_are_told_apart(store: Store) {
    let long = "x".repeat(128);
    let longer_prefix = "x".repeat(127);
    let names =
        ["a", "A", "a:b", "a.b", "a_b", "a-b", "-", ":", ".", "0", "00", "1e5", "nil", &long, &longer_prefix];
    for name in names {
        store.stored(admission(name)).await;
    }
    for name in names {
        assert_eq!(store.comment(name).await.draft.text, format!("text of {name}"));
    }
    let mut listed = store.listed(State::Pending, modqueue::queue::Order::Risk).await;
    let mut expected = ids(&names);
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

async fn what_moderators_write_comes_back(store: Store) {
    for (index, text) in hostile_texts().into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        let decision = Decision {
            reason: text.clone(),
            author_message: text.clone(),
            note: text.clone(),
            actor: text.clone(),
            actor_kind: ActorKind::Moderator,
            ..reject(&name).decision
        };
        let comment = store.decided(Ruling { decision: decision.clone(), ..reject(&name) }).await;
        let expected = Some(Decision { decide_time: comment.update_time, ..decision });
        assert_eq!(store.comment(&name).await.decision, expected);
        assert_eq!(store.events().await.pop().map(|event| event.decision), expected);
        let note = Note { id: id(&name), actor: text.clone(), text: text.clone() };
        store.queue.note(&store.site, note).await.expect("answers").expect("noted");
        let history = store.history(&name).await;
        assert_eq!((&history[1].reason, &history[1].author_message), (&text, &text));
        assert_eq!((&history[2].actor, &history[2].note), (&text, &text));
    }
}

async fn a_reviewer_of_any_name_holds_the_lease(store: Store) {
    let reviewers = ["", " ", "r", "r\0", "\0r", "r\n", "{r}", "r:x", "ｒ", "\u{202e}r"];
    for (index, reviewer) in reviewers.into_iter().enumerate() {
        let name = format!("c{index}");
        store.stored(admission(&name)).await;
        let request = ClaimRequest { candidates: vec![(id(&name), 1)], ..claim(&name, reviewer, &[]) };
        assert_eq!(store.claim(request).await, ids(&[&name]));
        assert_eq!(store.comment(&name).await.claim.expect("held").reviewer, reviewer);
        store.queue.defer(&store.site, reviewer, &id(&name), HOUR).await.expect("defer answers");
        assert_eq!(store.comment(&name).await.claim, None, "{reviewer:?}");
        let deferred = store.queue.deferred(&store.site, reviewer).await.expect("deferred answers");
        assert_eq!(deferred, ids(&[&name]), "{reviewer:?}");
    }
}
