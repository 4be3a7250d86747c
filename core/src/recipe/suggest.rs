//! "Did you mean": the known names that are nearest to a wrong one.

use strsim::osa_distance;

/// More are not offered.
const OFFERED: usize = 4;

/// Whether one is probably a misspelling of the other; case does not count.
pub(crate) fn is_near(a: &str, b: &str) -> bool {
    // Distances are quadratic in the length, and a name from outside has none to speak of.
    a.len().max(b.len()) <= 64 && distance(a, b) <= 1 + a.len().min(b.len()) / 5
}

fn distance(a: &str, b: &str) -> usize {
    osa_distance(&a.to_lowercase(), &b.to_lowercase())
}

/// Whether the name holds what was given, or one of its words is near: `smile` and `deposit` for `smile-signature` and `directa24-deposits`.
fn is_related(given: &str, name: &str) -> bool {
    let given = given.to_lowercase();
    let squeezed = |text: &str| text.replace(['-', '_'], "");
    given.len() >= 3
        && given.len() <= 64
        && (name.contains(&given)
            || squeezed(name) == squeezed(&given)
            || name
                .split('-')
                .any(|word| word.len() >= 4 && is_near(&given, word)))
}

/// `, did you mean "x"?` if a known name is near, or a few are related; else the known names, if they are few.
pub fn suggest<'k>(wrong: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near =
        (known.iter().filter(|name| is_near(wrong, name))).min_by_key(|name| distance(wrong, name));
    if let Some(name) = near {
        return format!(", did you mean \"{name}\"?");
    }
    let related: Vec<&str> = known
        .iter()
        .copied()
        .filter(|name| is_related(wrong, name))
        .collect();
    match related[..] {
        [] if known.is_empty() || known.len() > 40 => String::new(),
        [] => format!("; known: {}", known.join(", ")),
        [..] if related.len() > OFFERED => String::new(),
        [..] => format!(", did you mean \"{}\"?", related.join("\" or \"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_near() {
        for (a, b, near) in [
            ("encodign", "encoding", true),
            ("Header", "header", true),
            ("tolerence", "tolerance", true),
            ("", "abc", false),
            ("kitten", "sitting", false),
        ] {
            assert_eq!((is_near(a, b), is_near(b, a)), (near, near), "{a} {b}");
        }
    }

    #[test]
    fn suggestions() {
        let known = ["header", "headers", "body"];
        assert_eq!(suggest("heder", known), ", did you mean \"header\"?");
        assert_eq!(suggest("colour", known), "; known: header, headers, body");
        assert_eq!(suggest("x", []), "");
    }

    #[test]
    fn a_word_of_a_name_is_enough() {
        let known = [
            "directa24-cashouts",
            "directa24-deposits",
            "standard-webhooks",
        ];
        for (given, hint) in [
            ("deposit", ", did you mean \"directa24-deposits\"?"),
            (
                "directa24",
                ", did you mean \"directa24-cashouts\" or \"directa24-deposits\"?",
            ),
            ("StandardWebhooks", ", did you mean \"standard-webhooks\"?"),
        ] {
            assert_eq!(suggest(given, known), hint);
        }
    }
}
