//! Words written apart: `f u c k`, `s.h.i.t`, `wan ker`.
//!
//! Ordinary text is full of neighbours that spell something bad across the gap (`push it`, `the pen
//! is mightier`, `but treason`). So a reading starts and ends where words do, one of its parts must be
//! a fragment that is no common short word, and letters are joined only when none is left over beside them.

use super::super::{Text, Word, fold};
use super::{Kind, Readings};

/// Bytes between two parts.
const WIDEST_GAP: usize = 3;
/// Letters of a fragment.
const LONGEST_FRAGMENT: usize = 3;
/// Parts put together, single letters aside.
const MOST_PARTS: usize = 5;
/// Bytes of all parts together.
const LONGEST: usize = 14;
/// Bytes of the parts beside a fragment of full length, which is half a word already.
const LONGEST_PART: usize = 4;
/// Single letters that make a row.
const FEWEST_LETTERS: usize = 3;
/// The same when something other than a sign or a space stands between them: a new line, a comma, a picture. It has to
/// be the same between each two.
const FEWEST_FAR_LETTERS: usize = 4;
/// Bytes between two single letters.
const WIDEST_LETTER_GAP: usize = 12;
/// Single letters put together; a longer row is taken in halves that overlap.
const MOST_LETTERS: usize = 24;

/// Adds the readings of words written apart.
pub fn read(text: &Text<'_>, readable: &dyn Fn(&Word) -> bool, readings: &mut Readings) {
    let words = text.words();
    let mut at = 0;
    while at < words.len() {
        if (words[at].end - words[at].start) as usize > LONGEST_FRAGMENT.max(4) || !readable(&words[at]) {
            at += 1;
            continue;
        }
        let run = letters_from(text, at);
        for from in (0..run).step_by(MOST_LETTERS / 2) {
            letters(text, at + from, at + run.min(from + MOST_LETTERS), readings);
            if from + MOST_LETTERS >= run {
                break;
            }
        }
        if is_fragment(text, &words[at]) {
            around(text, at, readings);
        }
        at += 1;
    }
}

/// A short word that is none of the common ones.
fn is_fragment(text: &Text<'_>, word: &Word) -> bool {
    let letters = text.word(word);
    let number = word.has(Word::HAS_DIGIT) && !word.has(Word::HAS_LATIN);
    let common = matches!(letters, "a" | "e" | "i" | "o" | "u" | "y") || is_common(letters);
    letters.len() <= LONGEST_FRAGMENT && !word.has(Word::HAS_UNSPACED) && !number && !common
}

fn is_single(text: &Text<'_>, word: &Word) -> bool {
    let bytes = (word.end - word.start) as usize;
    bytes == 1 || bytes <= 4 && text.word(word).chars().nth(1).is_none()
}

/// How many single letters stand in a row from `at`, when the row begins there.
fn letters_from(text: &Text<'_>, at: usize) -> usize {
    let words = text.words();
    let joins = |left: usize| {
        is_single(text, &words[left]) && is_single(text, &words[left + 1]) && beside(text, left)
    };
    if !is_single(text, &words[at]) || at > 0 && joins(at - 1) {
        return 0;
    }
    (at..words.len() - 1).take_while(|left| joins(*left)).count() + 1
}

/// A row of letters: all of it, without a word of one letter at either end, and the parts of it
/// between which the distance changes.
fn letters(text: &Text<'_>, first: usize, end: usize, readings: &mut Readings) {
    let words = text.words();
    let mut add = |first: usize, end: usize| {
        let mut gaps = first..end.saturating_sub(1);
        let far = gaps.clone().any(|left| !near(text, left));
        let even = gaps.all(|left| gap_text(text, left) == gap_text(text, first));
        if end >= first + if far { FEWEST_FAR_LETTERS } else { FEWEST_LETTERS } && (even || !far) {
            push(text, &words[first..end], Kind::Letters, readings);
            push_look_alikes(text, &words[first..end], readings);
        }
    };
    add(first, end);
    let is_word = |at: usize| matches!(text.word(&words[at]), "a" | "e" | "i" | "o" | "u" | "y");
    let (from, to) = (first + usize::from(is_word(first)), end - usize::from(is_word(end - 1)));
    if from > first {
        add(from, end);
    }
    if to < end {
        add(first, to);
    }
    let mut part = first;
    for at in first + 1..end - 1 {
        if gap_text(text, at) != gap_text(text, at - 1) {
            add(part, at + 1);
            part = at;
        }
    }
    if part > first {
        add(part, end);
    }
}

