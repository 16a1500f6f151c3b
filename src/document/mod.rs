//! TOML read key by key, so that every mistake is told at once, at its line, with a remedy.
//!
//! Deriving `Deserialize` for a whole document would stop at the first mistake. Here whoever knows the
//! shape asks a [`Section`] for its keys; what does not fit is written down, and what nobody asked for
//! is a mistake when the section is closed.

mod mistake;
mod suggest;

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use suggest::nearest;

pub use mistake::Mistake;

/// Names that other moderation tools use, with ours.
const RENAMED: &[(&str, &str)] = &[
    ("threshold", "thresholds"),
    ("terms", "words"),
    ("score", "weight"),
    ("points", "weight"),
    ("regex", "pattern"),
    ("rate", "quota"),
    ("window", "per"),
    ("period", "per"),
    ("dry_run", "shadow"),
    ("whitelist", "allow"),
    ("allowlist", "allow"),
    ("min", "from"),
];

/// Reads `source` with `make`, which closes the section that it is given.
///
/// # Errors
/// Every mistake, in the order of the source.
pub fn read<T>(source: &str, make: impl FnOnce(Section<'_>) -> T) -> Result<T, Vec<Mistake>> {
    let book = Book::new(source);
    let (table, errors) = DeTable::parse_recoverable(source);
    for error in errors {
        let offset = error.span().map_or(0, |span| span.start);
        book.add(offset, String::new(), format!("this is not TOML: {}.", error.message()));
    }
    let made = make(Section::root(&book, table.get_ref()));
    let mistakes = book.close();
    if mistakes.is_empty() { Ok(made) } else { Err(mistakes) }
}

/// The mistakes found so far in one source.
struct Book<'s> {
    source: &'s str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'s> Book<'s> {
    /// An empty book about `source`.
    fn new(source: &'s str) -> Self {
        Self { source, mistakes: RefCell::default() }
    }

    /// Writes a mistake down.
    fn add(&self, offset: usize, field: String, message: impl Display) {
        let mistake = Mistake::at(self.source, offset, field, message.to_string());
        self.mistakes.borrow_mut().push(mistake);
    }

    /// Every mistake in the order of the source.
    fn close(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        mistakes.dedup();
        mistakes
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its dotted path.
    pub field: String,
    /// Where it starts, in bytes.
    pub offset: usize,
}

/// What stands where a table, a number or `false` may stand.
pub enum GradedValue<'s> {
    /// `false`.
    Off,
    /// A number.
    Number(f64),
    /// A table.
    Table(Section<'s>),
}

/// One table of the document. Keys that nobody asked for are mistakes when it is closed.
pub struct Section<'s> {
    book: &'s Book<'s>,
    path: String,
    offset: usize,
    table: &'s DeTable<'s>,
    asked: RefCell<HashSet<&'static str>>,
}

impl<'s> Section<'s> {
    /// The whole document.
    fn root(book: &'s Book<'s>, table: &'s DeTable<'s>) -> Self {
        Self::new(book, String::new(), 0, table)
    }

    fn new(book: &'s Book<'s>, path: String, offset: usize, table: &'s DeTable<'s>) -> Self {
        Self { book, path, offset, table, asked: RefCell::default() }
    }

    fn field(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    fn get(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'s>>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    /// Whether the key is there at all.
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Writes down a mistake about a key, or about the whole table when the key is not there.
    pub fn complain(&self, key: &str, message: impl Display) {
        let offset = self.table.get(key).map_or(self.offset, |value| value.span().start);
        self.book.add(offset, self.field(key), message);
    }

    fn typed<T>(
        &self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&'s Spanned<DeValue<'s>>) -> Option<T>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let read = read(value);
        if read.is_none() {
            let found = value.get_ref().type_str();
            self.complain(key, format!("write {wanted} here instead of this {found}."));
        }
        read
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Option<&'s str> {
        self.typed(key, "a text in quotes", |value| value.get_ref().as_str())
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &'static str) -> Option<&'s str> {
        if !self.has(key) {
            self.complain(key, format!("`{key}` is missing; add it to this table."));
        }
        self.text(key).filter(|text| {
            let filled = !text.trim().is_empty();
            if !filled {
                self.complain(key, "write at least one character here.");
            }
            filled
        })
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        self.typed(key, "true or false", |value| value.get_ref().as_bool())
    }

    /// A number within bounds.
    pub fn number(&self, key: &'static str, bounds: RangeInclusive<f64>) -> Option<f64> {
        let value = self.typed(key, "a number", |value| number_of(value.get_ref()))?;
        if bounds.contains(&value) {
            return Some(value);
        }
        self.complain(key, format!("write a number from {} to {}.", bounds.start(), bounds.end()));
        None
    }

    /// A whole number within bounds.
    pub fn whole(&self, key: &'static str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let wanted = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        let value = self.typed(key, &wanted, |value| {
            let integer = value.get_ref().as_integer()?;
            i128::from_str_radix(integer.as_str(), integer.radix()).ok()
        })?;
        let value = u64::try_from(value).ok().filter(|value| bounds.contains(value));
        if value.is_none() {
            self.complain(key, format!("write {wanted}."));
        }
        value
    }

