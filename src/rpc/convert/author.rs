//! Authors' records.

use super::Check;
use crate::domain::{AuthorRecord, Standing};
use crate::proto::v1;

/// An author's record for the wire.
pub fn author_record(author_id: String, record: &AuthorRecord) -> v1::AuthorRecord {
    let standing = match record.standing {
        Standing::Counted => v1::AuthorStanding::Counted,
        Standing::Trusted => v1::AuthorStanding::Trusted,
        Standing::Watched => v1::AuthorStanding::Watched,
        Standing::Banned => v1::AuthorStanding::Banned,
    };
    v1::AuthorRecord {
        author_id,
        standing: standing.into(),
        approved_count: record.approved,
        rejected_count: record.rejected,
    }
}

/// An admin's word about an author.
pub fn standing(check: &mut Check, standing: i32) -> Option<Standing> {
    match v1::AuthorStanding::try_from(standing) {
        Ok(v1::AuthorStanding::Counted) => Some(Standing::Counted),
        Ok(v1::AuthorStanding::Trusted) => Some(Standing::Trusted),
        Ok(v1::AuthorStanding::Watched) => Some(Standing::Watched),
        Ok(v1::AuthorStanding::Banned) => Some(Standing::Banned),
        Ok(v1::AuthorStanding::Unspecified) | Err(_) => {
            check.note("standing", "is required: counted, trusted, watched or banned");
            None
        }
    }
}

impl Check {
    /// An author's id, which must be there.
    pub fn author_id(&mut self, id: String) -> String {
        self.required_text("author_id", id, 256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standing_comes_back_and_none_is_refused() {
        for said in [Standing::Counted, Standing::Trusted, Standing::Watched, Standing::Banned] {
            let record = AuthorRecord { standing: said, ..AuthorRecord::default() };
            let sent = author_record("42".into(), &record).standing;
            assert_eq!(standing(&mut Check::default(), sent), Some(said));
        }
        let mut check = Check::default();
        assert_eq!(standing(&mut check, 0), None);
        assert!(check.finish().is_err());
    }
}
