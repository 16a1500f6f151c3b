//! What is kept with a comment, so that what it taught can be taken back to the last step.

use super::features::{Feature, VERSION};
use super::lesson::{Class, Lesson};

/// A lesson with a print of what it was made from. The features are not kept: they are made again from
/// the comment, and the print tells whether they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// What was learned.
    pub lesson: Lesson,
    /// The hash of the features and teachers.
    pub print: u64,
}

/// Bytes of a stored one.
const LEN: usize = 2 + 1 + 1 + 4 + 4 + 1 + 4 + 8;

impl Kept {
    /// Whether it was learned with the features of this program.
    pub fn is_current(&self) -> bool {
        self.lesson.version == VERSION
    }

    /// The stored bytes: version, class, share, steps, bin, generation, print; little-endian.
    pub fn to_bytes(self) -> Vec<u8> {
        let Lesson { version, class, share, steps, bin, generation } = self.lesson;
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend_from_slice(&version.to_le_bytes());
        bytes.extend_from_slice(&[class as u8, share]);
        steps.iter().for_each(|step| bytes.extend_from_slice(&step.to_le_bytes()));
        bytes.push(bin);
        bytes.extend_from_slice(&generation.to_le_bytes());
        bytes.extend_from_slice(&self.print.to_le_bytes());
        bytes
    }

    /// Reads the stored bytes; `None` when they are none of these.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LEN] = bytes.try_into().ok()?;
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let lesson = Lesson {
            version: u16::from_le_bytes([bytes[0], bytes[1]]),
            class: Class::from_code(bytes[2])?,
            share: bytes[3],
            steps: [number(4) as i32, number(8) as i32],
            bin: bytes[12],
            generation: number(13),
        };
        let print = u64::from(number(17)) | u64::from(number(21)) << 32;
        (usize::from(lesson.bin) < super::layout::BINS).then_some(Self { lesson, print })
    }
}

/// A hash of all that a lesson's changes hang on beside the lesson.
pub(super) fn print_of(features: &[Feature], teachers: &[u64]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for feature in features {
        hash.update(&feature.key.to_le_bytes());
        hash.update(&feature.value.to_le_bytes());
    }
    teachers.iter().for_each(|teacher| hash.update(&teacher.to_le_bytes()));
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Kept = Kept {
        lesson: Lesson {
            version: VERSION,
            class: Class::Abuse,
            share: 13,
            steps: [-70_000, 65_536],
            bin: 47,
            generation: 1 << 20,
        },
        print: u64::MAX - 5,
    };

    #[test]
    fn a_kept_lesson_comes_back_from_its_bytes() {
        assert_eq!(Kept::from_bytes(&KEPT.to_bytes()), Some(KEPT));
    }

    #[test]
    fn other_bytes_are_no_lesson() {
        assert_eq!(Kept::from_bytes(&[]), None);
        assert_eq!(Kept::from_bytes(&[0; LEN + 1]), None);
        for (at, strange) in [(2, 3), (12, 48)] {
            let mut bytes = KEPT.to_bytes();
            bytes[at] = strange;
            assert_eq!(Kept::from_bytes(&bytes), None, "byte {at}");
        }
    }
}
