//! The person's own editor, opened at a line.

use std::path::Path;
use std::process::Command;

use crate::cli::failure::Failure;

/// Editors that take `+LINE FILE`.
const PLUS_LINE: [&str; 11] =
    ["vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mg"];

/// Editors that take `FILE:LINE`.
const FILE_LINE: [&str; 4] = ["hx", "helix", "subl", "zed"];

/// Editors that take `--goto FILE:LINE`.
const GOTO: [&str; 2] = ["code", "codium"];

const NO_TERMINAL: &str = "there is no terminal to edit on; use `modctl policy get` and `modctl policy set FILE`, or name an \
     editor that needs none with EDITOR";

/// A command line, run by the shell as git does it, so that it may have options and quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// `VISUAL`, else `EDITOR`, else vi, which needs somebody at a terminal.
    pub fn chosen(environment: impl Fn(&str) -> Option<String>, at_terminal: bool) -> Result<Self, Failure> {
        let named = |name| environment(name).filter(|command| !command.trim().is_empty());
        let vi = at_terminal.then(|| "vi".to_owned());
        let command = named("VISUAL").or_else(|| named("EDITOR")).or(vi);
        command.map(Self).ok_or_else(|| Failure::Usage(NO_TERMINAL.to_owned()))
    }

    /// Opens the file and waits until the editor ends. One that fails is told and nothing is taken from it.
    pub fn open(&self, file: &Path, line: usize) -> Result<(), Failure> {
        let script = format!("{} \"$@\"", self.0);
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg("sh").args(self.arguments(file, line));
        let status = command.status().map_err(|error| Failure::Usage(format!("cannot run sh: {error}")))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "the editor `{}` ended with {status}; set VISUAL or EDITOR to one that is here",
            self.0
        )))
    }

    fn arguments(&self, file: &Path, line: usize) -> Vec<String> {
        let program = self.0.split_whitespace().next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        let file = file.to_string_lossy().into_owned();
        match program {
            _ if line <= 1 => vec![file],
            name if PLUS_LINE.contains(&name) => vec![format!("+{line}"), file],
            name if FILE_LINE.contains(&name) => vec![format!("{file}:{line}")],
            name if GOTO.contains(&name) => vec!["--goto".to_owned(), format!("{file}:{line}")],
            _ => vec![file],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(editor: &str, line: usize) -> Vec<String> {
        Editor(editor.to_owned()).arguments(Path::new("/p.toml"), line)
    }

    #[test]
    fn visual_goes_before_editor_and_vi_is_what_is_left() {
        let both = |name: &str| Some(name.to_lowercase());
        let chosen =
            |environment: &dyn Fn(&str) -> Option<String>| Editor::chosen(environment, true).unwrap();
        assert_eq!(chosen(&both), Editor("visual".into()));
        let one = |name: &str| (name == "EDITOR").then(|| "nano -w".to_owned());
        assert_eq!(chosen(&one), Editor("nano -w".into()));
        assert_eq!(chosen(&|_| Some(String::new())), Editor("vi".into()));
    }

    #[test]
    fn without_a_terminal_only_an_editor_that_was_named_is_opened() {
        let named = |name: &str| (name == "EDITOR").then(|| "sed -i s/pre/post/".to_owned());
        assert!(Editor::chosen(named, false).is_ok());
        let refused = Editor::chosen(|_| None, false);
        assert!(matches!(refused, Err(Failure::Usage(why)) if why.contains("policy set")));
    }

    #[test]
    fn editors_that_can_are_opened_at_the_line() {
        assert_eq!(arguments("/usr/bin/nvim -n", 12), ["+12", "/p.toml"]);
        assert_eq!(arguments("hx", 12), ["/p.toml:12"]);
        assert_eq!(arguments("code --wait", 12), ["--goto", "/p.toml:12"]);
        assert_eq!(arguments("my-editor", 12), ["/p.toml"]);
        assert_eq!(arguments("vim", 1), ["/p.toml"]);
    }

    #[test]
    fn an_editor_that_fails_is_told_by_name() {
        let failed = Editor("exit 3; :".to_owned()).open(Path::new("/dev/null"), 1);
        assert!(matches!(failed, Err(Failure::Usage(why)) if why.contains("exit 3")));
        assert!(Editor("test -e".to_owned()).open(Path::new("/dev/null"), 1).is_ok());
    }
}
