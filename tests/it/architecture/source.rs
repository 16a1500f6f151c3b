//! A source file and the paths that it names, each from its root: a crate, or `crate`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// A file below `src`.
pub struct Source {
    /// Its path below `src`, with `/`.
    pub file: String,
    /// Every path that it names, such as `tonic::Code` or `crate::rpc::status`.
    pub paths: BTreeSet<String>,
}

static NOT_CODE: LazyLock<Regex> = LazyLock::new(|| {
    let parts = [r"//[^\n]*", r"(?s)/\*.*?\*/", r##"(?s)r#".*?"#"##, r#"(?s)"(?:\\.|[^"\\])*""#];
    pattern(&parts.join("|"))
});
static USE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\buse\s+([^;]+);"));
static MODULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bmod\s+(\w+)\s*[;{]"));
static PATH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:::\s*)?\b[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// Every Rust file below `src`.
pub fn sources() -> Vec<Source> {
    // Asked for when it runs: a binary built for another checkout may be taken for this one's.
    let checkout = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let root = Path::new(&checkout).join("src");
    let (mut found, mut directories) = (Vec::new(), vec![root.clone()]);
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(&root).expect("below src").to_str().expect("a plain name");
                let text = std::fs::read_to_string(&path).expect("a text");
                found.push(Source::new(file.replace('\\', "/"), &text));
            }
        }
    }
    assert!(found.len() > 20, "only {} sources were found", found.len());
    found
}

impl Source {
    pub fn new(file: String, text: &str) -> Self {
        let code = NOT_CODE.replace_all(text, " ");
        let module = module_of(&file);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for declared in MODULE.captures_iter(&code) {
            names.insert(declared[1].to_owned(), format!("{module}::{}", &declared[1]));
        }
        let mut imported = Vec::new();
        for used in USE.captures_iter(&code) {
            expand(used[1].trim(), "", &mut imported);
        }
        // A name that a `use` brings in may itself begin at a module declared here.
        let imported: Vec<_> =
            imported.into_iter().map(|(name, path)| (name, resolve(&path, &module, &names))).collect();
        names.extend(imported.iter().cloned());
        let body = USE.replace_all(&code, " ");
        let inline = PATH.find_iter(&body).map(|found| resolve(found.as_str(), &module, &names));
        let paths = imported.iter().map(|(_, path)| path.clone()).chain(inline).collect();
        Self { file, paths }
    }

    /// Whether the file is this one, or below this directory or module.
    pub fn lies_in(&self, place: &str) -> bool {
        let rest = self.file.strip_prefix(place);
        rest.is_some_and(|rest| {
            place.is_empty() || place.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '.'])
        })
    }

    /// The paths that are this one or lie in it.
    pub fn names<'a>(&'a self, forbidden: &'a str) -> impl Iterator<Item = &'a String> {
        self.paths.iter().filter(move |path| {
            path.strip_prefix(forbidden).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
    }
}

/// The module path of a file.
fn module_of(file: &str) -> String {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    match stem {
        "lib" | "main" => "crate".to_owned(),
        stem => format!("crate::{}", stem.replace('/', "::")),
    }
}

/// The names that a `use` tree brings in, with their paths.
fn expand(tree: &str, prefix: &str, found: &mut Vec<(String, String)>) {
    let tree = tree.trim();
    if let Some((head, rest)) = tree.split_once('{') {
        let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
        let prefix = format!("{prefix}{}", head.trim());
        for part in split_at_top(inside) {
            expand(part, &prefix, found);
        }
        return;
    }
    let (path, name) = match tree.split_once(" as ") {
        Some((path, name)) => (path.trim(), Some(name.trim())),
        None => (tree, None),
    };
    let path = match path {
        "" => return,
        "self" => prefix.trim_end_matches("::").to_owned(),
        path => format!("{prefix}{path}"),
    };
    let last = path.rsplit("::").next().unwrap_or_default().to_owned();
    found.push((name.map_or(last, str::to_owned), path));
}

/// The parts between the commas that are in no braces.
fn split_at_top(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The path from its root, given what the names of a module stand for.
fn resolve(path: &str, module: &str, names: &BTreeMap<String, String>) -> String {
    let path = path.replace(char::is_whitespace, "");
    if let Some(outside) = path.strip_prefix("::") {
        return outside.to_owned();
    }
    let (first, rest) = path.split_once("::").map_or((path.as_str(), ""), |(first, rest)| (first, rest));
    let root = match first {
        "crate" | "modqueue" => "crate".to_owned(),
        "self" => module.to_owned(),
        "super" => {
            let parent = module.rsplit_once("::").map_or("crate", |(parent, _)| parent);
            return resolve_rest(parent, rest, names);
        }
        first => names.get(first).cloned().unwrap_or_else(|| first.to_owned()),
    };
    if rest.is_empty() { root } else { format!("{root}::{rest}") }
}

fn resolve_rest(parent: &str, rest: &str, names: &BTreeMap<String, String>) -> String {
    match rest.strip_prefix("super") {
        Some(_) => resolve(rest, parent, names),
        None if rest.is_empty() => parent.to_owned(),
        None => format!("{parent}::{rest}"),
    }
}
