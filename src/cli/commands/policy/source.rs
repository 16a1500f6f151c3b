//! Policies read from files.

use std::fs;
use std::io;

use crate::cli::failure::Failure;

/// A policy's text and where it came from.
pub struct Source {
    /// The file's name, for messages.
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// Reads a file, or standard input for `-`.
pub fn read(file: &str) -> Result<Source, Failure> {
    let (name, text) = match file {
        "-" => ("standard input", io::read_to_string(io::stdin())),
        file => (file, fs::read_to_string(file)),
    };
    let text = text.map_err(|error| Failure::Usage(format!("cannot read {name}: {error}")))?;
    Ok(Source { name: name.to_owned(), text })
}
