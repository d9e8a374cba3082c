//! Small helpers to read JSON that may lack anything.

use serde_json::Value;

/// A field that is a string.
pub(crate) fn word<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}

/// The same, empty where there is none.
pub(crate) fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    word(json, name).unwrap_or_default()
}

/// The elements of a list, none where there is none.
pub(crate) fn each(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

/// A number of tokens.
pub(crate) fn count(json: &Value, pointer: &str) -> Option<u32> {
    let count = json.pointer(pointer)?.as_u64()?;
    Some(u32::try_from(count).unwrap_or(u32::MAX))
}
