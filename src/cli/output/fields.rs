//! Which fields of the data are printed: `--fields` and `--json=FIELDS`.

use serde_json::{Map, Value};

use super::json;
use crate::document::nearest;

/// Names of fields in the order asked for, those inside others joined by dots: `id`, `draft.author.id`. None: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<String>);

impl Fields {
    /// Reads `id,state,draft.text`.
    pub fn parse(text: &str) -> Self {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        Self(names.map(str::to_owned).collect())
    }

    /// Whether nothing was chosen, so that everything is printed.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses the first name that a message of the API does not have, with the one that was probably meant.
    pub fn known_in(&self, message: &str) -> Result<(), String> {
        self.0.iter().try_for_each(|path| {
            json::find_field(message, path).map_err(|(name, known)| {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                unknown(path, name, &known)
            })
        })
    }

    /// Refuses the first name that is not among these.
    pub fn known_among(&self, known: &[&str]) -> Result<(), String> {
        let outermost = |name: &str| name.split('.').next().is_some_and(|first| known.contains(&first));
        let stranger = self.0.iter().find(|name| !outermost(name));
        stranger.map_or(Ok(()), |name| Err(unknown(name, name, known)))
    }

    /// The cells of the columns that were chosen, in the order asked for.
    pub fn columns<T: Clone>(&self, names: &[&str], cells: Vec<T>) -> Vec<T> {
        if self.is_all() {
            return cells;
        }
        let place = |name: &String| names.iter().position(|known| known == name);
        self.0.iter().filter_map(|name| cells.get(place(name)?).cloned()).collect()
    }

    /// The value with the chosen fields alone, in the shape it had; of a list, each element so. What a thing does not
    /// have is null, so that every row has the same keys.
    pub fn of(&self, value: Value) -> Value {
        if self.is_all() {
            return value;
        }
        if let Value::Array(things) = value {
            return things.into_iter().map(|thing| self.of(thing)).collect();
        }
        let mut chosen = Value::Object(Map::new());
        for path in &self.0 {
            copy(&path.split('.').collect::<Vec<_>>(), &value, &mut chosen);
        }
        chosen
    }
}

fn copy(path: &[&str], from: &Value, into: &mut Value) {
    match (from, path) {
        (_, []) => *into = from.clone(),
        (Value::Array(things), _) => {
            if !into.is_array() {
                *into = vec![Value::Null; things.len()].into();
            }
            let places = into.as_array_mut().into_iter().flatten();
            places.zip(things).for_each(|(place, thing)| copy(path, thing, place));
        }
        (Value::Object(fields), [name, rest @ ..]) => {
            if !into.is_object() {
                *into = Value::Object(Map::new());
            }
            let place = into.as_object_mut().map(|fields| fields.entry(*name).or_insert(Value::Null));
            let (Some(place), Some(field)) = (place, fields.get(*name)) else { return };
            copy(rest, field, place);
        }
        _ => {}
    }
}

fn unknown(path: &str, name: &str, known: &[&str]) -> String {
    let meant = match nearest(name, known.iter().copied()) {
        Some(meant) => format!("; did you mean `{}`?", path.replacen(name, meant, 1)),
        None if known.is_empty() => String::new(),
        None => format!("; there are: {}", known.join(", ")),
    };
    format!("no field `{path}`{meant}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn chosen_fields_keep_their_shape_and_what_is_absent_is_null() {
        let value = json!([{"id": "a", "draft": {"text": "hi", "id": "x"}, "n": 1}, {"id": "b"}]);
        let chosen = Fields::parse("id, draft.text").of(value);
        assert_eq!(chosen, json!([{"id": "a", "draft": {"text": "hi"}}, {"id": "b", "draft": null}]));
    }

    #[test]
    fn a_field_inside_a_list_is_taken_from_each_of_its_things() {
        let value = json!({"findings": [{"rule": "a", "weight": 1}, {"rule": "b", "weight": 2}]});
        let chosen = Fields::parse("findings.rule,findings.weight").of(value.clone());
        assert_eq!(chosen, value);
        assert_eq!(
            Fields::parse("findings.rule").of(value),
            json!({"findings": [{"rule": "a"}, {"rule": "b"}]})
        );
    }

    #[test]
    fn a_name_that_no_comment_has_is_refused_with_the_one_that_was_meant() {
        assert_eq!(Fields::parse("id,draft.author.id,draft.labels.mood").known_in("Comment"), Ok(()));
        let told = Fields::parse("draft.txet").known_in("Comment").unwrap_err();
        assert_eq!(told, "no field `draft.txet`; did you mean `draft.text`?");
        let told = Fields::parse("nonsense").known_in("Comment").unwrap_err();
        assert!(told.contains("there are: site, id, state"), "{told}");
        assert!(Fields::parse("id.x").known_in("Comment").is_err());
    }

    #[test]
    fn columns_come_in_the_order_asked_for() {
        let fields = Fields::parse("c,a");
        assert_eq!(fields.columns(&["a", "b", "c"], vec![1, 2, 3]), [3, 1]);
        assert!(fields.known_among(&["a", "b"]).unwrap_err().starts_with("no field `c`"));
    }
}
