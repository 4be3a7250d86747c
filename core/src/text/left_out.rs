//! Names that a scheme leaves out of what it signs, but that a reader takes for one that is signed.

use super::form::{filed, flat};
use super::json::fold_case;

/// Stands between a list's or table's name and its elements' names, before all other bytes.
pub(super) const ELEMENT: u8 = 0;

/// A name as readers see it, whether it is signed, and as it stands in the message.
type Seen<'n> = (Vec<u8>, bool, &'n [u8]);

/// A field of a form or query that was left out and that a framework files where it files one of those that were taken, or under one of
/// the prefixes of the names to take.
pub(crate) fn form_twin<'n>(
    left_out: &[&'n [u8]],
    taken: impl Iterator<Item = &'n [u8]>,
    prefixes: &[String],
) -> Option<&'n [u8]> {
    let filed_prefixes: Vec<Vec<u8>> = prefixes
        .iter()
        .map(|prefix| {
            // With a letter behind it, so that a bracket at its end stays.
            let mut filed: Vec<u8> = filed(&[prefix.as_bytes(), b"x"].concat()).collect();
            filed.pop();
            filed
        })
        .collect();
    let is_under_prefix = |seen: &[u8]| filed_prefixes.iter().any(|p| seen.starts_with(p));
    let mut seen: Vec<Seen<'n>> = Vec::new();
    let left_out = left_out.iter().map(|name| (*name, false));
    for (name, is_taken) in left_out.chain(taken.map(|name| (name, true))) {
        let has_prefix = prefixes.iter().any(|p| name.starts_with(p.as_bytes()));
        let first = seen.len();
        seen.push((filed(name).collect(), is_taken, name));
        if let Some(flat) = flat(name) {
            seen.push((flat.collect(), is_taken, name));
        }
        if !has_prefix && seen[first..].iter().any(|seen| is_under_prefix(&seen.0)) {
            return Some(name);
        }
    }
    twin(seen)
}

/// A JSON member that was left out and whose path is, but for case, one of those that were taken, or above or below it.
pub(crate) fn json_twin<'n>(
    left_out: &[&'n str],
    taken: impl Iterator<Item = &'n str>,
    prefixes: &[String],
) -> Option<&'n [u8]> {
    let folded_prefixes: Vec<String> = prefixes.iter().map(|p| fold_case(p).collect()).collect();
    let mut seen: Vec<Seen<'n>> = Vec::new();
    let left_out = left_out.iter().map(|name| (*name, false));
    for (name, is_taken) in left_out.chain(taken.map(|name| (name, true))) {
        let folded: String = fold_case(name).collect();
        let has_prefix = prefixes.iter().any(|p| name.starts_with(p));
        if !has_prefix && folded_prefixes.iter().any(|p| folded.starts_with(p)) {
            return Some(name.as_bytes());
        }
        let mut path = folded.into_bytes();
        for byte in &mut path {
            if *byte == b'.' {
                *byte = ELEMENT;
            }
        }
        seen.push((path, is_taken, name.as_bytes()));
    }
    twin(seen)
}

/// A name that is not taken and is, holds or is held by one that is. In order, every name stands behind those that hold it, so one pass
/// finds it: a stranger chooses how many names there are.
fn twin(mut seen: Vec<Seen<'_>>) -> Option<&[u8]> {
    let holds = |above: &[u8], name: &[u8]| {
        let rest = name.strip_prefix(above);
        rest.is_some_and(|rest| rest.first().is_none_or(|b| *b == ELEMENT))
    };
    seen.sort_unstable();
    let mut above: Vec<&Seen<'_>> = Vec::new();
    let mut taken_above = 0;
    for name in &seen {
        while let Some(last) = above.last()
            && !holds(&last.0, &name.0)
        {
            taken_above -= usize::from(last.1);
            above.pop();
        }
        let left_out_above = above.len() - taken_above;
        match name.1 {
            false if taken_above > 0 => return Some(name.2),
            true if left_out_above > 0 => return above.iter().find(|a| !a.1).map(|a| a.2),
            _ => {}
        }
        taken_above += usize::from(name.1);
        above.push(name);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_beside_above_and_below() {
        let of_form = |left: &str, taken: &[&str], prefixes: &[&str]| {
            let prefixes: Vec<String> = prefixes.iter().map(|p| (*p).to_owned()).collect();
            let taken = taken.iter().map(|name| name.as_bytes());
            form_twin(&[left.as_bytes()], taken, &prefixes).is_some()
        };
        let taken = [
            "status",
            "items[0][name]",
            "items[0][price]",
            "item_id",
            "z",
        ];
        for twin in [
            "status",
            "Status",
            " status",
            "status[]",
            "[status]",
            "items",
            "items[0]",
            "item.id",
            "item[id",
            "status\0]",
            "items[0][name][x]",
            "items[0][Price]",
        ] {
            assert!(of_form(twin, &taken, &[]), "{twin}");
        }
        for other in [
            "sign",
            "statu",
            "statuses",
            "items[1][name]",
            "items[0][note]",
            "item",
            "item[id]",
            "",
        ] {
            assert!(!of_form(other, &taken, &[]), "{other}");
        }
        for twin in [
            "x.amount",
            "X_amount",
            "[x_amount]",
            "x amount",
            " x_amount",
            "x[amount",
        ] {
            assert!(of_form(twin, &["x_other"], &["x_"]), "{twin}");
        }
        for other in ["y_amount", "x_amount", "x", "xamount", "x[amount]"] {
            assert!(!of_form(other, &["x_other"], &["x_"]), "{other}");
        }
        assert!(of_form("Data[a]", &["data[b]"], &["data["]));
        assert!(!of_form("database", &["data[b]"], &["data["]));

        let of_json = |left: &str, taken: &[&str], prefixes: &[&str]| {
            let prefixes: Vec<String> = prefixes.iter().map(|p| (*p).to_owned()).collect();
            json_twin(&[left], taken.iter().copied(), &prefixes).is_some()
        };
        let taken = ["order.status", "order.amount.value", "total"];
        for twin in [
            "order.status",
            "Order.Status",
            "order.\u{17f}tatus",
            "order",
            "order.amount",
            "Total.x",
        ] {
            assert!(of_json(twin, &taken, &[]), "{twin}");
        }
        for other in [
            "status",
            "order.note",
            "orders",
            "order.amount.currency",
            "tot",
        ] {
            assert!(!of_json(other, &taken, &[]), "{other}");
        }
        assert!(of_json("X_a", &["x_b"], &["x_"]));
        assert!(!of_json("Y_a", &["x_b"], &["x_"]));
        assert!(!of_json("x_a", &["x_b"], &["x_"]));
    }
}
