//! Tokens: their fingerprints, and making them on the first start.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Role, Token};

/// SHA-256 of a token.
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl PartialEq for Fingerprint {
    /// Takes the same time wherever the two differ.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Fingerprint {}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{:02x}{:02x}…", self.0[0], self.0[1])
    }
}

/// Tokens that were made for a server without configuration.
#[derive(Debug, Clone)]
pub struct MadeTokens {
    /// Where they are, one file a role.
    pub directory: PathBuf,
    /// What the server knows of them.
    pub tokens: Vec<Token>,
}

/// One token a role under `data_dir/tokens`, readable by the owner alone; those that exist are kept.
///
/// # Errors
/// The file system's.
pub fn make_tokens(data_dir: &Path) -> io::Result<MadeTokens> {
    let directory = data_dir.join("tokens");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        let token = kept_or_made(&directory.join(role.name()))?;
        tokens.push(Token {
            name: role.name().to_owned(),
            fingerprint: Fingerprint::of(&token),
            roles: vec![role],
            sites: vec![],
            may_act_for: true,
        });
    }
    Ok(MadeTokens { directory, tokens })
}

fn kept_or_made(path: &Path) -> io::Result<String> {
    if let Ok(text) = std::fs::read_to_string(path)
        && !text.trim().is_empty()
    {
        return Ok(text.trim().to_owned());
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let token = format!("mq_{}", URL_SAFE_NO_PAD.encode(random));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_fingerprint_is_the_sha_256_of_the_token() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Fingerprint::from_hex(hex), Some(Fingerprint::of("abc")));
        assert_ne!(Fingerprint::of("abc"), Fingerprint::of("abd"));
        assert_eq!(Fingerprint::from_hex(&hex[1..]), None);
        assert_eq!(Fingerprint::from_hex(&hex.replace('b', "x")), None);
    }

    #[test]
    fn made_tokens_are_kept_and_only_the_owner_reads_them() {
        let directory = tempfile::tempdir().unwrap();
        let first = make_tokens(directory.path()).unwrap();
        let second = make_tokens(directory.path()).unwrap();
        assert_eq!(first.tokens, second.tokens);
        for role in Role::ALL {
            let mode = std::fs::metadata(first.directory.join(role.name())).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
