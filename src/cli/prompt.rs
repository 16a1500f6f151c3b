//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use super::failure::Failure;

/// Asks on standard error. Where nobody can answer, it is a usage error that names `--yes`.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!("{question} Nobody is there to answer; say so with --yes")));
    }
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// A text argument: itself, or all of standard input for `-` and for nothing when something is piped in.
pub fn text_or_input(text: Option<String>, what: &str) -> Result<String, Failure> {
    match text {
        Some(text) if text != "-" => Ok(text),
        None if io::stdin().is_terminal() => {
            Err(Failure::Usage(format!("no {what}; give it as an argument, or `-` to read standard input")))
        }
        _ => {
            let text = io::read_to_string(io::stdin())
                .map_err(|error| Failure::Usage(format!("cannot read standard input: {error}")))?;
            Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes(" YES \n"));
        assert!(!is_yes("\n") && !is_yes("n") && !is_yes("yess"));
    }
}
