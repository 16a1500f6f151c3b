//! The spam wave around one comment, the nearest first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{ListingError, Review, listing};
use crate::domain::{Comment, CommentId, Draft, SiteName};
use crate::filter::Prepared;
use crate::queue::QueueError;

/// Comments of a wave that are counted, compared and listed, so that looking at one costs little while thousands come in.
/// A decision goes through all of them.
const MOST: usize = 1_000;
/// Comments compared between two rests, so that other calls of this worker go on.
const STEP: usize = 50;

/// The comments around one.
#[derive(Debug, Clone, Default)]
pub struct Wave {
    /// Comments with how much of the two texts is the same, above 0 to 1, the most similar first.
    pub near: Vec<(Comment, f64)>,
    /// How many there are in all, up to 1,000.
    pub total: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<WaveMark>,
}

/// The place after a comment of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveMark(f64, String);

impl WaveMark {
    /// The opaque text.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{}", self.0.to_bits(), self.1))
    }

    /// Reads the opaque text.
    ///
    /// # Errors
    /// [`ListingError::Token`] when it is not one of ours.
    pub fn decode(text: &str) -> Result<Self, ListingError> {
        let read = || {
            let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (bits, id) = plain.split_once('/')?;
            Some(Self(f64::from_bits(bits.parse().ok()?), id.to_owned()))
        };
        read().ok_or(ListingError::Token)
    }

    fn precedes(&self, (comment, similarity): &(Comment, f64)) -> bool {
        (*similarity, self.1.as_str()) < (self.0, comment.id.as_str())
    }
}

impl Review {
    /// A page of the other comments that repeat this one or nearly so. A comment that is not there has none.
    ///
    /// # Errors
    /// The store's.
    pub async fn wave(
        &self,
        site: &SiteName,
        middle: &Comment,
        page_size: usize,
        after: Option<WaveMark>,
    ) -> Result<Wave, QueueError> {
        let ids = self.others(site, &middle.id).await?;
        let total = ids.len() as u64;
        let mut near = Vec::with_capacity(ids.len());
        for step in ids.chunks(STEP) {
            let found = self.queue.get(site, step).await?.into_iter().flatten();
            near.extend(found.map(|other| {
                let similarity = similarity(&middle.draft, &other.draft);
                (other, similarity)
            }));
            tokio::task::yield_now().await;
        }
        near.sort_by(|(a, less), (b, more)| more.total_cmp(less).then_with(|| a.id.cmp(&b.id)));
        near.retain(|place| after.as_ref().is_none_or(|mark| mark.precedes(place)));
        let page_size = page_size.min(listing::MAX_PAGE);
        let next = (near.len() > page_size).then(|| mark_of(&near[page_size - 1]));
        near.truncate(page_size);
        Ok(Wave { near, total, next })
    }

    /// How many other comments repeat this one or nearly so, up to 1,000.
    ///
    /// # Errors
    /// The store's.
    pub async fn wave_size(&self, site: &SiteName, middle: &CommentId) -> Result<u64, QueueError> {
        Ok(self.others(site, middle).await?.len() as u64)
    }

    async fn others(&self, site: &SiteName, middle: &CommentId) -> Result<Vec<CommentId>, QueueError> {
        let mut ids = self.queue.similar(site, middle, None, MOST + 1).await?;
        ids.retain(|id| id != middle);
        ids.truncate(MOST);
        Ok(ids)
    }
}

fn mark_of((comment, similarity): &(Comment, f64)) -> WaveMark {
    WaveMark(*similarity, comment.id.as_str().to_owned())
}

/// The Sørensen–Dice coefficient of the two texts' words, each counted as often as it comes: twice the words
/// in common by all words. 1 when the texts have the same exact fingerprint, and only then.
fn similarity(left: &Draft, right: &Draft) -> f64 {
    const NEAREST: f64 = 0.99;
    const FARTHEST: f64 = 0.01;
    let exact = |draft: &Draft| Prepared::new(draft).fingerprints().first().copied();
    if left.text == right.text || exact(left).is_some_and(|print| exact(right) == Some(print)) {
        return 1.0;
    }
    let (left, right) = (sorted_words(&left.text), sorted_words(&right.text));
    let all = left.len() + right.len();
    let common = common(&left, &right);
    (2.0 * common as f64 / all.max(1) as f64).clamp(FARTHEST, NEAREST)
}

fn sorted_words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<_> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    words
}

fn common(mut left: &[String], mut right: &[String]) -> usize {
    let mut common = 0;
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left = left_rest,
            std::cmp::Ordering::Greater => right = right_rest,
            std::cmp::Ordering::Equal => {
                common += 1;
                (left, right) = (left_rest, right_rest);
            }
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        Draft { text: text.into(), ..Draft::default() }
    }

    #[test]
    fn equal_texts_are_wholly_similar_and_strangers_hardly() {
        let offer = draft("Cheap watches at my shop, visit now");
        assert_eq!(similarity(&offer, &offer), 1.0);
        let near = similarity(&offer, &draft("Cheap watches at my store, visit now"));
        assert!((0.8..1.0).contains(&near), "{near}");
        let far = similarity(&offer, &draft("Nobody expects a goalkeeper to score"));
        assert!(far > 0.0 && far < 0.2, "{far}");
    }

    #[test]
    fn a_mark_comes_back_and_foreign_text_does_not() {
        let mark = WaveMark(0.25, "c:1".into());
        assert_eq!(WaveMark::decode(&mark.encode()).unwrap(), mark);
        for text in ["", "7", "bm90IG91cnM"] {
            assert!(WaveMark::decode(text).is_err(), "{text}");
        }
    }
}
