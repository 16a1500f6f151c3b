//! What it costs to prepare a comment and judge it: all filters of the default policy, and keyword lists of two sizes.
//!
//! `cargo bench --bench verdict`

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use modqueue::domain::{Draft, Evidence};
use modqueue::filter::Prepared;
use modqueue::policy::Policy;

/// 300 bytes of an ordinary comment.
const ASCII: &str = "I read the whole piece twice and I still don't see how the council wants to pay for it. \
    The bridge was closed for most of last summer, the shops on our side lost a third of their trade, and now \
    they tell us it'll happen again in May (see page 14 of the plan). Couldn't they do the repairs by night? Odd.";

/// 300 bytes with accents, typographic quotes, another script and pictures.
const UNICODE: &str = "J’ai lu l’article deux fois et je ne vois toujours pas comment la mairie compte payer — le pont \
    était fermé presque tout l’été dernier, les commerçants du côté gauche ont perdu un tiers… Как же так? \
    Это повторится в мае 😕👎 Wäre es nicht möglich, nachts zu arbeiten?";

fn draft(text: &str) -> Draft {
    Draft { text: text.into(), ..Draft::default() }
}

/// A policy with `count` words of its own, pronounceable and none of them in the texts.
fn with_words(count: usize) -> Policy {
    let mut source = String::from("[[keywords]]\nname = \"own\"\nwords = [");
    for number in 0..count {
        let mut word = String::from("zq");
        let mut rest = number;
        for _ in 0..4 {
            word.push(char::from(b"bdfgklmnprst"[rest % 12]));
            rest /= 12;
            word.push(char::from(b"aeiou"[rest % 5]));
            rest /= 5;
        }
        let _ = write!(source, "\"{word}\",");
    }
    source.push(']');
    Policy::compile(&source, 1).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

fn judge(policy: &Policy, draft: &Draft) {
    let prepared = Prepared::new(black_box(draft));
    black_box(policy.judge(&prepared, &Evidence::default()));
}

fn verdict(criterion: &mut Criterion) {
    let policy = with_words(0);
    let written = Policy::compile("learned = false", 1).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    for (name, text) in [("ascii", ASCII), ("unicode", UNICODE)] {
        let draft = draft(text);
        criterion.bench_function(&format!("prepare/{name}"), |bench| {
            bench.iter(|| black_box(Prepared::new(black_box(&draft))).fingerprints().len());
        });
        criterion.bench_function(&format!("verdict/{name}"), |bench| bench.iter(|| judge(&policy, &draft)));
        criterion.bench_function(&format!("verdict/{name}, nothing learned"), |bench| {
            bench.iter(|| judge(&written, &draft));
        });
    }
    let ascii = draft(ASCII);
    for count in [1_000, 100_000] {
        let policy = with_words(count);
        criterion.bench_function(&format!("verdict/{count} keywords"), |bench| {
            bench.iter(|| judge(&policy, &ascii));
        });
    }
    criterion.bench_function("compile/default policy", |bench| bench.iter(|| Policy::compile("", 1).is_ok()));
}

criterion_group!(benches, verdict);
criterion_main!(benches);
