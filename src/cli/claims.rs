//! What this user has claimed, kept between two commands, so that `approve ID` decides under the lease and on the
//! version that `claim` showed.
//!
//! One small file a claim in `modctl/claims` in the XDG state directory; a file whose lease has ended is removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::failure::Failure;
use super::time::moment;
use crate::proto::v1::{ClaimCommentsResponse, Comment};

/// The claims at one server and site.
#[derive(Debug)]
pub struct Claims {
    directory: Option<PathBuf>,
    server: String,
    site: String,
}

/// A claim as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    server: String,
    site: String,
    /// Names the lease.
    pub claim_id: String,
    expires: i64,
    comments: Vec<Seen>,
}

/// A comment at the version that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    id: String,
    etag: String,
}

/// Where `modctl` keeps what it has to remember, by the XDG rules: `$XDG_STATE_HOME`, else `~/.local/state`.
pub fn state_directory(environment: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name| environment(name).filter(|path| path.is_absolute());
    let base =
        absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(base.join("modctl"))
}

impl Claims {
    /// Without a directory for state, nothing is kept.
    pub fn of(server: &str, site: &str, environment: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let directory = state_directory(environment).map(|directory| directory.join("claims"));
        Self { directory, server: server.to_owned(), site: site.to_owned() }
    }

    /// Keeps a claim. Nothing claimed is nothing to keep.
    pub fn keep(&self, claimed: &ClaimCommentsResponse) -> io::Result<()> {
        let Some(expires) = moment(claimed.expire_time.as_ref()) else { return Ok(()) };
        let seen = |comment: &Comment| Seen { id: comment.id.clone(), etag: comment.etag.clone() };
        self.write(&Kept {
            server: self.server.clone(),
            site: self.site.clone(),
            claim_id: claimed.claim_id.clone(),
            expires: expires.as_second(),
            comments: claimed.comments.iter().map(seen).collect(),
        })
    }

    /// The live claims, and none that has ended: those are forgotten here.
    pub fn live(&self, now: Timestamp) -> Vec<Kept> {
        let Some(entries) = self.directory.as_ref().and_then(|directory| fs::read_dir(directory).ok()) else {
            return vec![];
        };
        let mut live = vec![];
        for path in entries.flatten().map(|entry| entry.path()) {
            match read(&path) {
                Some(kept) if kept.expires <= now.as_second() => _ = fs::remove_file(&path),
                Some(kept) if kept.server == self.server && kept.site == self.site => live.push(kept),
                _ => {}
            }
        }
        live.sort_by_key(|kept| kept.expires);
        live
    }

    /// The claim that was named, or all that are live here; none at all is a usage error.
    pub fn chosen(&self, named: Option<String>) -> Result<Vec<String>, Failure> {
        if let Some(claim_id) = named {
            return Ok(vec![claim_id]);
        }
        let live: Vec<_> = self.live(Timestamp::now()).into_iter().map(|kept| kept.claim_id).collect();
        if live.is_empty() {
            return Err(Failure::Usage("nothing that was claimed here is live; name a claim".to_owned()));
        }
        Ok(live)
    }

    /// Sets a new end for a claim that is kept.
    pub fn extend(&self, claim_id: &str, expires: Option<Timestamp>, now: Timestamp) -> io::Result<()> {
        let kept = self.live(now).into_iter().find(|kept| kept.claim_id == claim_id);
        match (kept, expires) {
            (Some(kept), Some(expires)) => self.write(&Kept { expires: expires.as_second(), ..kept }),
            _ => Ok(()),
        }
    }

    /// Takes comments that were decided out of the claims that are kept; a claim without any is forgotten.
    pub fn settle(&self, ids: &[&str], now: Timestamp) -> io::Result<()> {
        for mut kept in self.live(now) {
            let before = kept.comments.len();
            kept.comments.retain(|seen| !ids.contains(&seen.id.as_str()));
            if kept.comments.is_empty() {
                self.forget(&kept.claim_id);
            } else if kept.comments.len() < before {
                self.write(&kept)?;
            }
        }
        Ok(())
    }

