//! Objects compared key by key, so that no key of a config can be forgotten.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{Change, Effect};

/// A part of a config as JSON.
pub(super) fn json(part: &impl Serialize) -> Value {
    serde_json::to_value(part).expect("a config's parts have a JSON form")
}

/// A value that differs; `None` where it does not.
pub(super) fn changed(
    what: impl Into<String>,
    before: &impl Serialize,
    after: &impl Serialize,
    effect: Effect,
) -> Option<Change> {
    let [before, after] = [json(before), json(after)].map(|value| Some(value).filter(|value| !value.is_null()));
    (before != after).then(|| Change { what: what.into(), before, after, effect })
}

/// Appends the keys of two objects whose values differ, named with a prefix. Null is as if left out, for a key and for an object.
pub(super) fn compare(
    prefix: &str,
    before: &Value,
    after: &Value,
    changes: &mut Vec<Change>,
    effect: impl Fn(&str) -> Effect,
) {
    let keys = |value: &Value| value.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect();
    let [before_keys, after_keys]: [BTreeSet<String>; 2] = [keys(before), keys(after)];
    for key in before_keys.union(&after_keys) {
        changes.extend(changed(format!("{prefix}{key}"), &before.get(key), &after.get(key), effect(key)));
    }
}

/// Parts of two lists that have the same name, in the order of the second list, then those of the first alone: each as its
/// places in the lists.
pub(super) fn paired<T>(before: &[T], after: &[T], name: impl Fn(&T) -> &str) -> Vec<[Option<usize>; 2]> {
    let place = |list: &[T], wanted: &str| list.iter().position(|part| name(part) == wanted);
    let of_after = after.iter().enumerate().map(|(at, part)| [place(before, name(part)), Some(at)]);
    let removed = before.iter().enumerate().filter(|(_, part)| place(after, name(part)).is_none());
    of_after.chain(removed.map(|(at, _)| [Some(at), None])).collect()
}

/// Whether the parts that both lists have stand in another order.
pub(super) fn reordered(pairs: &[[Option<usize>; 2]]) -> bool {
    let before: Vec<usize> = pairs.iter().filter(|pair| pair[1].is_some()).filter_map(|pair| pair[0]).collect();
    !before.is_sorted()
}