/// Puts the fragment at `at` together with up to four neighbours on either side.
fn around(text: &Text<'_>, at: usize, readings: &mut Readings) {
    let words = text.words();
    let longest = if text.word(&words[at]).len() == LONGEST_FRAGMENT { LONGEST_PART } else { LONGEST };
    let earliest =
        (at.saturating_sub(2)..=at).find(|first| (*first..at).all(|left| near(text, left))).unwrap_or(at);
    for first in earliest..=at {
        // Each window belongs to its first fragment, so that none is read twice.
        if (first..at).any(|before| is_fragment(text, &words[before])) || is_left_over(text, first) {
            continue;
        }
        if words[first..at].iter().any(|part| text.word(part).len() > longest) {
            continue;
        }
        let mut bytes = (words[at].end - words[first].start) as usize;
        for last in first.max(at)..words.len().min(first + MOST_PARTS) {
            if last > at {
                if !near(text, last - 1) {
                    break;
                }
                bytes += text.word(&words[last]).len();
            }
            if bytes > LONGEST + (last - first) * WIDEST_GAP {
                break;
            }
            if text.word(&words[last]).len() > longest {
                break;
            }
            if last > first && stands_apart(text, first, last) {
                push(text, &words[first..=last], Kind::Fragments, readings);
            }
        }
    }
}

/// Whether no single letter beside the window belongs to the same row of letters.
fn stands_apart(text: &Text<'_>, first: usize, last: usize) -> bool {
    let words = text.words();
    let single =
        |at: usize| words.get(at).is_some_and(|word| is_single(text, word) && !word.has(Word::HAS_DIGIT));
    let before = first > 0 && single(first - 1) && single(first) && near(text, first - 1);
    let after = single(last + 1) && single(last) && near(text, last) && gap(text, last) <= gap(text, first);
    !before && !after && !(first..=last).all(single)
}

/// What an apostrophe that went missing leaves behind: `it s hit` is no window from `s` on.
fn is_left_over(text: &Text<'_>, at: usize) -> bool {
    let left_over = matches!(text.word(&text.words()[at]), "s" | "t" | "d" | "m" | "re" | "ll" | "ve");
    left_over && at > 0 && gap(text, at - 1) <= WIDEST_GAP
}

fn gap_text<'t>(text: &'t Text<'_>, left: usize) -> &'t str {
    let words = text.words();
    &text.folded()[words[left].end as usize..words[left + 1].start as usize]
}

fn gap(text: &Text<'_>, left: usize) -> usize {
    let words = text.words();
    words.get(left + 1).map_or(usize::MAX, |right| (right.start - words[left].end) as usize)
}

fn near(text: &Text<'_>, left: usize) -> bool {
    let between = gap_text(text, left);
    between.len() <= WIDEST_GAP
        && !between.contains(['\n', ',', ';', ':', '?', '\'', '’', '´', '`'])
        && between != ". "
}

/// The same for single letters, which may stand far apart: one a line, or a picture between each two.
fn beside(text: &Text<'_>, left: usize) -> bool {
    let between = gap_text(text, left);
    between.len() <= WIDEST_LETTER_GAP && !between.contains(['\'', '’', '´', '`']) && between != ". "
}

/// A row that mixes scripts, in Latin letters: `f u с k` with a Cyrillic `с`.
fn push_look_alikes(text: &Text<'_>, letters: &[Word], readings: &mut Readings) {
    let has = |traits| letters.iter().any(|letter| letter.has(traits));
    if !has(Word::HAS_OTHER) || !has(Word::HAS_LATIN) {
        return;
    }
    let begun = readings.begin();
    for word in letters {
        let Some(letter) = text.word(word).chars().next() else { continue };
        let read = if word.has(Word::HAS_OTHER) { fold(letter).lookalike } else { letter as u8 };
        if read == 0 {
            return readings.cancel(begun);
        }
        readings.push(char::from(read), word.start as usize, word.end as usize);
    }
    readings.end(begun, Kind::Letters);
}

fn push(text: &Text<'_>, words: &[Word], kind: Kind, readings: &mut Readings) {
    let begun = readings.begin();
    for word in words {
        readings.push_str(text.word(word), word.start as usize);
    }
    readings.end(begun, kind);
}

