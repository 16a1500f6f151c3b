//! Counts by place, so that "the how manieth" and "the n-th" take a few steps however many there are (a Fenwick tree).

/// How many rows stand at each place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Entry `i` is the sum over the `lowest_bit(i + 1)` places that end with place `i`.
    sums: Vec<usize>,
}

impl Tally {
    /// How many places there are.
    pub fn places(&self) -> usize {
        self.sums.len()
    }

    /// Adds a place at the end, with this many rows.
    pub fn push(&mut self, rows: usize) {
        let end = self.sums.len() + 1;
        let covered = self.before(end - 1) - self.before(end - lowest_bit(end));
        self.sums.push(covered + rows);
    }

    /// One row more at a place.
    pub fn add(&mut self, place: usize) {
        self.walk(place, |sum| sum + 1);
    }

    /// One row less at a place.
    pub fn take(&mut self, place: usize) {
        self.walk(place, |sum| sum - 1);
    }

    /// How many rows stand before a place.
    pub fn before(&self, place: usize) -> usize {
        let (mut end, mut total) = (place.min(self.sums.len()), 0);
        while end > 0 {
            total += self.sums[end - 1];
            end -= lowest_bit(end);
        }
        total
    }

    /// The place of the row with so many before it, and how many of those stand at the same place; `None` behind the last.
    pub fn find(&self, rank: usize) -> Option<(usize, usize)> {
        let (mut place, mut left) = (0, rank);
        let mut step = (self.sums.len() + 1).next_power_of_two();
        while step > 0 {
            let next = place + step;
            if next <= self.sums.len() && self.sums[next - 1] <= left {
                left -= self.sums[next - 1];
                place = next;
            }
            step /= 2;
        }
        (place < self.sums.len()).then_some((place, left))
    }

    fn walk(&mut self, place: usize, change: impl Fn(usize) -> usize) {
        let mut end = place + 1;
        while end <= self.sums.len() {
            self.sums[end - 1] = change(self.sums[end - 1]);
            end += lowest_bit(end);
        }
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_counts_as_a_plain_list_does(
            mut rows in prop::collection::vec(0_usize..3, 1..60),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..60),
        ) {
            let mut tally = Tally::default();
            rows.iter().for_each(|count| tally.push(*count));
            for (place, more) in changes {
                let place = place.index(rows.len());
                if more {
                    rows[place] += 1;
                    tally.add(place);
                } else if rows[place] > 0 {
                    rows[place] -= 1;
                    tally.take(place);
                }
            }
            for place in 0..=rows.len() {
                prop_assert_eq!(tally.before(place), rows[..place].iter().sum::<usize>());
            }
            let all = rows.iter().enumerate().flat_map(|(place, count)| (0..*count).map(move |tie| (place, tie)));
            let found: Vec<_> = (0..).map_while(|rank| tally.find(rank)).collect();
            prop_assert_eq!(found, all.collect::<Vec<_>>());
        }
    }
}
