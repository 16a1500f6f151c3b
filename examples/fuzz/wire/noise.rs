//! Bytes out of order.

use super::Dice;

/// What readers of protobuf trip over: groups in groups, numbers without end, lengths beyond it, bytes that are no text.
const TROUBLE: [&[u8]; 6] = [
    &[0x0b; 120],
    &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0x0a, 0x02, 0xc0, 0xaf],
    &[0x00],
    &[0x0a, 0x04, 0xf0, 0x9f, 0x98],
];

/// So many at most, of any value.
pub fn bytes(dice: &mut Dice, most: usize) -> Vec<u8> {
    (0..dice.below(most + 1)).map(|_| dice.below(256) as u8).collect()
}

/// Some changed, put in, taken out or repeated.
pub fn mutated(dice: &mut Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, dice.below(256) as u8),
            2 => bytes.extend(self::bytes(dice, 64)),
            3 => bytes.extend(bytes[at..].to_vec()),
            4 => drop(bytes.splice(at..at, dice.one_of(&TROUBLE).iter().copied())),
            _ if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            _ => {}
        }
    }
    bytes
}
