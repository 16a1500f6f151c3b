//! Fingerprints of tokens and certificates, and tokens that are made on the first start.

use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Credential, Principal, Role};

/// Characters of a secret.
const SHORTEST_SECRET: usize = 32;

/// SHA-256 of a token or a certificate.
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a token's or a certificate's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
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
    pub tokens: Vec<Principal>,
}

/// One token a role under `data_dir/tokens`, which only the owner may enter and read; those that exist are kept.
///
/// # Errors
/// The file system's, with the path; also for a file that is there and cannot be read or is empty.
pub fn make_tokens(data_dir: &Path) -> io::Result<MadeTokens> {
    let directory = data_dir.join("tokens");
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&directory);
    made.and_then(|()| fs::set_permissions(&directory, Permissions::from_mode(0o700)))
        .map_err(|error| about(&directory, error))?;
    let mut tokens = Vec::new();
    for role in Role::ALL {
        let path = directory.join(role.name());
        let token = kept_or_made(&path).map_err(|error| about(&path, error))?;
        tokens.push(Principal {
            name: role.name().to_owned(),
            credential: Credential::Token(Fingerprint::of(token.as_bytes())),
            roles: vec![role],
            sites: vec![],
            may_act_for: true,
        });
    }
    Ok(MadeTokens { directory, tokens })
}

/// The 32 bytes that come of the text in a file that only the owner may read; it is made if it is not there.
///
/// # Errors
/// The file system's; the file's text is too short to be a secret.
pub fn secret(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let text = kept_or_made(path)?;
    if text.len() < SHORTEST_SECRET {
        return Err(io::Error::other("it has fewer than 32 characters; remove it to have another made"));
    }
    Ok(Sha256::digest(text.as_bytes()).into())
}

fn about(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn kept_or_made(path: &Path) -> io::Result<String> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return made(path),
        text => text?,
    };
    let token = text.trim();
    if token.is_empty() {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "the file is empty; remove it to have a token made",
        ));
    }
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(token.to_owned())
}

/// The file appears whole or not at all.
fn made(path: &Path) -> io::Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let token = format!("mq_{}", URL_SAFE_NO_PAD.encode(random));
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_fingerprint_is_the_sha_256_of_the_token() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Fingerprint::from_hex(hex), Some(Fingerprint::of(b"abc")));
        assert_ne!(Fingerprint::of(b"abc"), Fingerprint::of(b"abd"));
        assert_eq!(Fingerprint::from_hex(&hex[1..]), None);
        assert_eq!(Fingerprint::from_hex(&hex.replace('b', "x")), None);
    }

    #[test]
    fn made_tokens_are_kept_and_only_the_owner_reads_them() {
        let directory = tempfile::tempdir().unwrap();
        let first = make_tokens(directory.path()).unwrap();
        let second = make_tokens(directory.path()).unwrap();
        assert_eq!(first.tokens, second.tokens);
        assert_eq!(mode(&first.directory), 0o700);
        for role in Role::ALL {
            assert_eq!(mode(&first.directory.join(role.name())), 0o600);
        }
    }

    #[test]
    fn what_others_could_read_is_closed_to_them() {
        let directory = tempfile::tempdir().unwrap();
        let tokens = make_tokens(directory.path()).unwrap().directory;
        fs::set_permissions(&tokens, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(tokens.join("portal"), Permissions::from_mode(0o644)).unwrap();
        make_tokens(directory.path()).unwrap();
        assert_eq!((mode(&tokens), mode(&tokens.join("portal"))), (0o700, 0o600));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_an_error_and_stays_as_it_is() {
        for content in [&b"\xff\xfe"[..], b"", b" \n"] {
            let directory = tempfile::tempdir().unwrap();
            let file = make_tokens(directory.path()).unwrap().directory.join("admin");
            fs::write(&file, content).unwrap();
            let error = make_tokens(directory.path()).unwrap_err();
            assert!(error.to_string().contains("tokens/admin"), "{error}");
            assert_eq!(fs::read(&file).unwrap(), content);
        }
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join("tokens/portal")).unwrap();
        make_tokens(directory.path()).expect_err("a directory is no token");
    }

    #[test]
    fn a_secret_is_kept_and_a_short_one_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/down/key");
        assert_eq!(secret(&path).unwrap(), secret(&path).unwrap());
        assert_ne!(secret(&path).unwrap(), secret(&directory.path().join("other")).unwrap());
        assert_eq!(mode(&path), 0o600);
        fs::write(&path, "guess me").unwrap();
        assert!(secret(&path).unwrap_err().to_string().contains("32 characters"));
    }
}
