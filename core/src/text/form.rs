//! application/x-www-form-urlencoded: `&` between pairs, `=` inside them, `+` for a blank. Values are bytes: a form is not
//! always UTF-8.

use super::left_out::ELEMENT;
use super::url::{Pair, Plus, decoded, has_invalid_escape, query_pairs_decoded};
use memchr::memchr;
use std::borrow::Cow;

/// Why a form was refused. Holds positions and asked-for names, never content.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FormError {
    /// The pair of that number, counted from 1, has no `=`.
    #[error("not a form: pair {0} has no '='")]
    NoEquals(usize),
    /// The pair of that number, counted from 1, has a `%` without two hexadecimal digits.
    #[error("not a form: pair {0} has an invalid % escape")]
    Escape(usize),
    /// The field is there more than once.
    #[error("the form field {0} is there more than once")]
    Duplicate(String),
    /// The field is there in another spelling: under a name that frameworks file as this one, or as a list or table of it.
    #[error("the form field {0} is there in another spelling")]
    Twin(String),
}

/// The decoded pairs in their order, duplicates and empty values included. Empty pieces are skipped, a piece without `=` has the
/// empty value and an invalid escape is kept; [`FormPairs::new`] refuses all three.
pub fn pairs(form: &[u8]) -> Vec<Pair<'_>> {
    query_pairs_decoded(form, Plus::Blank).collect()
}

/// The decoded pairs of a form, in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormPairs<'a> {
    pairs: Vec<Pair<'a>>,
    /// Names behind a `;`, and the pair that each stands in: to Rack 2 and old Pythons a `;` is a `&`.
    behind_semicolons: Vec<(usize, Cow<'a, [u8]>)>,
}

impl<'a> FormPairs<'a> {
    /// Reads strictly: every piece has a `=` and every `%` two hexadecimal digits. The empty text has no pairs.
    pub fn new(form: &'a [u8]) -> Result<Self, FormError> {
        if form.is_empty() {
            return Ok(Self::default());
        }
        for (i, piece) in form.split(|b| *b == b'&').enumerate() {
            if !piece.contains(&b'=') {
                return Err(FormError::NoEquals(i + 1));
            }
            if has_invalid_escape(piece) {
                return Err(FormError::Escape(i + 1));
            }
        }
        Ok(Self::lenient(form))
    }

    /// Reads as [`pairs`] does: for queries, which anybody may write.
    pub fn lenient(form: &'a [u8]) -> Self {
        Self {
            pairs: pairs(form),
            behind_semicolons: match memchr(b';', form) {
                None => Vec::new(),
                Some(_) => behind_semicolons(form),
            },
        }
    }

    /// All pairs.
    pub fn pairs(&self) -> &[Pair<'a>] {
        &self.pairs
    }

    /// Names that stand behind a `;` within a pair, with that pair.
    pub(crate) fn behind_semicolons(&self) -> impl Iterator<Item = (&Pair<'a>, &[u8])> {
        let names = self.behind_semicolons.iter();
        names.filter_map(|(at, name)| Some((self.pairs.get(*at)?, &**name)))
    }

    /// The value of a field that must not be there twice; `None` if it is absent. A name that a framework takes for the same counts,
    /// alone, too: the application could read its value instead.
    pub fn one(&self, name: &str) -> Result<Option<&Cow<'a, [u8]>>, FormError> {
        let wanted = name.as_bytes();
        let mut hidden = self.behind_semicolons.iter();
        let mut twin = hidden.any(|(_, other)| is_twin(other, wanted));
        let mut found = None;
        for (other, value) in &self.pairs {
            if other.as_ref() != wanted {
                twin |= is_twin(other, wanted);
            } else if found.replace(value).is_some() {
                return Err(FormError::Duplicate(name.to_owned()));
            }
        }
        match twin {
            true => Err(FormError::Twin(name.to_owned())),
            false => Ok(found),
        }
    }

    /// Whether there is a field of exactly this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .any(|(other, _)| other.as_ref() == name.as_bytes())
    }

    /// The pairs by name, then by value, as bytes; `unique` leaves out repeated equal pairs.
    pub fn sorted(&self, unique: bool) -> Vec<(&[u8], &[u8])> {
        let mut sorted: Vec<(&[u8], &[u8])> = self
            .pairs
            .iter()
            .map(|(n, v)| (n.as_ref(), v.as_ref()))
            .collect();
        sorted.sort_unstable();
        if unique {
            sorted.dedup();
        }
        sorted
    }
}

