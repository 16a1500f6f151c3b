//! Many byte strings in one buffer: the keys and arguments of a script call.

/// A list of byte strings that grows without an allocation for each.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Words {
    /// Adds one word, given in parts.
    pub(super) fn push(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.ends.push(self.bytes.len());
    }

    /// Adds a number as decimal digits.
    pub(super) fn number(&mut self, number: impl Into<i128>) {
        self.push(&[number.into().to_string().as_bytes()]);
    }

    /// Adds all words of another list.
    pub(super) fn append(&mut self, other: &Words) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + shift));
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes they take together.
    pub(super) fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// The words in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends.iter()).map(|(start, end)| &self.bytes[start..*end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_in_order_with_empty_ones_between() {
        let mut words = Words::default();
        words.push(&[b"a", b"b"]);
        words.push(&[]);
        let mut other = Words::default();
        other.number(-12);
        words.append(&other);
        assert_eq!(words.iter().collect::<Vec<_>>(), [&b"ab"[..], b"", b"-12"]);
        assert_eq!((words.len(), words.byte_len()), (3, 5));
    }
}
