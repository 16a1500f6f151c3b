//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal;

use super::failure::Failure;

/// Asks on standard error. Where nobody can answer, it is a usage error that names `--yes`.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!("{question} Nobody is there to answer; say so with --yes")));
    }
    say_on!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

/// Asks for something that must not be seen; what is typed is not shown.
pub fn ask_secret(what: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!(
            "there is no terminal to ask for the {what} on; name a file with it"
        )));
    }
    say_on!("{what}: ");
    io::stderr().flush()?;
    terminal::enable_raw_mode()?;
    let typed = type_secret();
    terminal::disable_raw_mode()?;
    say!("");
    match typed?.trim() {
        "" => Err(Failure::Usage(format!("no {what} was given"))),
        secret => Ok(secret.to_owned()),
    }
}

/// Reads keys up to Enter; nothing when it was broken off.
fn type_secret() -> io::Result<String> {
    let mut typed = String::new();
    loop {
        let Event::Key(key) = event::read()? else { continue };
        match key {
            KeyEvent { kind: KeyEventKind::Release, .. } => {}
            KeyEvent { code: KeyCode::Enter, .. } => return Ok(typed),
            KeyEvent { code: KeyCode::Esc, .. } => return Ok(String::new()),
            KeyEvent { code: KeyCode::Char('c' | 'd'), modifiers: KeyModifiers::CONTROL, .. } => {
                return Ok(String::new());
            }
            KeyEvent { code: KeyCode::Backspace, .. } => _ = typed.pop(),
            KeyEvent { code: KeyCode::Char(c), .. } => typed.push(c),
            _ => {}
        }
    }
}

/// What somebody wants done with what was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Do it.
    Yes,
    /// Leave it.
    No,
    /// Change it first.
    Edit,
}

/// Asks whether to do it, to leave it, or to change it first. Where nobody can answer, it is left.
pub fn ask(question: &str) -> Result<Answer, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!("{question} Nobody is there to answer; say so with --yes")));
    }
    say_on!("{question} [y/N/e=edit again] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(match answer.trim().to_lowercase().as_str() {
        "e" | "edit" => Answer::Edit,
        answer if is_yes(answer) => Answer::Yes,
        _ => Answer::No,
    })
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
