//! What another system's shape has no place for: the difference between a comment and what the shape tells of it. `modctl
//! export` writes it beside the comment, and `modctl import` lays it over what it read.

use serde_json::{Map, Value};

/// The element that it stands in.
pub const ELEMENT: &str = "modqueue:rest";

/// What has to be laid over `told` to make it `whole`; `None`: nothing.
pub fn difference(told: &Value, whole: &Value) -> Option<Value> {
    match (told, whole) {
        _ if told == whole || (is_nothing(told) && is_nothing(whole)) => None,
        (Value::Object(told), Value::Object(whole)) => {
            let gone = told.keys().filter(|key| !whole.contains_key(*key)).map(|key| (key, &Value::Null));
            let differences = whole.iter().chain(gone).filter_map(|(key, value)| {
                let told = told.get(key).unwrap_or(&Value::Null);
                Some((key.clone(), difference(told, value)?))
            });
            Some(Value::Object(differences.collect()))
        }
        _ => Some(whole.clone()),
    }
}

/// Lays what is left over what was told; a null takes away.
pub fn lay_over(told: &mut Value, rest: Value) {
    let Value::Object(rest) = rest else {
        *told = rest;
        return;
    };
    if !told.is_object() {
        *told = Value::Object(Map::new());
    }
    let Value::Object(told) = told else { return };
    for (key, value) in rest {
        if value.is_null() {
            told.remove(&key);
        } else {
            lay_over(told.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// Whether a value says no more than its absence. A number does: zero seconds are not an unknown time.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rest_holds_what_differs_and_nothing_else() {
        let told = json!({"id": "1", "author": {"id": "", "name": "Ann"}, "decision": {"reason": "other"}, "n": null});
        let whole = json!({"id": "c-1", "author": {"id": "", "name": "Ann", "set": true}, "n": 0.0});
        let rest = difference(&told, &whole).unwrap();
        assert_eq!(rest, json!({"id": "c-1", "author": {"set": true}, "decision": null, "n": 0.0}));
        let mut again = told;
        lay_over(&mut again, rest);
        assert_eq!(again, whole);
    }

    #[test]
    fn an_absent_value_and_an_empty_one_say_the_same() {
        let told = json!({"author": {"id": "", "name": ""}, "set": false});
        assert_eq!(difference(&told, &json!({"labels": {}})), None);
    }
}
