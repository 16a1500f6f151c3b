//! Which ASCII letter a character could be mistaken for.

use unicode_security::skeleton;

/// The lower-case ASCII letter that readers could take `character` for: by the confusables of
/// Unicode UTS 39, marks left out, and the signs below.
pub fn looks_like(character: char) -> Option<u8> {
    if character.is_ascii_alphabetic() {
        return Some(character.to_ascii_lowercase() as u8);
    }
    if let Some(letter) = sign(character).or_else(|| stylised(character).map(|letter| letter as u8)) {
        return Some(letter);
    }
    if character.is_ascii() {
        return None;
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    letter_of_skeleton(character).or_else(|| letter_of_skeleton(lower))
}

fn letter_of_skeleton(character: char) -> Option<u8> {
    let text = character.to_string();
    let mut letters = skeleton(&text).filter(|part| !unicode_normalization::char::is_combining_mark(*part));
    let letter = letters.next()?;
    if letters.next().is_some() {
        return None;
    }
    if letter.is_ascii_alphabetic() { Some(letter.to_ascii_lowercase() as u8) } else { sign(letter) }
}

/// Letters in circles, squares, brackets and flags, and small capitals: compatibility normalisation leaves them alone.
pub fn stylised(character: char) -> Option<char> {
    if let Some(letter) = SMALL_CAPITALS.iter().position(|small| *small == character) {
        return char::from_u32('a' as u32 + letter as u32);
    }
    let code = character as u32;
    let first = match code {
        0x249C..=0x24B5 => 0x249C,
        0x1F110..=0x1F129 => 0x1F110,
        0x1F150..=0x1F169 => 0x1F150,
        0x1F170..=0x1F189 => 0x1F170,
        0x1F1E6..=0x1F1FF => 0x1F1E6,
        _ => return None,
    };
    char::from_u32('a' as u32 + code - first)
}

/// Whether a character is a letter or digit in a style of its own: of mathematics, in a circle, square or bracket, or a
/// small capital, but for those that phonetic script has, too; or a line under, over or through the letter before it.
pub fn is_styled(character: char) -> bool {
    matches!(character as u32, 0x249C..=0x24E9 | 0x1D400..=0x1D7FF | 0x1F110..=0x1F169 | 0x1F172..=0x1F17D | 0x1F180..=0x1F189)
        || matches!(character, '\u{305}' | '\u{332}' | '\u{333}' | '\u{335}'..='\u{338}' | '\u{33F}')
        || character >= '\u{1D00}' && SMALL_CAPITALS.contains(&character)
}

/// Whether a character is a letter or digit as wide as an ideograph.
pub fn is_full_width(character: char) -> bool {
    matches!(character, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// From `a` to `z`, as far as there are any.
const SMALL_CAPITALS: [char; 26] = [
    'ᴀ', 'ʙ', 'ᴄ', 'ᴅ', 'ᴇ', 'ꜰ', 'ɢ', 'ʜ', 'ɪ', 'ᴊ', 'ᴋ', 'ʟ', 'ᴍ', 'ɴ', 'ᴏ', 'ᴘ', 'ꞯ', 'ʀ', 'ꜱ', 'ᴛ', 'ᴜ',
    'ᴠ', 'ᴡ', '\0', 'ʏ', 'ᴢ',
];

/// Signs used for letters that the confusables leave out: they are no forgeries, just pictures of a letter.
fn sign(character: char) -> Option<u8> {
    Some(match character {
        '@' | '&' | 'Ɐ' | 'ɐ' | '∂' | 'λ' | 'Λ' | '∆' | '卂' | 'ค' => b'a',
        'ß' | 'β' | 'в' | 'ƅ' | '฿' | '乃' => b'b',
        '(' | '<' | '{' | '[' | '¢' | '©' | '⊂' | '⊄' | 'ᑕ' | 'ƈ' | '匚' | '⸦' => b'c',
        '€' | 'ꞓ' | 'Ꞓ' | 'є' | 'ε' | 'ɛ' | 'ʒ' | '乇' | '£' => b'e',
        '千' | 'ғ' | 'Ғ' => b'f',
        'უ' | 'ق' => b'g',
        '#' | 'н' => b'h',
        '!' | '❗' | '❕' | '|' | '¡' | '¦' | 'ን' => b'i',
        'ʝ' => b'j',
        'ĸ' | 'ҡ' | 'ҝ' | 'қ' | 'ꓘ' | 'к' | 'κ' => b'k',
        'ℓ' => b'l',
        'ʍ' | 'м' => b'm',
        'η' | 'п' | 'በ' => b'n',
        '°' | 'θ' | '¤' | '口' => b'o',
        'г' | '尺' => b'r',
        '$' | '§' | '丂' | 'ƨ' => b's',
        '+' | '†' | '‡' | 'т' | 'τ' | '丅' => b't',
        'μ' | 'µ' | 'ㄩ' | 'υ' | '∪' => b'u',
        '√' | '∨' => b'v',
        'ω' | 'ш' | 'щ' | 'ɯ' => b'w',
        '×' | 'ҳ' | 'χ' | 'ж' => b'x',
        '¥' | 'γ' | 'ч' => b'y',
        'ɀ' => b'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgeries_of_latin_letters_are_recognised() {
        for (text, expected) in
            [("сеорху", "ceopxy"), ("υοα", "uoa"), ("ѕіјԁһ", "sijdh"), ("ᖴᑌᑕ", "fuc"), ("ꓘ", "k"), ("🇬", "g")]
        {
            let read: String = text.chars().filter_map(looks_like).map(char::from).collect();
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn every_single_letter_of_the_confusables_is_taken_over() {
        for character in (0x80..0x2_0000).filter_map(char::from_u32) {
            let parts: Vec<char> = skeleton(&character.to_string()).collect();
            if let [letter] = parts[..]
                && letter.is_ascii_alphabetic()
                && sign(character).is_none()
            {
                assert_eq!(looks_like(character), Some(letter.to_ascii_lowercase() as u8), "{character:?}");
            }
        }
    }
}