/// Common words of two and three letters in languages that use Latin letters: joined to a neighbour they are chance.
const COMMON: &str = "\
    ab abc ace act ad add ads age ago ah aha ai aid aim air al ale all als am an and ano ant any ape \
    app apr apt ar arc are ark arm art as ash ask at ate att au auf aug aus aux awe axe aye bad bag \
    ban bar bat bay bbc bbq bc be bed bee beg bei ben bet bid big bij bin bis bit bob boo bow box boy \
    br bra bro btw bud bug bun bus but buy by ca cab cam can cap car cat caw cbs ceo cfo che cia cm \
    cnn cob cod cog com con cop cot cow cpu cry cub cue cui cup cut da dab dad dam dan das dat day dc \
    de dec dei del dem den der des det dew di dia did die dig dim din dip dir diy dm dnc do doc dog \
    don dos dot dr dry du dub dud due dug duo dvd ear eat ebb ed edu eel een eff eft eg egg ego eh ein \
    el elf elk elm em emu en end er era es est et etc eu eur eve ewe ex exe eye fad fan faq far fat \
    fbi feb fed fee few fig fin fir fit fix fl flu fly foe fog foi for fox fra fri fry ft fue fun fur \
    fyi gab gal gap gas gay gbp gel gem get gig gin gmt gnu go god gop got gov gum gun gut guv guy gym \
    ha hab had hag hai ham han har hat hay he hem hen her het hex hey hi hid hij him hip his hit hm \
    hmm ho hog hop hot how hr hub hue hug hum hun hut ian ice ich icy id idk ie if ihr ii il ill ils \
    im imo imp in ink inn ion iq ira irl irs is ist it its ivy jab jag jam jan jar jaw jay je jet jij \
    jim job joe jog jon jot joy jug jul jun ken key kg kid kin kit km la lab lad lag lap las law lay \
    le led lee leg leo les let lid lie lip lit liz ll lo lob log lol los lot lou low lug lui ma mad \
    mai mal man map mar mas max may mb me med meg men mes met mi mia mic mid mig min mio mit mix mm \
    mob mod mom mon mop mow mp mps mr mrs ms mud mug mum muy my nah nan nao nap nas nay nb nba nbc nd \
    ne ned nel net new nfl nhs nie nil no nod nog non nor nos not nov now ns nun nur nut ny nyc nz oak \
    oar oat och oct odd ode of off oft oh oil ok old omg on one ons ook opt or orb ore org our out ow \
    owe owl own ox pa pad pal pam pan par pas pat paw pay pea peg pei pen pep per pet pew pi pie pig \
    pin pit pls ply plz pm pod poi pop por pot pq pro pst pt pub pug pun pup put qc que qui rag ram \
    ran rap rat raw ray rd re red rep rev rib rid rig rim rip rnc rob rod ron rot row roy rt rub rug \
    rum run rut rye sac sad sag sal sam sap sat saw say se sea sec see sem sep ser ses set seu sew she \
    shy si sie sig sin sip sir sit six sk ski sky sly so sob sod som son sow soy spa spy st sua sub \
    sue sui sun suo sur sus tab tag tan tap tar tax tea ted tee tem ten tes th the tho thu thx thy tic \
    tie til tim tin tip to toe tom ton too top tow toy tra try tu tub tue tug tuo tus tv two tx ufo \
    ugh uit uk um uma un una und une uno up urn us usa usd use va vad van var vat vet vez via vic vie \
    vin vip von vos vow vs wag war was wat wax way we web wed wee wel wer wes wet who why wie wig wij \
    win wir wit wo woe won wow wtf www yam yap yep yer yes yet yon you yup zap zen zij zip zoo zu zum \
";

/// One bit for each word of up to three letters of `a` to `z`.
const COMMON_BITS: [u64; 308] = common_bits();

const fn common_bits() -> [u64; 308] {
    let (mut bits, text) = ([0; 308], COMMON.as_bytes());
    let (mut at, mut index) = (0, 0);
    while at < text.len() {
        if text[at] == b' ' {
            bits[index / 64] |= 1 << (index % 64);
            index = 0;
        } else {
            index = index * 27 + (text[at] - b'a') as usize + 1;
        }
        at += 1;
    }
    bits
}

fn is_common(letters: &str) -> bool {
    if letters.len() > LONGEST_FRAGMENT {
        return false;
    }
    let index = letters.bytes().try_fold(0, |index, letter| {
        letter.is_ascii_lowercase().then(|| index * 27 + usize::from(letter - b'a') + 1)
    });
    index.is_some_and(|index| COMMON_BITS[index / 64] >> (index % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_known_and_fragments_are_not() {
        for word in COMMON.split_whitespace() {
            assert!(is_common(word), "{word}");
        }
        for fragment in ["fuc", "ker", "tw", "é", "4u"] {
            assert!(!is_common(fragment), "{fragment}");
        }
    }
}
