//! Finds links, e-mail addresses and phone numbers as a reader would see them.
//!
//! A link is words joined by dots of which the last is a known ending. Words that merely meet at a
//! full stop (`it.is`) are told from links by the ending: one that is an ordinary word, or any that
//! is written with spaces or as `dot`, needs more to be a link.

use crate::domain::Span;
use crate::filter::text::{Text, Word};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where in the original.
    pub span: Span,
    /// What it is.
    pub what: What,
}

/// A kind of thing that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A link to a host, in ASCII form.
    Link {
        /// The host, lower case, in ASCII form.
        host: String,
        /// The domain that somebody registered: the public suffix and one label.
        registered: String,
        /// Written so that only people recognise it: `example dot com`, `example . com`.
        hidden: bool,
        /// Made of letters that look like others.
        lookalike: bool,
    },
    /// A link to an address instead of a name.
    RawAddress,
    /// An e-mail address.
    Email {
        /// The part behind the `@`.
        host: String,
    },
    /// A phone number.
    Phone {
        /// Written so that only people recognise it: `+4=4=7=4=5`.
        hidden: bool,
    },
}

/// Links of one text at most; more say nothing new.
const MOST: usize = 200;

/// Everything in the order of the text.
pub fn find(text: &Text<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.words().len() && found.len() < MOST {
        // A chain of words that is no link has none in its later part either: its ending is the same.
        let (chain_end, link) = link_at(text, at);
        let Some((next, thing)) = link.or_else(|| number_apart(text, at)).or_else(|| phone_at(text, at))
        else {
            at = chain_end;
            continue;
        };
        at = next;
        // An address may reach back over the one before: `me@mail.me@example.org`.
        if found.last().is_none_or(|last: &Found| last.span.end <= thing.span.start) {
            found.push(thing);
        }
    }
    found
}

/// How two words are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Dot,
    Hyphen,
    /// A dot that people read and programs do not.
    Hidden,
}

fn gap<'t>(text: &'t Text<'_>, left: usize) -> &'t str {
    let words = text.words();
    words.get(left + 1).map_or("", |right| &text.folded()[words[left].end as usize..right.start as usize])
}

/// How the word at `left` is joined to a later one, and which.
fn joint(text: &Text<'_>, left: usize) -> Option<(Joint, usize)> {
    let words = text.words();
    let right = words.get(left + 1)?;
    let gap = gap(text, left);
    if let [sign] = gap.as_bytes() {
        return match sign {
            b' ' | b'(' => spelled_dot(text, left),
            b'.' => Some((Joint::Dot, left + 1)),
            b'-' | b'_' => Some((Joint::Hyphen, left + 1)),
            b',' => (text.word(right) == "com").then_some((Joint::Hidden, left + 1)),
            _ => None,
        };
    }
    match gap {
        "--" => Some((Joint::Hyphen, left + 1)),
        ". " => (text.word(right) == "com").then_some((Joint::Hidden, left + 1)),
        gap if HIDDEN_DOTS.contains(&gap) => Some((Joint::Hidden, left + 1)),
        gap if gap.len() <= 3 => spelled_dot(text, left),
        _ => None,
    }
}

/// Dots that people read and programs do not.
const HIDDEN_DOTS: [&str; 11] = ["。", "[.]", "(.)", "{.}", " . ", " .", "。 ", " [.] ", " (.) ", ",.", ".."];

/// A dot written as a word: `example dot com`, `example (dot) com`.
fn spelled_dot(text: &Text<'_>, left: usize) -> Option<(Joint, usize)> {
    let words = text.words();
    let right = text.word(&words[left + 1]);
    if !matches!(right.len(), 3 | 5) || !matches!(right, "dot" | "d0t" | "punkt" | "punto") {
        return None;
    }
    let named = !NO_NAMES.contains(&text.word(&words[left]));
    let ending = HIDDEN_ENDINGS.contains(&text.word(words.get(left + 2)?));
    let after = gap(text, left + 1);
    (named && ending && !after.is_empty() && after.len() <= 3).then_some((Joint::Hidden, left + 2))
}

/// Endings that a hidden dot may stand before.
const HIDDEN_ENDINGS: [&str; 26] = [
    "com", "net", "org", "info", "biz", "ru", "co", "io", "tv", "uk", "de", "fr", "xyz", "site", "online",
    "shop", "club", "top", "app", "cc", "eu", "us", "tk", "pl", "nl", "ly",
];

/// Words before `dot com` that name no site.
const NO_NAMES: [&str; 14] =
    ["a", "an", "and", "any", "as", "by", "every", "for", "in", "of", "or", "that", "the", "this"];

