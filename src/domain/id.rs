//! Names that the outside chooses, checked once where they enter.

use std::fmt;
use std::sync::Arc;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A site name is outside `[a-z0-9-]{1,63}`.
    #[error("a site name is 1 to 63 characters of a-z, 0-9 and '-'")]
    Site,
    /// A comment id is outside `[A-Za-z0-9._:-]{1,128}`.
    #[error("a comment id is 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'")]
    Comment,
}

/// A portal's name: `[a-z0-9-]{1,63}`, so that it can stand in a Redis hash tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteName(Arc<str>);

impl SiteName {
    /// Checks `name`.
    ///
    /// # Errors
    /// [`IdError::Site`] when it is empty, too long or has other characters.
    pub fn new(name: &str) -> Result<Self, IdError> {
        let fits = (1..=63).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(name.into())) } else { Err(IdError::Site) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A comment's id within its site: `[A-Za-z0-9._:-]{1,128}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId(Arc<str>);

impl CommentId {
    /// Checks an id that the portal chose.
    ///
    /// # Errors
    /// [`IdError::Comment`] when it is empty, too long or has other characters.
    pub fn new(id: &str) -> Result<Self, IdError> {
        let fits = (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'));
        if fits { Ok(Self(id.into())) } else { Err(IdError::Comment) }
    }

    /// The id of the comment that a request makes, the same for the same request id.
    pub fn for_request(request_id: &str) -> Self {
        Self(format!("r-{:032x}", xxhash_rust::xxh3::xxh3_128(request_id.as_bytes())).into())
    }

    /// A new id, unique without coordination and sortable by time.
    pub fn generate() -> Self {
        Self(new_id().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A new identifier for an event, a claim or a comment: a ULID, 26 characters, sortable by time.
pub fn new_id() -> String {
    ulid::Ulid::generate().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_name_fits_in_a_hash_tag() {
        assert!(SiteName::new("daily-news-2").is_ok());
        for bad in ["", "Daily", "a{b}", "a b", "ä", &"a".repeat(64)] {
            assert_eq!(SiteName::new(bad), Err(IdError::Site), "{bad:?}");
        }
    }

    #[test]
    fn a_comment_id_has_no_spaces_or_braces() {
        assert!(CommentId::new("wp:17.3_a-b").is_ok());
        for bad in ["", "a b", "a{b}", "é", &"x".repeat(129)] {
            assert_eq!(CommentId::new(bad), Err(IdError::Comment), "{bad:?}");
        }
    }
}
