//! What holds for every text, whatever it is.

use proptest::prelude::*;

use super::*;

fn words(text: &str) -> Vec<String> {
    let text = Text::new(text);
    text.words().iter().map(|word| text.word(word).to_owned()).collect()
}

fn readings(text: &str) -> Vec<(Kind, String)> {
    let text = Text::new(text);
    text.readings()
        .iter()
        .map(|reading| (reading.kind, text.readings().letters(reading).to_owned()))
        .collect()
}

#[test]
fn words_fold_and_come_back_to_the_original_bytes() {
    let original = "Ｈello, ｗörld! f\u{200b}ück";
    let text = Text::new(original);
    assert_eq!(text.folded(), "hello, world! fuck");
    let spans: Vec<_> =
        text.words().iter().map(|word| text.span(word.start, word.end).of(original).unwrap()).collect();
    assert_eq!(spans, ["Ｈello", "ｗörld", "f\u{200b}ück"]);
}

#[test]
fn letters_of_another_script_are_folded_only_inside_a_word() {
    assert_eq!(words("fuсk ѕhit"), ["fuck", "shit"]);
    assert_eq!(words("хyй"), ["хуй"]);
    for ordinary in ["сосок", "привет мир", "γεια σου", "日本語テキスト", "tシャツ", "مرحبا", "אבג"]
    {
        assert_eq!(words(ordinary).join(" "), ordinary);
    }
}

#[test]
fn signs_spacing_and_masks_are_read_again() {
    for (text, kind, expected) in [
        ("you $h!t", Kind::Signs, "shit"),
        ("a f()()k", Kind::Signs, "fook"),
        ("f**k it", Kind::Masked, "f**k"),
        ("what a c***", Kind::Masked, "c***"),
        ("f u c k", Kind::Letters, "fuck"),
        ("F_u c_K", Kind::Letters, "fuck"),
        ("s.h.i.t.", Kind::Letters, "shit"),
        ("wan ker", Kind::Fragments, "wanker"),
        ("ass-hat", Kind::Joined, "asshat"),
        ("go to heII", Kind::InnerI, "hell"),
        ("you are a ѕоѕо", Kind::Foreign, "soso"),
    ] {
        let found = readings(text);
        assert!(found.contains(&(kind, expected.into())), "{text}: {found:?}");
    }
}

#[test]
fn ordinary_text_has_no_other_reading() {
    for text in [
        "The quick brown fox jumps over the lazy dog.",
        "I'll be there; he'll come, she'd know. It's fine!",
        "the pen is mightier, push it, but treason",
        "Ça va très bien, merci. Где мой дом?",
        "你好，世界。",
    ] {
        assert_eq!(readings(text), [], "{text}");
    }
}

#[test]
fn a_mark_after_a_character_that_folds_to_several_is_dropped_at_once() {
    let once = Text::new("ŉ\u{94d}").folded().to_owned();
    assert_eq!((once.as_str(), Text::new(&once).folded()), ("ʼn", "ʼn"));
}

#[test]
fn a_mark_that_a_letter_came_apart_into_counts_as_one_typed_by_itself() {
    for original in ["ac\u{f69}", "\u{f69}о", "xа\u{f69}"] {
        let once = Text::new(original).folded().to_owned();
        assert_eq!(Text::new(&once).folded(), once, "{original}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let interesting =
        "[a-zA-Z0-9 .*@$!|(){}<>_/'\\-\u{200b}\u{300}\u{301}сіѕаеΑΗσΣüßﬃＡ𝒻ﷺ鸡🇬🅰\u{202e}\u{900}ᴜк\n]{0,40}";
    prop_oneof![any::<String>(), interesting.prop_map(String::from)]
}

proptest! {
    #[test]
    fn every_span_lies_on_character_boundaries(original in any_text()) {
        let text = Text::new(&original);
        for word in text.words() {
            prop_assert!(text.span(word.start, word.end).of(&original).is_some_and(|part| !part.is_empty()));
        }
        for reading in text.readings().iter() {
            let length = text.readings().letters(reading).len();
            let (start, end) = text.readings().behind(reading, 0, length);
            prop_assert!(text.span(start, end).of(&original).is_some_and(|part| !part.is_empty()));
        }
        for (at, letter) in text.skeleton().char_indices() {
            let (start, end) = text.behind_skeleton(at, at + letter.len_utf8());
            prop_assert!(start < end, "{start} {end} in {:?}", text.skeleton());
        }
    }

    #[test]
    fn folding_twice_changes_nothing(original in any_text()) {
        let once = Text::new(&original).folded().to_owned();
        let twice = Text::new(&once).folded().to_owned();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn words_and_skeleton_agree(original in any_text()) {
        let text = Text::new(&original);
        let expected: Vec<_> = text.words().iter().map(|word| skeleton(text.word(word))).collect();
        let found: Vec<_> = text.skeleton().split_whitespace().map(String::from).collect();
        prop_assert_eq!(found, expected);
        for word in text.words() {
            prop_assert_eq!(word.hash, WordHash::of(text.word(word)));
        }
    }

    #[test]
    fn what_is_read_again_grows_with_the_text_and_no_faster(piece in any_text(), often in 1usize..200) {
        let original = piece.repeat(often);
        let text = Text::new(&original);
        let read: usize = text.readings().iter().map(|reading| text.readings().letters(reading).len()).sum();
        prop_assert!(read <= 100 * (text.folded().len() + 1), "{read} of {}", text.folded().len());
    }
}

#[test]
fn a_mark_with_a_letter_of_its_own_hides_no_borrowed_letter() {
    let once = Text::new("r\u{eb3}\u{430}").folded().to_owned();
    assert_eq!(once, "ra");
    assert_eq!(Text::new(&once).folded(), once);
}
