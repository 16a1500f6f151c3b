//! `[bounds]`: largest, longest and most.

use super::Bounds;
use super::reading::{close, number, span, wait};
use crate::document::Section;

const MIB: u64 = 1 << 20;
const HOUR: u64 = 60 * 60;

pub fn bounds(root: &Section<'_>) -> Bounds {
    let section = root.section("bounds");
    let whole = |key, range, default| number(&section, key, range, default);
    let count = |key, most, default| whole(key, 1..=most, default) as u32;
    let max_message_bytes = whole("max_message_bytes", 1 << 16..=64 * MIB, 4 * MIB);
    // A message in pieces takes up to twice its size while it is put together.
    let arriving = 2 * max_message_bytes..=1 << 40;
    let bounds = Bounds {
        max_text_bytes: whole("max_text_bytes", 1..=MIB, 32 << 10) as usize,
        max_message_bytes: max_message_bytes as usize,
        max_header_bytes: whole("max_header_bytes", 4 << 10..=MIB, 16 << 10) as u32,
        max_page_size: count("max_page_size", 1000, 1000),
        max_connections: whole("max_connections", 1..=1_000_000, 4096) as usize,
        max_streams_per_connection: count("max_streams_per_connection", 100_000, 1024),
        max_calls_per_token: count("max_calls_per_token", 1_000_000, 8192),
        max_streams_per_token: count("max_streams_per_token", 1_000_000, 256),
        max_unread_bytes_per_token: whole("max_unread_bytes_per_token", MIB..=1 << 40, 32 * MIB) as usize,
        max_arriving_bytes_per_token: whole("max_arriving_bytes_per_token", arriving, 8 * max_message_bytes)
            as usize,
        max_portal_calls_per_worker: count("max_portal_calls_per_worker", 1_000_000, 2048),
        max_staff_calls_per_worker: count("max_staff_calls_per_worker", 1_000_000, 256),
        target_wait: wait(&section, "target_wait", 1..=10_000, 100),
        max_call_duration: span(&section, "max_call_duration", 1..=600, 30),
        max_connection_idle: span(&section, "max_connection_idle", 1..=24 * HOUR, 600),
        answer_patience: span(&section, "answer_patience", 1..=600, 30),
        keep_alive_interval: span(&section, "keep_alive_interval", 1..=HOUR, 30),
        keep_alive_timeout: span(&section, "keep_alive_timeout", 1..=600, 20),
        store_timeout: span(&section, "store_timeout", 1..=60, 2),
    };
    close(section);
    bounds
}
