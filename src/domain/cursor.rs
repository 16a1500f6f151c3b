//! A reader's place in a site's decision feed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SiteName;

/// A place in the feed: everything up to and including `sequence` was read.
///
/// To the outside it is opaque text. It names the site, the generation of the store that wrote the
/// feed, and a tag of the last event read, so that a store which was emptied or rewound cannot pass
/// for the one that the reader knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Whose feed.
    pub site: SiteName,
    /// Made at random when the site's feed was first written.
    pub generation: u64,
    /// The last event read; 0 before the first.
    pub sequence: u64,
    /// [`Cursor::tag_of`] the last event read; 0 when none was.
    pub tag: u32,
}

const FORMAT: u8 = 1;
const FIXED: usize = 1 + 8 + 8 + 4;

impl Cursor {
    /// The tag of an event, from its `event_id`.
    pub fn tag_of(event_id: &str) -> u32 {
        xxhash_rust::xxh3::xxh3_64(event_id.as_bytes()) as u32
    }

    /// The opaque text, URL-safe.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(FIXED + self.site.as_str().len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.tag.to_be_bytes());
        bytes.extend_from_slice(self.site.as_str().as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the opaque text; `None` when it is not one of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (fixed, site) = bytes.split_at_checked(FIXED)?;
        if fixed[0] != FORMAT {
            return None;
        }
        Some(Self {
            site: SiteName::new(std::str::from_utf8(site).ok()?).ok()?,
            generation: u64::from_be_bytes(fixed[1..9].try_into().ok()?),
            sequence: u64::from_be_bytes(fixed[9..17].try_into().ok()?),
            tag: u32::from_be_bytes(fixed[17..21].try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        let cursor = Cursor {
            site: SiteName::new("default").unwrap(),
            generation: u64::MAX,
            sequence: 42,
            tag: Cursor::tag_of("01J"),
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn foreign_text_is_no_cursor() {
        for text in ["", "12", "AAAA", "not base64!", "AgAAAAAAAAAAAAAAAAAAAAAAAAAAYQ"] {
            assert_eq!(Cursor::decode(text), None, "{text:?}");
        }
    }
}
