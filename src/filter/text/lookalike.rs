//! Which ASCII letter a character could be mistaken for.

use unicode_security::skeleton;

/// The lower-case ASCII letter that readers could take `character` for: by the confusables of
/// Unicode UTS 39, marks left out, and the signs below.
pub fn looks_like(character: char) -> Option<u8> {
    if character.is_ascii_alphabetic() {
        return Some(character.to_ascii_lowercase() as u8);
    }
    if let Some(letter) = sign(character) {
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

/// Letters in circles, squares, brackets and flags that compatibility normalisation leaves alone.
pub fn stylised(character: char) -> Option<char> {
    let code = character as u32;
    let first = match code {
        0x249C..=0x24B5 => 0x249C,
        0x1F110..=0x1F129 => 0x1F110,
        0x1F150..=0x1F169 => 0x1F150,
        0x1F170..=0x1F189 => 0x1F170,
        _ => return None,
    };
    char::from_u32('a' as u32 + code - first)
}

/// Signs used for letters that the confusables leave out: they are no forgeries, just pictures of a letter.
fn sign(character: char) -> Option<u8> {
    let code = character as u32;
    if (0x1F1E6..=0x1F1FF).contains(&code) {
        return Some(b'a' + (code - 0x1F1E6) as u8);
    }
    Some(match character {
        '@' | '&' | 'Ɐ' | 'ɐ' | '∂' | 'λ' | 'Λ' | '∆' | '卂' | 'ค' => b'a',
        'ß' | 'β' | 'ʙ' | 'в' | 'ƅ' | '฿' | '乃' => b'b',
        '(' | '<' | '{' | '[' | '¢' | '©' | '⊂' | '⊄' | 'ᑕ' | 'ƈ' | '匚' | '⸦' => b'c',
        '€' | 'ꞓ' | 'Ꞓ' | 'є' | 'ε' | 'ɛ' | 'ʒ' | '乇' | '£' => b'e',
        '千' | 'ғ' | 'Ғ' => b'f',
        'უ' | 'ق' => b'g',
        '#' | 'ʜ' | 'н' => b'h',
        '!' | '❗' | '❕' | '|' | '¡' | '¦' | 'ን' => b'i',
        'ʝ' => b'j',
        'ĸ' | 'ҡ' | 'ҝ' | 'қ' | 'ꓘ' | 'к' | 'κ' => b'k',
        'ʟ' | 'ℓ' => b'l',
        'ʍ' | 'м' => b'm',
        'ɴ' | 'η' | 'п' | 'በ' => b'n',
        '°' | 'θ' | '¤' | '口' => b'o',
        'ʀ' | 'г' | '尺' => b'r',
        '$' | '§' | '丂' | 'ƨ' => b's',
        '+' | '†' | '‡' | 'ᴛ' | 'т' | 'τ' | '丅' => b't',
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
