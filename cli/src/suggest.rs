//! "Did you mean": the nearest of the names there are.

/// A sentence part such as `; did you mean "stripe"?`, or nothing if no name is near.
pub fn did_you_mean<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let given = given.to_ascii_lowercase();
    let best = names
        .into_iter()
        .map(|name| (nearness(&given, name), name))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((_, name)) => format!("; did you mean \"{name}\"?"),
        None => String::new(),
    }
}

/// 0 to 1. A name that begins with, or holds, what was given is near however long it is: `smile`, `deposits`.
fn nearness(given: &str, name: &str) -> f64 {
    let whole = strsim::jaro_winkler(given, name);
    let piece = name
        .split('-')
        .map(|word| strsim::jaro_winkler(given, word))
        .fold(0.0, f64::max);
    // Slightly less than a whole match, so that an exact neighbour wins.
    whole.max(piece * 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["stripe", "slack", "directa24-deposits", "standard-webhooks"];

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(did_you_mean("strpie", NAMES), "; did you mean \"stripe\"?");
        assert_eq!(did_you_mean("Slak", NAMES), "; did you mean \"slack\"?");
        assert_eq!(
            did_you_mean("deposit", NAMES),
            "; did you mean \"directa24-deposits\"?"
        );
        assert_eq!(
            did_you_mean("standardwebhooks", NAMES),
            "; did you mean \"standard-webhooks\"?"
        );
    }

    #[test]
    fn far_names_are_not() {
        assert_eq!(did_you_mean("qqqq", NAMES), "");
        assert_eq!(did_you_mean("", NAMES), "");
    }
}
