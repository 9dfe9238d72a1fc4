//! Changes that leave JSON what it is, so that more than its parser is reached.

use serde_json::{Value, json};

use crate::changes::Random;

/// The document with one of its values changed, or one of another document in its place; `None`:
/// it is no JSON.
pub(crate) fn changed(random: &mut Random, document: &[u8], other: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(document).ok()?;
    let other: Value = serde_json::from_slice(other).unwrap_or_default();
    for _ in 0..=random.below(3) {
        let taken = descend(random, &other).clone();
        let odd = odd_value(random);
        let place = descend_mut(random, &mut document);
        *place = match random.below(3) {
            0 => taken,
            1 => odd,
            _ => widened(random, place.take(), taken),
        };
    }
    Some(document.to_string().into_bytes())
}

/// A value somewhere in it.
fn descend<'a>(random: &mut Random, value: &'a Value) -> &'a Value {
    let inner: Vec<&Value> = match value {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    if inner.is_empty() || random.below(4) == 0 {
        return value;
    }
    let inner = *random.of(&inner);
    descend(random, inner)
}

fn descend_mut<'a>(random: &mut Random, value: &'a mut Value) -> &'a mut Value {
    let count = match &*value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    if count == 0 || random.below(4) == 0 {
        return value;
    }
    let at = random.below(count);
    let inner = match value {
        Value::Object(members) => members.values_mut().nth(at),
        Value::Array(items) => items.get_mut(at),
        _ => None,
    };
    descend_mut(random, inner.unwrap())
}

/// The value with one more in it.
fn widened(random: &mut Random, value: Value, more: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            let name = odd_value(random);
            let name = name
                .as_str()
                .map_or_else(|| name.to_string(), str::to_owned);
            members.insert(name, more);
            Value::Object(members)
        }
        Value::Array(mut items) => {
            items.push(more);
            Value::Array(items)
        }
        scalar => json!([scalar, more]),
    }
}

fn odd_value(random: &mut Random) -> Value {
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{1b}]0;x\u{7}\u{202e}\n"),
        json!("*"),
        json!("reg.test"),
        json!("https://index.docker.io/v1/"),
        json!("reg.test?ns=docker.io&path=a&profile=b"),
        json!("dXNlcjpwYXNz"),
        json!("sha256:"),
        json!("../../etc/passwd"),
        json!([]),
        json!({}),
    ];
    random.of(&values).clone()
}
