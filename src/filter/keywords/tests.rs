//! The lists as a whole: disguises that must be found, words that must be left alone.

use proptest::prelude::*;

use super::*;
use crate::domain::Draft;

fn listed(words: &[&str]) -> Arc<[ListedWord]> {
    words.iter().map(|word| ListedWord::new(word).unwrap()).collect()
}

fn list(words: &[&str]) -> WordList {
    WordList {
        rule: Rule::scoring("test", 2.0),
        class: "custom".into(),
        cap: 5.0,
        words: listed(words),
        exact: listed(&[]),
        loose: true,
        disguised: false,
        allow: listed(&[]),
        starter: false,
    }
}

fn find(lists: Vec<WordList>, text: &str) -> Vec<Finding> {
    let draft = Draft { text: text.into(), ..Draft::default() };
    let mut findings = Vec::new();
    Keywords::new(lists, 12.0).inspect(&Prepared::new(&draft), &Evidence::default(), &mut findings);
    for span in findings.iter().flat_map(|finding| &finding.spans) {
        assert!(span.of(text).is_some_and(|part| !part.is_empty()), "{text:?} {span:?}");
    }
    findings
}

fn spans(lists: Vec<WordList>, text: &str) -> Vec<String> {
    let findings = find(lists, text);
    findings.iter().flat_map(|finding| &finding.spans).map(|span| span.of(text).unwrap().to_owned()).collect()
}

#[test]
fn words_phrases_parts_and_signs_are_found_where_they_stand() {
    let words = &["frob", "blue moon", "*zork*", "pre*", "🖕", "8===d", "天安门"];
    let text = "A Frob saw the BLUE  moon; megazorking prefix 🖕 and 8===D 在天安门前. Unpre!";
    let expected = ["Frob", "BLUE  moon", "zork", "pre", "🖕", "8===D", "天安门"];
    assert_eq!(spans(vec![list(words)], text), expected);
}

#[test]
fn inflections_count_and_other_words_do_not() {
    let text = "frobs frobbing frobbed frobber frobs' frobland afrob";
    assert_eq!(spans(vec![list(&["frob"])], text), ["frobs", "frobbing", "frobbed", "frobber", "frobs"]);
    let exact = WordList { exact: listed(&["frob"]), ..list(&[]) };
    assert_eq!(spans(vec![exact], "frob frobs frobbing fr0b"), ["frob", "fr0b"]);
}

#[test]
fn an_allowed_phrase_wins_over_every_list() {
    let allow = WordList { allow: listed(&["tit for tat", "scunthorpe"]), ..list(&[]) };
    let lists = vec![list(&["tit", "*cunt*"]), allow];
    assert_eq!(spans(lists, "Tit for tat in Scunthorpe, you tit and cunt"), ["tit", "cunt"]);
}

#[test]
fn each_different_word_adds_points_up_to_the_cap() {
    let weight = |text: &str| find(vec![list(&["one", "two", "three"])], text)[0].weight;
    assert_eq!(weight("one one one"), 2.0);
    assert_eq!(weight("one two"), 4.0);
    assert_eq!(weight("one two three"), 5.0);
}

#[test]
fn starter_lists_share_their_cap_and_the_sites_own_do_not() {
    let starter = |name: &str, word: &str| WordList {
        rule: Rule::scoring(name, 9.0),
        cap: 9.0,
        starter: true,
        ..list(&[word])
    };
    let lists = vec![starter("a", "one"), starter("b", "two"), list(&["three"])];
    let weights: Vec<f64> = find(lists, "one two three").iter().map(|finding| finding.weight).collect();
    assert_eq!(weights, [9.0, 3.0, 2.0]);
}

#[test]
fn a_message_names_the_word_and_how_it_was_written() {
    let findings = find(vec![list(&["frobnik"])], "what a f r o b n i k");
    assert_eq!(findings[0].message, "test (custom): \"frobnik\" written \"f r o b n i k\" (written apart).");
}

/// Letters and what is written for them.
const CYRILLIC: (&str, &str) = ("aceopxyis", "асеорхуіѕ");
const ACCENTS: (&str, &str) = ("aeioucn", "áêïöüçñ");
const SMALL_CAPITALS: (&str, &str) = ("abcdefghiklmnoprstuw", "ᴀʙᴄᴅᴇꜰɢʜɪᴋʟᴍɴᴏᴘʀꜱᴛᴜᴡ");
const LEET: (&str, &str) = ("aeosti", "430571");
const SIGNS: (&str, &str) = ("asi", "@$!");

fn written((from, to): (&str, &str), letter: char) -> char {
    from.chars().zip(to.chars()).find(|(plain, _)| *plain == letter).map_or(letter, |(_, other)| other)
}