#[cold]
fn behind_semicolons(form: &[u8]) -> Vec<(usize, Cow<'_, [u8]>)> {
    // Counted as the pairs are: empty pieces are none.
    let pieces = form.split(|b| *b == b'&').filter(|piece| !piece.is_empty());
    let behind = pieces.enumerate().flat_map(|(at, piece)| {
        let behind = piece.split(|b| *b == b';').skip(1);
        behind.filter_map(move |pair| Some((at, &pair[..memchr(b'=', pair)?])))
    });
    behind
        .map(|(at, name)| (at, decoded(name, Plus::Blank)))
        .collect()
}

/// Whether a framework may file one name where it files the other: under the same name, or one as an element of the other, which
/// replaces it or makes it a list.
fn is_twin(one: &[u8], other: &[u8]) -> bool {
    if let (Some(a), Some(b)) = (one.first(), other.first())
        && a.is_ascii_alphanumeric()
        && b.is_ascii_alphanumeric()
        && !a.eq_ignore_ascii_case(b)
    {
        return false;
    }
    let (mut ones, mut others) = (filed(one), filed(other));
    loop {
        match (ones.next(), others.next()) {
            (None, None) | (None, Some(ELEMENT)) | (Some(ELEMENT), None) => return true,
            (Some(a), Some(b)) if a == b => {}
            _ => break,
        }
    }
    flat(one).is_some_and(|flat| flat.eq(filed(other)))
}

/// The parts of a name that lists and tables are made of, as frameworks file them. PHP cuts the name at a NUL, drops blanks before it,
/// makes `.` and blanks to `_` and `a[b]c` to the element b of a; qs reads `[a]` as a and `a[` as an element of a; Rack drops
/// brackets at both ends; others look names up in any case. NUL stands between the parts.
pub(super) fn filed(name: &[u8]) -> impl Iterator<Item = u8> {
    let is_bracket = |b: &u8| matches!(b, b'[' | b']');
    let name = &name[..memchr(0, name).unwrap_or(name.len())];
    let start = name
        .iter()
        .position(|b| !is_bracket(b) && !b.is_ascii_whitespace());
    let end = name.iter().rposition(|b| !is_bracket(b));
    let name = match (start, end) {
        (Some(start), Some(end)) => &name[start..=end],
        _ => &[],
    };
    name.iter().enumerate().filter_map(move |(at, b)| match b {
        b'[' | b']' if name.get(at + 1).is_some_and(is_bracket) => None,
        b'[' | b']' => Some(ELEMENT),
        other => Some(in_variables(*other)),
    })
}

/// A name whose first `[` is never closed as PHP files it, too: with a `_` for it.
pub(super) fn flat(name: &[u8]) -> Option<impl Iterator<Item = u8>> {
    let name = &name[..memchr(0, name).unwrap_or(name.len())];
    let open = memchr(b'[', name)?;
    if name[open..].contains(&b']') {
        return None;
    }
    let name = name.trim_ascii_start().iter();
    Some(name.map(|b| match b {
        b'[' => b'_',
        other => in_variables(*other),
    }))
}

fn in_variables(byte: u8) -> u8 {
    match byte {
        b'.' | b' ' => b'_',
        other => other.to_ascii_lowercase(),
    }
}

