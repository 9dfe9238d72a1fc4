use crate::code::Code;
use crate::fault::Fault;
use crate::toml::{KeyPart, Value, ValueKind};

// Values of the keys that containerd takes in any shape (`ca`, `client`, one header), changed the
// way go-toml changes a Go `any`. What is inside a table never matters: containerd refuses it.

/// Checks that Go can hold every number and date in the value.
pub(super) fn check_holds(value: &Value<'_>) -> Result<(), Fault> {
    match &value.kind {
        ValueKind::Other { name, holds: false } => Err(Fault::new(
            value.at,
            Code::ImpossibleValue,
            format!("{name} that does not exist or does not fit into 64 bits"),
        )
        .help("no setting of a host is a number or a date; put texts in quotes")),
        ValueKind::Array(items) => items.iter().try_for_each(check_holds),
        ValueKind::Table(pairs) => pairs.iter().try_for_each(|(_, value)| check_holds(value)),
        _ => Ok(()),
    }
}

/// `[key]`, `[key.…]` or `key.… = value`: makes a table of the value, or of the last item of an
/// array.
pub(super) fn make_table(value: &mut Option<Value<'_>>, at: &KeyPart<'_>) {
    match value {
        Some(Value {
            kind: ValueKind::Array(items),
            ..
        }) => {
            let mut last = items.pop();
            make_table(&mut last, at);
            items.extend(last);
        }
        _ => *value = Some(empty_table(at)),
    }
}

/// `[[key]]`: appends a table to an array, the one that is there or a new one.
pub(super) fn append_table(value: &mut Option<Value<'_>>, at: &KeyPart<'_>, first: bool) {
    let mut items = match value.take() {
        Some(Value {
            kind: ValueKind::Array(items),
            ..
        }) if !first => items,
        _ => Vec::new(),
    };
    items.push(empty_table(at));
    *value = Some(Value {
        kind: ValueKind::Array(items),
        at: at.at,
    });
}

fn empty_table<'s>(at: &KeyPart<'_>) -> Value<'s> {
    Value {
        kind: ValueKind::Table(Vec::new()),
        at: at.at,
    }
}
