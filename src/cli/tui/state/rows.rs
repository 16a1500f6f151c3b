//! The rows of a queue: in order, found by id, counted by place. Nothing here takes longer the more rows there are, but
//! for the logarithm of their number, so that a key is as fast in a queue of a million as in one of ten.

use std::collections::{BTreeMap, HashMap};

use super::tally::Tally;
use crate::proto::v1::Comment;

/// Where a row stands in its listing. A row that leaves and comes back has the same place, whatever left meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    row: usize,
    /// Tells rows apart that were put back where another one stands.
    tie: usize,
}

/// The rows, and which of them is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    comments: BTreeMap<Place, Box<Comment>>,
    places: HashMap<String, Place>,
    tally: Tally,
    /// The place that is looked at: of a row whenever there is one.
    selected: Option<Place>,
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.comments.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    /// The comment that is looked at.
    pub fn current(&self) -> Option<&Comment> {
        self.selected.and_then(|place| self.comments.get(&place)).map(Box::as_ref)
    }

    /// How many rows stand above the one that is looked at.
    pub fn rank(&self) -> usize {
        self.selected.map(|place| self.rank_of(place)).unwrap_or_default()
    }

    /// Where a comment stands.
    pub fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// A comment.
    pub fn get(&self, id: &str) -> Option<&Comment> {
        self.comments.get(self.places.get(id)?).map(Box::as_ref)
    }

    /// A comment, to be changed; its id stays.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Comment> {
        self.comments.get_mut(self.places.get(id)?).map(Box::as_mut)
    }

    /// The rows from so many on, in order.
    pub fn from_rank(&self, rank: usize) -> impl Iterator<Item = &Comment> {
        let rows = self.place_at(rank).map(|place| self.comments.range(place..));
        rows.into_iter().flatten().map(|(_, comment)| comment.as_ref())
    }

    /// The row that is looked at and those below it.
    pub fn from_selected(&self) -> impl Iterator<Item = &Comment> {
        let rows = self.selected.map(|place| self.comments.range(place..));
        rows.into_iter().flatten().map(|(_, comment)| comment.as_ref())
    }

    /// Adds a row at the end; one that is here already is left as it is.
    pub fn push(&mut self, comment: Comment) {
        if self.places.contains_key(&comment.id) {
            return;
        }
        let place = Place { row: self.tally.places(), tie: 0 };
        self.tally.push(1);
        self.enter(place, comment);
    }

    /// Takes a row out; what is looked at stays, or is the next one.
    pub fn remove(&mut self, id: &str) -> Option<(Place, Comment)> {
        let place = self.places.remove(id)?;
        let comment = self.comments.remove(&place)?;
        self.tally.take(place.row);
        if self.selected == Some(place) {
            let next =
                self.comments.range(place..).next().or_else(|| self.comments.range(..place).next_back());
            self.selected = next.map(|(place, _)| *place);
        }
        Some((place, *comment))
    }

    /// Puts a row back where it was, and looks at it. Of a row that is here already, only the content changes.
    pub fn put_back(&mut self, place: Place, comment: Comment) {
        if let Some(here) = self.get_mut(&comment.id) {
            *here = comment;
            return;
        }
        let mut place = place;
        if place.row >= self.tally.places() {
            place.row = self.tally.places();
            self.tally.push(0);
        }
        while self.comments.contains_key(&place) {
            place.tie += 1;
        }
        self.tally.add(place.row);
        self.enter(place, comment);
        self.selected = Some(place);
    }

    /// Looks at a comment, if it is here.
    pub fn select(&mut self, id: &str) {
        self.selected = self.place(id).or(self.selected);
    }

    /// Looks at the row with so many above it, or at the last one.
    pub fn select_rank(&mut self, rank: usize) {
        self.selected = self.place_at(rank.min(self.len().saturating_sub(1)));
    }

    fn enter(&mut self, place: Place, comment: Comment) {
        self.places.insert(comment.id.clone(), place);
        self.comments.insert(place, Box::new(comment));
        self.selected.get_or_insert(place);
    }

    fn rank_of(&self, place: Place) -> usize {
        let ties = self.comments.range(Place { tie: 0, ..place }..place).count();
        self.tally.before(place.row) + ties
    }

    fn place_at(&self, rank: usize) -> Option<Place> {
        let (row, tie) = self.tally.find(rank)?;
        let ties = self.comments.range(Place { row, tie: 0 }..);
        ties.map(|(place, _)| *place).nth(tie)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::comment;
    use super::*;

    fn rows(ids: &[&str]) -> Rows {
        let mut rows = Rows::default();
        ids.iter().for_each(|id| rows.push(comment(id, "x")));
        rows
    }

    fn ids(rows: &Rows) -> Vec<&str> {
        rows.from_rank(0).map(|comment| comment.id.as_str()).collect()
    }

    #[test]
    fn a_row_comes_back_to_its_place_whatever_left_meanwhile() {
        let mut rows = rows(&["a", "b", "c", "d"]);
        let (place, c) = rows.remove("c").unwrap();
        rows.remove("a");
        rows.remove("b");
        rows.put_back(place, c);
        assert_eq!((ids(&rows), rows.rank()), (vec!["c", "d"], 0));
    }

    #[test]
    fn a_row_of_an_earlier_listing_stands_behind_the_one_that_has_its_place_now() {
        let (place, b) = rows(&["a", "b"]).remove("b").unwrap();
        let mut rows = rows(&["x", "y", "z"]);
        rows.put_back(place, b);
        assert_eq!((ids(&rows), rows.rank()), (vec!["x", "y", "b", "z"], 2));
        rows.select_rank(3);
        assert_eq!(rows.current().unwrap().id, "z");
    }

    #[test]
    fn a_row_that_stood_beyond_the_end_comes_last() {
        let (place, c) = rows(&["a", "b", "c"]).remove("c").unwrap();
        let mut rows = rows(&["x"]);
        rows.put_back(place, c);
        assert_eq!((ids(&rows), rows.rank()), (vec!["x", "c"], 1));
    }

    #[test]
    fn the_next_row_is_looked_at_when_one_leaves_and_the_last_one_when_there_is_no_next() {
        let mut rows = rows(&["a", "b", "c"]);
        rows.select("b");
        rows.remove("b");
        assert_eq!((rows.current().unwrap().id.as_str(), rows.rank()), ("c", 1));
        rows.remove("c");
        assert_eq!((rows.current().unwrap().id.as_str(), rows.rank()), ("a", 0));
        rows.remove("a");
        assert_eq!((rows.current(), rows.rank()), (None, 0));
    }

    #[test]
    fn the_selection_cannot_leave_the_rows() {
        let mut rows = rows(&["a", "b"]);
        rows.select_rank(usize::MAX);
        assert_eq!(rows.current().unwrap().id, "b");
        rows.select("nobody");
        assert_eq!(rows.current().unwrap().id, "b");
    }
}
