//! "Did you mean": the known name that is nearest to a wrong one.

/// Edit distance without regard to case: insertions, deletions, replacements and swapped neighbours count one each.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// Whether one is probably a misspelling of the other.
pub(crate) fn is_near(a: &str, b: &str) -> bool {
    // Distances are quadratic in the length, and a name from outside has none to speak of.
    a.len().max(b.len()) <= 64 && distance(a, b) <= 1 + a.len().min(b.len()) / 5
}

/// `, did you mean "x"?` if a known name is near, else the known names, if they are few.
pub fn suggest<'k>(wrong: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near =
        (known.iter().filter(|name| is_near(wrong, name))).min_by_key(|name| distance(wrong, name));
    match near {
        Some(name) => format!(", did you mean \"{name}\"?"),
        None if known.is_empty() => String::new(),
        None if known.len() <= 40 => format!("; known: {}", known.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, d) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("encodign", "encoding", 1),
            ("Header", "header", 0),
            ("tolerence", "tolerance", 1),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (d, d), "{a} {b}");
        }
    }

    #[test]
    fn suggestions() {
        let known = ["header", "headers", "body"];
        assert_eq!(suggest("heder", known), ", did you mean \"header\"?");
        assert_eq!(suggest("colour", known), "; known: header, headers, body");
        assert_eq!(suggest("x", []), "");
    }
}