/// The form with one more field at its end, escaped as the WHATWG URL standard writes forms.
pub fn append_form(form: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(form.len() + name.len() + value.len() + 16);
    out.extend_from_slice(form);
    if !form.is_empty() && !form.ends_with(b"&") {
        out.push(b'&');
    }
    out.extend(form_urlencoded::byte_serialize(name.as_bytes()).flat_map(str::bytes));
    out.push(b'=');
    out.extend(form_urlencoded::byte_serialize(value).flat_map(str::bytes));
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    type Owned = Vec<(Vec<u8>, Vec<u8>)>;

    fn strict(form: &[u8]) -> Result<Owned, FormError> {
        FormPairs::new(form).map(|p| {
            p.pairs
                .into_iter()
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect()
        })
    }

    #[test]
    fn reads() {
        let all = strict(b"b=1+2&a=&b=%31&=x&c=d=e&%C3%A9=%00%ff").unwrap();
        let expected: [(&[u8], &[u8]); 6] = [
            (b"b", b"1 2"),
            (b"a", b""),
            (b"b", b"1"),
            (b"", b"x"),
            (b"c", b"d=e"),
            ("é".as_bytes(), b"\0\xff"),
        ];
        assert_eq!(all, expected.map(|(n, v)| (n.to_vec(), v.to_vec())));
        assert_eq!(strict(b"").unwrap(), []);
    }

    #[test]
    fn twins() {
        let genuine = b"amount=1&result[status]=OK&result[id]=7&amounts=3";
        let form = FormPairs::new(genuine).unwrap();
        assert_eq!(form.one("amount").unwrap(), Some(&b"1"[..].into()));
        assert_eq!(form.one("result[status]").unwrap(), Some(&b"OK"[..].into()));
        assert_eq!(form.one("absent").unwrap(), None);
        for (name, twin) in [
            ("order_id", "order_id"),
            ("order_id", "order.id"),
            ("order_id", "order%20id"),
            ("order_id", "order[id"),
            ("order_id", "%20order_id"),
            ("order_id", "order_id%00x"),
            ("order_id", "order_id[]"),
            ("order_id", "order_id%5Bx%5D"),
            ("order_id", "ORDER_ID"),
            ("order_id", "order_id%00]"),
            ("order_id", "order.id%00[x]"),
            ("order_id", "order_id[x%00"),
            ("order_id", "[order_id]"),
            ("order_id", "%5Border_id"),
            ("order_id", "order_id["),
            ("order_id", "order_id]"),
            ("order_id", "order_id[x"),
            ("order_id", "order_id[x]y"),
            ("result[status]", "Result[status]"),
            ("result[status]", "result[status]x"),
            ("result[status]", "result[status][]"),
            ("result[status]", "[result][status]"),
            ("result[status]", "result[status"),
            ("result[status]", "result[]"),
            ("result[status]", "result"),
        ] {
            for form in [format!("{name}=1&{twin}=2"), format!("{twin}=2&{name}=1")] {
                let form = FormPairs::new(form.as_bytes()).unwrap();
                let error = match twin == name {
                    true => FormError::Duplicate(name.into()),
                    false => FormError::Twin(name.into()),
                };
                assert_eq!(form.one(name), Err(error), "{twin}");
            }
            // Alone, too: a field that may be missing is not.
            let form = format!("{twin}=2");
            let form = FormPairs::new(form.as_bytes()).unwrap();
            if twin != name {
                assert_eq!(form.one(name), Err(FormError::Twin(name.into())), "{twin}");
            }
        }
        for (name, other) in [
            ("order_id", "order_ids"),
            ("order_id", "order"),
            ("order_id", "order[id]"),
            ("order_id", "xorder_id"),
            ("order_id", "x[order_id]"),
            ("order_id", "x%00order_id"),
            ("order_id", "[]"),
            ("order_id", ""),
            ("result[status]", "result[statuses]"),
            ("result[status]", "result[id][status]"),
            ("result[status]", "results"),
            ("result[status]", "status"),
            ("result[status]", "result_status"),
        ] {
            let form = format!("{name}=1&{other}=2");
            let form = FormPairs::new(form.as_bytes()).unwrap();
            assert_eq!(form.one(name), Ok(Some(&b"1"[..].into())), "{other}");
        }
    }

    #[test]
    fn semicolons() {
        let form = FormPairs::new(b"a=1;b=2&x=1;+sta%74us=3;y&status%3Bz=;=&u=;v%3Bw=").unwrap();
        for name in ["b", "status", "v;w"] {
            assert_eq!(form.one(name), Err(FormError::Twin(name.into())), "{name}");
        }
        for name in ["y", "z", "v", "w", "1"] {
            assert_eq!(form.one(name), Ok(None), "{name}");
        }
        assert_eq!(form.one("a"), Ok(Some(&b"1;b=2"[..].into())));
        let hidden: Vec<_> = form
            .behind_semicolons()
            .map(|(pair, name)| (&*pair.0, name))
            .collect();
        let expected: [(&[u8], &[u8]); 4] = [
            (b"a", b"b"),
            (b"x", b" status"),
            (b"status;z", b""),
            (b"u", b"v;w"),
        ];
        assert_eq!(hidden, expected);
    }

    #[test]
    fn refuses() {
        assert_eq!(strict(b"a=1&b"), Err(FormError::NoEquals(2)));
        assert_eq!(strict(b"a=1&"), Err(FormError::NoEquals(2)));
        assert_eq!(strict(b"&a=1"), Err(FormError::NoEquals(1)));
        assert_eq!(strict(b"a=%"), Err(FormError::Escape(1)));
        assert_eq!(strict(b"a=1&%zz=1"), Err(FormError::Escape(2)));
        assert_eq!(
            FormPairs::lenient(b"a&&b=%zz").sorted(false),
            [(&b"a"[..], &b""[..]), (b"b", b"%zz")]
        );
    }

    #[test]
    fn one_field() {
        let form = FormPairs::new(b"a=1&b=2&%61=1&c=").unwrap();
        assert_eq!(form.one("a"), Err(FormError::Duplicate("a".into())));
        assert_eq!(form.one("b"), Ok(Some(&b"2"[..].into())));
        assert_eq!(form.one("c"), Ok(Some(&b""[..].into())));
        assert_eq!(form.one("B"), Err(FormError::Twin("B".into())));
        assert_eq!(form.one("d"), Ok(None));
    }

    #[test]
    fn sorts() {
        let form = FormPairs::new(b"b=1&a=2&a=10&b=1&A=z").unwrap();
        let sorted = |unique| {
            form.sorted(unique)
                .into_iter()
                .map(|(n, v)| [n, v].concat())
                .collect::<Vec<_>>()
        };
        assert_eq!(sorted(false), [&b"Az"[..], b"a10", b"a2", b"b1", b"b1"]);
        assert_eq!(sorted(true), [&b"Az"[..], b"a10", b"a2", b"b1"]);
    }

    #[test]
    fn appends() {
        assert_eq!(
            append_form(b"", "s g", b"a+/= \xff*"),
            b"s+g=a%2B%2F%3D+%FF*"
        );
        assert_eq!(append_form(b"a=1", "s", b""), b"a=1&s=");
        assert_eq!(append_form(b"a=1&", "s", b"x"), b"a=1&s=x");
    }

    proptest! {
        #[test]
        fn what_is_appended_is_read(fields in proptest::collection::vec((".{0,5}", proptest::collection::vec(any::<u8>(), 0..9)), 0..5)) {
            let form = fields.iter().fold(vec![], |form, (name, value)| append_form(&form, name, value));
            let expected: Vec<_> = fields.into_iter().map(|(n, v)| (n.into_bytes(), v)).collect();
            prop_assert_eq!(strict(&form).unwrap(), expected);
        }

        #[test]
        fn agrees_with_form_urlencoded(form in "[ab%2+&=]{0,16}") {
            let theirs: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
            let ours: Vec<(String, String)> = pairs(form.as_bytes()).into_iter()
                .map(|(n, v)| (String::from_utf8_lossy(&n).into_owned(), String::from_utf8_lossy(&v).into_owned())).collect();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn nothing_panics(form in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = FormPairs::new(&form).map(|p| p.sorted(true).len());
        }
    }
}