/// Endings that are words of many a sentence, or of files: alone behind a full stop they make no link.
const WORDY_ENDINGS: &str = "is it in so my me no to at be am do us as one now how here life live today news men fun best help si \
    la de es al se on or this you will who he hi by up go man show world work love game cool care car \
    family page place red sucks vote win rs py sh md zip mov like re ve call new got post day name free \
    talk read money country support case next run pay data party open law black watch house office able \
    works team song tax email book media rest buy school lol business wow phone community mr deal box \
    play mobile build group th city software kids company date im meet music total living report style \
    contact fire baby drive cash dog giving gives eat rich room fan dad town food";

/// Products called after Microsoft's `.NET`, which stands behind a space as well: alone they are no links.
const PRODUCTS: [&str; 4] = ["asp.net", "vb.net", "ado.net", "paint.net"];

/// Bytes of a host's name, by RFC 1035.
const LONGEST_HOST: usize = 253;

/// The link that the chain of words from `first` is, if it is one; and the word after the chain.
fn link_at(text: &Text<'_>, first: usize) -> (usize, Option<(usize, Found)>) {
    if joint(text, first).is_none() {
        return (first + 1, None);
    }
    let words = text.words();
    let (mut last, mut host, mut dots, mut hidden) = (first, String::new(), 0, false);
    host.push_str(text.word(&words[first]));
    while let Some((joint, next)) = joint(text, last) {
        if host.len() > LONGEST_HOST {
            return (next, None);
        }
        match joint {
            Joint::Hyphen => host.push_str(gap(text, last)),
            Joint::Dot | Joint::Hidden => {
                host.push('.');
                dots += 1;
            }
        }
        hidden |= joint == Joint::Hidden;
        host.push_str(text.word(&words[next]));
        last = next;
    }
    let link = if dots == 0 { None } else { classify(text, first, last, &host, hidden) };
    (last + 1, link)
}

fn classify(text: &Text<'_>, first: usize, last: usize, host: &str, hidden: bool) -> Option<(usize, Found)> {
    let words = text.words();
    let (start, end) = (words[first].start as usize, words[last].end as usize);
    let before = &text.folded()[..start];
    let after = &text.folded()[end..];
    let scheme = before.ends_with("://");
    let bare = !scheme && !has_path(after) && !host.starts_with("www.");
    if is_address(host) {
        return (!bare).then(|| finish(text, start, end + path_length(after), What::RawAddress));
    }
    let ascii = if host.is_ascii() { host.to_owned() } else { idna::domain_to_ascii(host).ok()? };
    let domain = psl::domain(ascii.as_bytes()).filter(|domain| domain.suffix().is_known())?;
    let registered = std::str::from_utf8(domain.as_bytes()).ok()?.to_owned();
    if !scheme && before.ends_with('@') {
        let local = before[..start - 1].len() - local_part(&before[..start - 1]);
        let is_mail = local_part(&before[..start - 1]) > 0;
        return is_mail.then(|| finish(text, local, end, What::Email { host: ascii }));
    }
    let ending = host.rsplit('.').next().unwrap_or_default();
    let joined = host.matches('.').count();
    let original = text.span(start as u32, end as u32).of(text.original())?;
    let sentence = original.rsplit('.').next().is_some_and(|ending| ending.starts_with(char::is_uppercase))
        && original.starts_with(char::is_lowercase);
    let product = PRODUCTS.contains(&host) || text.folded()[start..end].ends_with(" .net");
    let words = joined == 1 || host.split('.').all(|label| label.len() <= 3);
    if bare && (sentence || product || words && WORDY_ENDINGS.split(' ').any(|word| word == ending)) {
        return None;
    }
    if hidden && !HIDDEN_ENDINGS.contains(&ending) {
        return None;
    }
    let lookalike = looks_forged(original, &ascii);
    // How far the path goes is asked last: it may be far, and most chains are no link.
    let path = path_length(after);
    Some(finish(text, start, end + path, What::Link { host: ascii, registered, hidden, lookalike }))
}

fn finish(text: &Text<'_>, start: usize, end: usize, what: What) -> (usize, Found) {
    let next = text.words().partition_point(|word| (word.start as usize) < end);
    (next, Found { span: text.span(start as u32, end as u32), what })
}

/// Whether a port, path, query or fragment stands behind a host.
fn has_path(after: &str) -> bool {
    let mut signs = after.chars();
    match (signs.next(), signs.next()) {
        (Some('/' | '#'), _) => true,
        (Some(':'), Some(next)) => next.is_ascii_digit(),
        (Some('?'), Some(next)) => next.is_alphanumeric(),
        _ => false,
    }
}

/// Bytes of port, path, query and fragment behind a host, punctuation at the end left out.
fn path_length(after: &str) -> usize {
    if !after.starts_with(['/', ':', '?', '#']) {
        return 0;
    }
    let end = after.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(after.len());
    let path = after[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '*']);
    if path.starts_with(':') && !path[1..].starts_with(|c: char| c.is_ascii_digit()) { 0 } else { path.len() }
}