    /// Forgets a claim; one that is not kept is no error.
    pub fn forget(&self, claim_id: &str) {
        if let Some(path) = self.path(claim_id) {
            _ = fs::remove_file(path);
        }
    }

    fn path(&self, claim_id: &str) -> Option<PathBuf> {
        let name = xxh3_128(format!("{}\n{}\n{claim_id}", self.server, self.site).as_bytes());
        self.directory.as_ref().map(|directory| directory.join(format!("{name:032x}.json")))
    }

    /// Written beside and moved into place: another modctl must never read half of it.
    fn write(&self, kept: &Kept) -> io::Result<()> {
        let (Some(directory), Some(path)) = (&self.directory, self.path(&kept.claim_id)) else {
            return Ok(());
        };
        fs::create_dir_all(directory)?;
        let draft = path.with_extension(format!("{}.tmp", std::process::id()));
        let mut file = fs::File::create(&draft)?;
        file.write_all(&serde_json::to_vec(kept)?)?;
        fs::rename(draft, path)
    }
}

impl Kept {
    /// The version of a comment that this claim was shown; `None` when it is not of this claim.
    pub fn etag_of(&self, id: &str) -> Option<&str> {
        self.comments.iter().find(|seen| seen.id == id).map(|seen| seen.etag.as_str())
    }
}

fn read(path: &Path) -> Option<Kept> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(home: &Path, site: &str) -> Claims {
        Claims::of("http://q:1", site, |name| (name == "XDG_STATE_HOME").then(|| home.to_owned()))
    }

    fn claimed(claim_id: &str, until: i64) -> ClaimCommentsResponse {
        ClaimCommentsResponse {
            claim_id: claim_id.to_owned(),
            expire_time: Some(prost_types::Timestamp { seconds: until, nanos: 0 }),
            comments: vec![Comment { id: "c-1".into(), etag: "3".into(), ..Comment::default() }],
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_claim_is_known_to_the_next_command_until_it_ends() {
        let home = tempfile::tempdir().unwrap();
        claims(home.path(), "").keep(&claimed("k", 100)).unwrap();
        let live = claims(home.path(), "").live(at(99));
        assert_eq!((live[0].claim_id.as_str(), live[0].etag_of("c-1")), ("k", Some("3")));
        assert_eq!(claims(home.path(), "").live(at(100)), []);
        assert_eq!(fs::read_dir(home.path().join("modctl/claims")).unwrap().count(), 0);
    }

    #[test]
    fn a_claim_whose_comments_are_all_decided_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let claims = claims(home.path(), "");
        claims.keep(&claimed("k", 100)).unwrap();
        claims.settle(&["c-2"], at(0)).unwrap();
        assert_eq!(claims.live(at(0)).len(), 1);
        claims.settle(&["c-1"], at(0)).unwrap();
        assert_eq!(claims.live(at(0)), []);
    }

    #[test]
    fn another_site_has_its_own_claims() {
        let home = tempfile::tempdir().unwrap();
        claims(home.path(), "news").keep(&claimed("k", 100)).unwrap();
        assert_eq!(claims(home.path(), "").live(at(0)), []);
    }

    #[test]
    fn a_renewed_claim_lives_longer_and_a_released_one_no_more() {
        let home = tempfile::tempdir().unwrap();
        let claims = claims(home.path(), "");
        claims.keep(&claimed("k", 100)).unwrap();
        claims.extend("k", Some(at(200)), at(50)).unwrap();
        assert_eq!(claims.live(at(150)).len(), 1);
        claims.forget("k");
        assert_eq!(claims.live(at(150)), []);
    }

    #[test]
    fn without_a_home_nothing_is_kept_and_nothing_fails() {
        let claims = Claims::of("http://q:1", "", |_| None);
        claims.keep(&claimed("k", 100)).unwrap();
        assert_eq!(claims.live(at(0)), []);
    }
}
