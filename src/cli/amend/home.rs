//! Where a rule stands in a policy's TOML, and the changes that every rule can have: less weight, a trial, off.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::{Offers, Subject};
use crate::policy::starter_weight;
use crate::proto::v1::{Finding, FindingEffect};

/// A rule's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// One of the site's own lists or patterns: the name of the array, and which of its tables.
    Own(&'static str, usize),
    /// A built-in rule: its key in a table of this name, whether they are written down or not.
    BuiltIn(&'static str, String),
    /// `learned`.
    Learned,
    /// None that is known here.
    Unknown,
}

impl Home {
    /// The place of the rule that made a finding.
    pub fn of(finding: &Finding, document: &DocumentMut) -> Self {
        let (lists, section) = match finding.filter.as_str() {
            "keywords" => ("keywords", Some("starter")),
            "patterns" => ("patterns", None),
            "links" => ("domains", Some("links")),
            "author" => ("authors", Some("author")),
            "shape" => ("", Some("shape")),
            "repeats" => ("", Some("repeats")),
            "learned" => return Self::Learned,
            _ => return Self::Unknown,
        };
        let tables = document.get(lists).and_then(Item::as_array_of_tables);
        let named = |table: &Table| table.get("name").and_then(Item::as_str) == Some(finding.rule.as_str());
        match (tables.and_then(|tables| tables.iter().position(named)), section) {
            (Some(place), _) => Self::Own(lists, place),
            (None, Some(section)) => Self::BuiltIn(section, finding.rule.clone()),
            (None, None) => Self::Unknown,
        }
    }

    /// The table of an own list.
    pub fn list<'d>(&self, document: &'d DocumentMut) -> Option<&'d Table> {
        let Self::Own(lists, place) = self else { return None };
        document.get(lists)?.as_array_of_tables()?.get(*place)
    }

    /// The table in which the rule's keys stand, made where there is none.
    pub fn table_mut<'d>(&self, document: &'d mut DocumentMut) -> Option<&'d mut dyn TableLike> {
        match self {
            Self::Own(lists, place) => {
                let tables = document.get_mut(lists)?.as_array_of_tables_mut()?;
                tables.get_mut(*place).map(|table| table as &mut dyn TableLike)
            }
            Self::BuiltIn(section, key) => spread(section_mut(document, section)?, key, false),
            Self::Learned | Self::Unknown => None,
        }
    }

    /// Writes a value for the whole rule: a weight or `false`.
    fn set(&self, document: &mut DocumentMut, to: Value) -> Option<()> {
        let (table, key): (&mut dyn TableLike, &str) = match self {
            Self::BuiltIn(section, key) => (section_mut(document, section)?, key),
            Self::Learned => (document.as_table_mut(), "learned"),
            Self::Own(..) | Self::Unknown => return None,
        };
        put(table, key, to);
        Some(())
    }

    fn set_weight(&self, document: &mut DocumentMut, weight: f64) -> Option<()> {
        let is_table = |item: Option<&Item>| item.is_some_and(Item::is_table_like);
        match self {
            Self::Own(..) => put(self.table_mut(document)?, "weight", weight.into()),
            Self::BuiltIn(section, key) => {
                let written = document.get(section).and_then(Item::as_table_like);
                if !is_table(written.and_then(|table| table.get(key))) {
                    return self.set(document, weight.into());
                }
                put(self.table_mut(document)?, "weight", weight.into());
            }
            Self::Learned if is_table(document.get("learned")) => {
                put(document.get_mut("learned")?.as_table_like_mut()?, "weight", weight.into());
            }
            Self::Learned => {
                let table = InlineTable::from_iter([("weight", weight)]);
                document.insert("learned", value(table));
            }
            Self::Unknown => return None,
        }
        Some(())
    }

    /// The weight as the policy has it now, or as the rule comes with.
    fn weight(&self, finding: &Finding, document: &DocumentMut) -> Option<f64> {
        let written = match self {
            Self::Own(..) => self.list(document)?.get("weight").and_then(number),
            Self::BuiltIn(section, key) => {
                let item =
                    document.get(section).and_then(Item::as_table_like).and_then(|table| table.get(key));
                item.and_then(|item| number(item).or_else(|| number(item.as_table_like()?.get("weight")?)))
            }
            Self::Learned => document
                .get("learned")
                .and_then(Item::as_table_like)
                .and_then(|table| table.get("weight").and_then(number)),
            Self::Unknown => return None,
        };
        written.or_else(|| match self {
            Self::BuiltIn("starter", name) => starter_weight(name),
            Self::Learned => Some(1.0),
            Self::Own("keywords", _) => Some(DEFAULT_WEIGHT),
            _ => Some(finding.weight),
        })
    }
}

/// Points of an own list that does not say.
const DEFAULT_WEIGHT: f64 = 5.0;

/// Offers what every rule can have.
pub fn offer(subject: Subject<'_>, home: &Home, offers: &mut Offers<'_>) {
    let (rule, effect) = (&subject.finding.rule, subject.finding.effect());
    if matches!(effect, FindingEffect::Hold | FindingEffect::Reject) && *home != Home::Learned {
        offers.add(format!("let {rule} go by its points alone"), |document| {
            put(home.table_mut(document)?, "action", "score".into());
            Some(())
        });
    } else if let Some(weight) =
        home.weight(subject.finding, offers.document).filter(|weight| weight.abs() >= 0.1)
    {
        let half = (weight * 5.0).round() / 10.0;
        let what = if *home == Home::Learned { "the learned filter's share" } else { rule };
        offers.add(format!("halve the weight of {what}: {weight} → {half}"), |document| {
            home.set_weight(document, half)
        });
    }
    if effect != FindingEffect::Shadow && *home != Home::Learned {
        offers.add(format!("put {rule} on trial, without effect"), |document| {
            put(home.table_mut(document)?, "shadow", true.into());
            Some(())
        });
    }
    offers.add(format!("switch {rule} off"), |document| home.set(document, false.into()));
}

/// Writes a value; the comment behind the one before stays.
pub fn put(table: &mut dyn TableLike, key: &str, mut to: Value) {
    if let Some(before) = table.get(key).and_then(Item::as_value) {
        *to.decor_mut() = before.decor().clone();
    }
    match table.get_mut(key) {
        Some(item) => *item = Item::Value(to),
        None => _ = table.insert(key, value(to)),
    }
}

/// A section of the document, made at its end where there is none.
pub fn section_mut<'d>(document: &'d mut DocumentMut, name: &str) -> Option<&'d mut dyn TableLike> {
    spread(document.as_table_mut(), name, true)
}

/// The table under a key. A weight that stands alone becomes a table with that weight; nothing, an empty one.
fn spread<'t>(table: &'t mut dyn TableLike, key: &str, tall: bool) -> Option<&'t mut dyn TableLike> {
    let weight = table.get(key).and_then(Item::as_value).filter(|value| !value.is_inline_table()).cloned();
    if let Some(weight) = weight {
        number(&Item::Value(weight.clone()))?;
        let decor = weight.decor().clone();
        let mut spread = Value::from(InlineTable::from_iter([("weight", weight.decorated(" ", ""))]));
        *spread.decor_mut() = decor;
        *table.get_mut(key)? = Item::Value(spread);
    } else if table.get(key).is_none() {
        let empty = if tall { Item::Table(Table::new()) } else { value(InlineTable::new()) };
        table.insert(key, empty);
    }
    table.get_mut(key)?.as_table_like_mut()
}

fn number(item: &Item) -> Option<f64> {
    item.as_float().or_else(|| item.as_integer().map(|whole| whole as f64))
}
