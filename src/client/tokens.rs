//! Which token goes with which call, and where it is read from.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a token lets its bearer do; none implies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Hands comments in and follows what becomes of them.
    Portal,
    /// Works the queue.
    Moderator,
    /// Changes the policy.
    Admin,
}

impl Role {
    /// The name, as in token files and errors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

/// Where tokens come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Tokens {
    /// One token for every call, from the environment.
    Given(String),
    /// A file with one token for every call, or a directory with a file for each role.
    At(PathBuf),
    /// The directory where a server on this machine leaves the tokens it made.
    Made(PathBuf),
    /// Nowhere, and none is needed: the client certificate tells who calls.
    Certificate,
    /// Nowhere: the server is another machine, and no token was named.
    Nowhere,
}

/// Where the token of a call was read, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOrigin(String);

/// Why there is no token to send.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read.
    #[error("cannot read the token in {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A server on this machine has left no token here.
    #[error("no {} token in {}", role.name(), path.display())]
    NotMade {
        /// The role that the call needs.
        role: Role,
        /// Where one was looked for.
        path: PathBuf,
    },
    /// Nothing names a token.
    #[error("no token: the server is not this machine, so a {} token must be named", .0.name())]
    NoneNamed(Role),
    /// What was read cannot be sent in a header.
    #[error("what was read as a token is empty or has spaces or characters that no token has")]
    NotAToken,
}

impl Tokens {
    /// The token for calls that need `role`, if a token is to be sent. Read anew each time: a server that starts afresh
    /// makes new ones.
    pub fn read(&self, role: Role) -> Result<Option<String>, TokenError> {
        let text = match self {
            Self::Given(token) => token.clone(),
            Self::At(path) => {
                let path = file_for(path, role);
                fs::read_to_string(&path).map_err(|cause| TokenError::Unreadable { path, cause })?
            }
            Self::Made(directory) => read_made(directory.join(role.name()), role)?,
            Self::Certificate => return Ok(None),
            Self::Nowhere => return Err(TokenError::NoneNamed(role)),
        };
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::NotAToken);
        }
        Ok(Some(token.to_owned()))
    }

    /// Where the token for `role` is read from, for messages.
    pub fn origin(&self, role: Role) -> TokenOrigin {
        TokenOrigin(match self {
            Self::Given(_) => "MODCTL_TOKEN".to_owned(),
            Self::At(path) => file_for(path, role).display().to_string(),
            Self::Made(directory) => directory.join(role.name()).display().to_string(),
            Self::Certificate => "the client certificate".to_owned(),
            Self::Nowhere => "nowhere".to_owned(),
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given(…)"),
            Self::At(path) => f.debug_tuple("At").field(path).finish(),
            Self::Made(path) => f.debug_tuple("Made").field(path).finish(),
            Self::Certificate => f.write_str("Certificate"),
            Self::Nowhere => f.write_str("Nowhere"),
        }
    }
}

impl fmt::Display for TokenOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn file_for(path: &Path, role: Role) -> PathBuf {
    if path.is_dir() { path.join(role.name()) } else { path.to_owned() }
}

fn read_made(path: PathBuf, role: Role) -> Result<String, TokenError> {
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(TokenError::NotMade { role, path }),
        Err(cause) => Err(TokenError::Unreadable { path, cause }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("portal"), "p-token\n").unwrap();
        fs::write(directory.path().join("admin"), "").unwrap();
        directory
    }

    #[test]
    fn a_directory_has_one_token_for_each_role() {
        let directory = directory();
        let tokens = Tokens::At(directory.path().to_owned());
        assert_eq!(tokens.read(Role::Portal).unwrap().as_deref(), Some("p-token"));
        assert!(matches!(tokens.read(Role::Moderator), Err(TokenError::Unreadable { .. })));
    }

    #[test]
    fn a_file_has_the_token_of_every_role() {
        let directory = directory();
        let tokens = Tokens::At(directory.path().join("portal"));
        assert_eq!(tokens.read(Role::Admin).unwrap().as_deref(), Some("p-token"));
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_before_it_is_sent() {
        let directory = directory();
        assert!(matches!(
            Tokens::Made(directory.path().into()).read(Role::Admin),
            Err(TokenError::NotAToken)
        ));
        assert!(matches!(Tokens::Given("two words".into()).read(Role::Portal), Err(TokenError::NotAToken)));
        assert!(matches!(Tokens::Nowhere.read(Role::Portal), Err(TokenError::NoneNamed(Role::Portal))));
    }

    #[test]
    fn a_token_never_shows_when_its_holder_is_printed() {
        assert_eq!(format!("{:?}", Tokens::Given("secret".into())), "Given(…)");
    }
}