/// Ways to write a word so that a plain list misses it.
fn disguises(word: &str) -> Vec<(&'static str, String)> {
    let map = |table| word.chars().map(|letter| written(table, letter)).collect::<String>();
    let from = |first: u32| {
        let other = |letter: char| char::from_u32(first + letter as u32 - 'a' as u32).unwrap();
        word.chars().map(other).collect::<String>()
    };
    let join = |word: &str, between: &str| word.chars().map(String::from).collect::<Vec<_>>().join(between);
    let vowel = word.find(['a', 'e', 'i', 'o', 'u']).expect("these words have vowels");
    vec![
        ("zero-width", join(word, "\u{200b}")),
        ("soft hyphens", join(word, "\u{ad}")),
        ("spaced", join(word, " ")),
        ("dotted", join(word, ".")),
        ("hyphens", join(word, "-")),
        ("stars between", join(word, "*")),
        ("underscores", join(word, "_")),
        ("commas", join(word, ", ")),
        ("one a line", join(word, "\n")),
        ("pictures between", join(word, "🔥")),
        ("capitals", word.to_uppercase()),
        ("stretched", word.chars().flat_map(|letter| [letter; 3]).collect()),
        ("drawn out", [&word[..vowel], &word[vowel..=vowel].repeat(4), &word[vowel + 1..]].concat()),
        ("Zalgo", word.chars().flat_map(|letter| [letter, '\u{336}', '\u{301}', '\u{35f}']).collect()),
        ("full-width", from(0xFF41)),
        ("mathematical", from(0x1D4EA)),
        ("circled", from(0x24D0)),
        ("flags", join(&from(0x1F1E6), " ")),
        ("small capitals", map(SMALL_CAPITALS)),
        ("Cyrillic", map(CYRILLIC)),
        ("Cyrillic and spaced", join(&map(CYRILLIC), " ")),
        ("accents", map(ACCENTS)),
        ("leet", map(LEET)),
        ("leet and spaced", join(&map(LEET), " ")),
        ("signs", map(SIGNS)),
    ]
}

#[test]
fn nearly_every_disguise_of_a_listed_word_is_found() {
    let words =
        ["wanker", "bastard", "asshole", "bitch", "slut", "idiot", "moron", "pissed", "nonce", "scumbag"];
    let mut missed = Vec::new();
    let mut all = 0;
    for word in words {
        for (how, disguise) in disguises(word) {
            for text in [format!("you are a {disguise} indeed"), disguise.clone()] {
                all += 1;
                if find(vec![list(&[word])], &text).is_empty() {
                    missed.push(format!("{how}: {text}"));
                }
            }
        }
    }
    assert!(missed.len() * 50 <= all, "{} of {all} missed: {missed:#?}", missed.len());
}

#[test]
fn what_is_listed_or_flown_by_the_letter_is_left_alone() {
    let lists = || vec![list(&["wanker", "bitch", "arse", "tits", "*fuck*", "nazi", "dildo"])];
    for text in [
        "Answers: a, b, r, s, e, then t",
        "a\nr\nt\ns",
        "Grades this term: B, I, C, H",
        "🇩🇪🇫🇷🇮🇹 🇦🇹 and 🇺🇦🇺🇦",
        "A. R. Setter",
        "the US, UK, B, I. T. and C. H. offices",
        "a 🔥 r 🔥 e",
        "Plan B: I take C. He stays!",
    ] {
        assert_eq!(spans(lists(), text), Vec::<String>::new(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_span_off_its_boundaries(text in any::<String>(), word in "[a-z]{3,6}") {
        let mixed = format!("{text}{word}{text} {word}");
        let found = find(vec![list(&["*abc*", &word, "a b"])], &mixed);
        prop_assert!(!found.is_empty() || text.ends_with(char::is_alphanumeric) || !text.is_ascii());
    }

    #[test]
    fn text_like_evasion_never_breaks_it(text in "[abfuck*@$!.()\\[\\]|/\\\\ _\u{200b}\u{301}сіѕ🇫0-9-]{0,60}") {
        find(vec![list(&["fuck", "*buck*", "a b c", "cab"])], &text);
    }
}

#[test]
fn a_list_may_count_words_only_where_they_are_hidden() {
    let names = WordList { disguised: true, ..list(&["whatsapp", "telegram"]) };
    for text in [
        "Write me on WhatsApp or Telegram",
        "What's App",
        "Whats-App, Tele-gram",
        "teleegram",
        "@telegram",
        "#telegram!",
    ] {
        assert_eq!(spans(vec![names.clone()], text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        spans(vec![names], "on t€legr@m, via W h a t s A p p or wh*tsapp"),
        ["t€legr@m", "W h a t s A p p", "wh*tsapp"]
    );
}
