//! Looking for words in everything that a store keeps.

use std::path::Path;

use super::redis_server::RedisServer;

/// The words that are in some bytes.
pub fn found_in<'a>(words: &[&'a str], bytes: &[u8]) -> Vec<&'a str> {
    let is_in = |word: &&&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    words.iter().filter(is_in).copied().collect()
}

/// The words that are in the files under a directory, each with its file.
pub fn found_under(words: &[&str], directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(found_under(words, &path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let named = |word: &&str| format!("{word} in {}", path.display());
            found.extend(found_in(words, &bytes).iter().map(named));
        }
    }
    found
}

/// Every key with its value, as Redis dumps it.
pub fn everything(server: &RedisServer) -> Vec<u8> {
    let client = redis::Client::open(server.url()).expect("a well-formed URL");
    let mut connection = client.get_connection().expect("redis-server answers");
    let keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg("*").query(&mut connection).expect("keys");
    assert!(keys.len() > 5);
    let mut bytes = Vec::new();
    for key in keys {
        bytes.extend(redis::cmd("DUMP").arg(&key).query::<Vec<u8>>(&mut connection).unwrap_or_default());
        bytes.extend(key);
    }
    bytes
}