    /// A length of time such as `"10m"`.
    pub fn duration(&self, key: &'static str) -> Option<Duration> {
        let text = self.text(key)?;
        let parsed = humantime::parse_duration(text).ok();
        if parsed.is_none() {
            self.complain(
                key,
                format!("`{text}` is no length of time; write one like \"30s\", \"10m\" or \"1h\"."),
            );
        }
        parsed
    }

    /// One of a few names.
    pub fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.complain(key, format!("`{text}` is not known here; write {}.", names.join(" or ")));
        }
        found
    }

    /// A list of texts.
    pub fn texts(&self, key: &'static str) -> Option<Vec<Placed<&'s str>>> {
        let array = self.typed(key, "a list of texts", |value| value.get_ref().as_array())?;
        let mut texts = Vec::with_capacity(array.len());
        for (index, value) in array.iter().enumerate() {
            let (field, offset) = (format!("{}[{index}]", self.field(key)), value.span().start);
            match value.get_ref().as_str() {
                Some(value) => texts.push(Placed { value, field, offset }),
                None => self.book.add(offset, field, "write a text in quotes here."),
            }
        }
        Some(texts)
    }

    /// A table within this one.
    pub fn section(&self, key: &'static str) -> Option<Section<'s>> {
        let value = self.get(key)?;
        let table = self.typed(key, "a table", |value| value.get_ref().as_table())?;
        Some(Self::new(self.book, self.field(key), value.span().start, table))
    }

    /// A table within this one, or `false`, which switches off what the table describes.
    pub fn section_or_false(&self, key: &'static str) -> Option<Option<Section<'s>>> {
        if self.get(key)?.get_ref().as_bool() == Some(false) {
            Some(None)
        } else {
            self.section(key).map(Some)
        }
    }

    /// A list of tables.
    pub fn sections(&self, key: &'static str) -> Option<Vec<Section<'s>>> {
        let array = self.typed(key, "a list of tables, [[...]]", |value| value.get_ref().as_array())?;
        let mut sections = Vec::with_capacity(array.len());
        for (index, value) in array.iter().enumerate() {
            let (field, span): (_, Range<usize>) = (format!("{}[{index}]", self.field(key)), value.span());
            match value.get_ref().as_table() {
                Some(table) => sections.push(Self::new(self.book, field, span.start, table)),
                None => self.book.add(span.start, field, "write a table here."),
            }
        }
        Some(sections)
    }

    /// Writes down a mistake about a placed value.
    pub fn complain_at<T>(&self, placed: &Placed<T>, message: impl Display) {
        self.book.add(placed.offset, placed.field.clone(), message);
    }

    /// A table, or a number standing alone for it, or `false`, which switches off what it describes.
    pub fn graded_value(&self, key: &'static str) -> Option<GradedValue<'s>> {
        let value = self.get(key)?;
        if value.get_ref().as_bool() == Some(false) {
            return Some(GradedValue::Off);
        }
        if let Some(number) = number_of(value.get_ref()) {
            return Some(GradedValue::Number(number));
        }
        let table = self.typed(key, "false, a weight or a table", |value| value.get_ref().as_table())?;
        Some(GradedValue::Table(Self::new(self.book, self.field(key), value.span().start, table)))
    }

    /// Ends the reading: keys that nobody asked for are mistakes.
    pub fn close(self) {
        let asked = self.asked.into_inner();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let renamed = RENAMED.iter().find(|(old, new)| *old == name && asked.contains(new));
            let near = renamed.map(|(_, new)| *new).or_else(|| nearest(name, asked.iter().copied()));
            let remedy = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let mut known: Vec<_> = asked.iter().copied().collect();
                    known.sort_unstable();
                    format!("known here: {}.", known.join(", "))
                }
            };
            let field = if self.path.is_empty() { name.into() } else { format!("{}.{name}", self.path) };
            self.book.add(key.span().start, field, format!("`{name}` is not a key of this table; {remedy}"));
        }
    }
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|whole| whole as f64)
        }
        DeValue::Float(float) => float.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}