/// Bytes of an e-mail address's local part at the end of `before`.
fn local_part(before: &str) -> usize {
    let start = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%')));
    let start = start.map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    before.len() - start
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// A host that mixes scripts within a label, or one in punycode that does or looks wholly Latin.
fn looks_forged(original: &str, ascii: &str) -> bool {
    let forged = |label: &str| {
        let label = Text::new(label);
        let mixed = |word: &Word| word.has(Word::HAS_LATIN) && word.has(Word::HAS_OTHER);
        let foreign = |word: &Word| {
            let letters = label.span(word.start, word.end).of(label.original()).unwrap_or_default();
            word.has(Word::HAS_OTHER)
                && letters.chars().all(|letter| super::super::text::looks_like(letter).is_some())
        };
        label.words().iter().any(|word| mixed(word) || foreign(word))
    };
    let latin_ending = ascii.rsplit('.').next().is_some_and(|ending| !ending.starts_with("xn--"));
    if ascii.contains("xn--") {
        let (shown, _) = idna::domain_to_unicode(ascii);
        return latin_ending && shown.split('.').any(forged);
    }
    !original.is_ascii() && original.split('.').any(forged)
}

/// Digits of a phone number, and of one behind a plus.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=15;
const DIALLED_DIGITS: std::ops::RangeInclusive<usize> = 9..=15;

fn phone_at(text: &Text<'_>, first: usize) -> Option<(usize, Found)> {
    let words = text.words();
    let is_number = |word: &Word| word.traits == Word::HAS_DIGIT;
    if !is_number(&words[first]) {
        return None;
    }
    let plus = text.folded()[..words[first].start as usize].ends_with(['+', '(']);
    let mut last = first;
    let mut digits = text.word(&words[first]).len();
    while last + 1 < words.len() && digits <= *PHONE_DIGITS.end() && is_number(&words[last + 1]) {
        let between = gap(text, last);
        if between.len() > 2
            || !between.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'(' | b')' | b'.' | b'/'))
        {
            break;
        }
        last += 1;
        digits += text.word(&words[last]).len();
    }
    let parts = last - first + 1;
    let plausible = PHONE_DIGITS.contains(&digits) || plus && DIALLED_DIGITS.contains(&digits);
    let head = text.word(&words[first]);
    let dated = parts >= 3 && head.len() == 4 && (head.starts_with("19") || head.starts_with("20"));
    let dialled = plus
        || head.starts_with('0')
        || parts > 1 && parts <= 6 && head.len() <= 5
        || digits == 10 && parts == 1;
    let (start, end) = (words[first].start, words[last].end);
    let amount = last > first && !plus && !head.starts_with('0') && is_amount(text, first, last);
    (plausible && dialled && !dated && !amount)
        .then(|| (last + 1, Found { span: text.span(start, end), what: What::Phone { hidden: false } }))
}

/// Bytes of signs between two digits that stand apart, or before the first.
const WIDEST_APART: usize = 8;
/// Digits that stand by themselves in a number of which the digits are kept apart.
const FEWEST_APART: usize = 7;

/// A number whose digits are kept apart behind a plus: `+4=4=7=4=5=1`. Sums and lists are none.
fn number_apart(text: &Text<'_>, first: usize) -> Option<(usize, Found)> {
    let words = text.words();
    let is_short = |word: &Word| word.traits == Word::HAS_DIGIT && word.end - word.start <= 2;
    let start = words[first].start;
    let before = text.folded()[..start as usize].chars().rev();
    let dialled =
        before.take(WIDEST_APART).take_while(|sign| !sign.is_alphanumeric()).any(|sign| sign == '+');
    if !dialled || !is_short(&words[first]) {
        return None;
    }
    let keeps_apart = |left: usize| {
        let between = gap(text, left);
        between.len() <= WIDEST_APART && !between.contains(['+', '\n']) && !between.contains(", ")
    };
    let follows = |left: &usize| words.get(left + 1).is_some_and(is_short) && keeps_apart(*left);
    let last = (first..first + *DIALLED_DIGITS.end()).find(|at| !follows(at))?;
    let parts = &words[first..=last];
    let digits = parts.iter().map(|part| text.word(part).len()).sum();
    let apart = parts.iter().filter(|part| part.end - part.start == 1).count();
    let found = Found { span: text.span(start, parts.last()?.end), what: What::Phone { hidden: true } };
    (DIALLED_DIGITS.contains(&digits) && apart >= FEWEST_APART).then_some((last + 1, found))
}

/// A number written in groups of three, or an address of four parts.
fn is_amount(text: &Text<'_>, first: usize, last: usize) -> bool {
    let words = &text.words()[first..=last];
    let grouped = words[1..].iter().all(|word| word.end - word.start == 3);
    let dotted = (first..last).all(|left| gap(text, left) == ".");
    grouped && words[0].end - words[0].start <= 3 || dotted && words.len() == 4
}
