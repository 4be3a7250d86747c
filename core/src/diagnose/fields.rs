//! Single fields and ids, rendered in another way.

use super::Base;
use super::clue::{Clue, Scene};
use super::structure::replace;
use super::values::{Put, text_of};
use crate::plan::keys::CredentialValues;
use crate::plan::numbered;
use crate::recipe::{Part, Source};
use crate::text::json::{Scalar, scalar};
use crate::text::url;

/// Ids are text: zeros, case and blanks count.
pub(super) fn identifier(base: &Base<'_>, scene: Scene<'_>, part: &Part, put: Put<'_>) {
    let Some(value) = base.own_value(scene, part) else {
        return;
    };
    let label = base.plan.label(part);
    let mut text = |id: &'static str, new: &[u8]| {
        if new != value {
            put(Clue::about(id, label.clone()), text_of(part, new));
        }
    };
    let zeros = value.iter().take_while(|b| **b == b'0').count();
    if zeros > 0 && value.len() > zeros && value.iter().all(u8::is_ascii_digit) {
        text("leading-zeros-dropped", &value[zeros..]);
    }
    text("account-id-case-changed", &value.to_ascii_lowercase());
    text("account-id-case-changed", &value.to_ascii_uppercase());
    text("account-id-blanks", value.trim_ascii());
    for padded in [[&value[..], b" "].concat(), [&value[..], b"\n"].concat()] {
        text("account-id-blanks", &padded);
    }
}

/// One signed field of the body or query.
pub(super) fn field(base: &Base<'_>, scene: Scene<'_>, part: &Part, wide: bool, put: Put<'_>) {
    let label = base.plan.label(part);
    let Some(value) = base.own_value(scene, part) else {
        return;
    };
    let mut text = |id: &'static str, new: &[u8]| {
        if new != value {
            put(Clue::about(id, label.clone()), text_of(part, new));
        }
    };
    let zeros = value.iter().take_while(|b| **b == b'0').count();
    if zeros > 0 && value.len() > zeros && value.iter().all(u8::is_ascii_digit) {
        text("leading-zeros-dropped", &value[zeros..]);
    }
    for (id, new) in amounts(&value) {
        text(id, new.as_bytes());
    }
    text("field-not-trimmed", value.trim_ascii());
    if wide {
        text("field-case-changed", &value.to_ascii_lowercase());
        text("field-case-changed", &value.to_ascii_uppercase());
        for (nth, escaped) in escapes(&value).iter().enumerate() {
            if nth < ESCAPES {
                text("field-escaped", escaped);
            }
        }
    }
}

/// Other spellings of an amount.
fn amounts(value: &[u8]) -> Vec<(&'static str, String)> {
    let Ok(text) = std::str::from_utf8(value) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if !text.is_empty() && text.len() < 16 && text.bytes().all(|b| b.is_ascii_digit()) {
        let padded = format!("{text:0>3}");
        let (whole, cents) = padded.split_at(padded.len() - 2);
        let short = format!("{whole}.{cents}");
        all.push(("amount-in-major-units", short.clone()));
        let short = short.trim_end_matches('0').trim_end_matches('.').to_owned();
        all.push(("amount-in-major-units", short.clone()));
        if !short.contains('.') {
            all.push(("amount-in-major-units", format!("{short}.0")));
        }
        all.push(("body-number-reformatted", format!("{text}.0")));
        all.push(("body-number-reformatted", format!("{text}.00")));
    } else if let Some((whole, fraction)) = text.split_once('.')
        && !whole.is_empty()
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        let cut = fraction.trim_end_matches('0');
        let join = |f: &str| {
            if f.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{f}")
            }
        };
        all.push(("body-number-reformatted", join(cut)));
        all.push((
            "body-number-reformatted",
            join(if cut.is_empty() { "0" } else { cut }),
        ));
        all.push(("body-number-reformatted", join(&format!("{cut:0<2}"))));
        if fraction.len() <= 2 {
            let minor = format!("{whole}{fraction:0<2}");
            let minor = minor.trim_start_matches('0').to_owned();
            all.push(("amount-in-minor-units", minor));
        }
    }
    all
}

const ESCAPES: usize = 6;

/// Ways to escape a field before joining.
fn escapes(value: &[u8]) -> [Vec<u8>; ESCAPES] {
    let backslash = replace(value, b"\\", b"\\\\");
    let mut percent = Vec::new();
    url::percent_encode_into(value, &mut percent);
    let mut form = Vec::new();
    super::form::encode(value, &super::form::STYLES[0], &mut form);
    let html = replace(
        &replace(&replace(value, b"&", b"&amp;"), b"<", b"&lt;"),
        b">",
        b"&gt;",
    );
    let text = String::from_utf8_lossy(value);
    let quoted = crate::text::json_edit::quote(&text);
    let json = quoted.trim_matches('"').as_bytes().to_vec();
    [
        replace(&backslash, b":", b"\\:"),
        replace(&backslash, b"|", b"\\|"),
        percent,
        form,
        html,
        json,
    ]
}

/// The same mistake in every field at once.
pub(super) fn all_fields(
    base: &Base<'_>,
    scene: Scene<'_>,
    list: &[Part],
    put: &mut dyn FnMut(Clue, Vec<Part>),
) {
    let is_field = |part: &Part| {
        matches!(
            part.source,
            Source::Json(_) | Source::Form { .. } | Source::QueryField { .. }
        )
    };
    if !list.iter().any(is_field) {
        return;
    }
    let mut map = |id: &'static str, change: &dyn Fn(&Part) -> Option<Vec<u8>>| {
        let mut any = false;
        let new = list
            .iter()
            .map(|part| match change(part).filter(|_| is_field(part)) {
                Some(text) => {
                    any = true;
                    text_of(part, &text)
                }
                None => part.clone(),
            })
            .collect();
        if any {
            put(Clue::new(id), new);
        }
    };
    for nth in 0..ESCAPES {
        map("field-escaped", &|part| {
            let value = base.own_value(scene, part)?;
            let escaped = escapes(&value);
            escaped.get(nth).cloned()
        });
    }
    let kind = |part: &Part| base.json_kind(scene, part);
    for null in ["None", "null", "nil", "NULL", "undefined"] {
        map("null-as-text", &|part| {
            (kind(part)? == "null").then(|| null.as_bytes().to_vec())
        });
    }
    for (id, yes, no) in [
        ("boolean-capitalised", "True", "False"),
        ("boolean-capitalised", "TRUE", "FALSE"),
        ("boolean-as-number", "1", "0"),
        ("boolean-as-number", "1", ""),
    ] {
        map(id, &|part| match kind(part)? {
            "true" => Some(yes.into()),
            "false" => Some(no.into()),
            _ => None,
        });
    }
    // Empty fields and the separators after them.
    let mut new = Vec::with_capacity(list.len());
    let mut skip = false;
    for part in list {
        if std::mem::take(&mut skip) && super::inline::is_separator(part) {
            continue;
        }
        if is_field(part) && base.own_value(scene, part).is_some_and(|v| v.is_empty()) {
            skip = true;
            continue;
        }
        new.push(part.clone());
    }
    if new.len() < list.len() {
        put(Clue::new("empty-fields-differ"), new);
    }
}

impl Base<'_> {
    /// The value of a part without its steps.
    pub(super) fn own_value(&self, scene: Scene<'_>, part: &Part) -> Option<Vec<u8>> {
        let bare = Part {
            then: Vec::new(),
            ..part.clone()
        };
        let nobody = CredentialValues::default();
        let credentials = self.keys.first().map_or(&nobody, |k| &k.credentials);
        if self.is_secret(&bare) {
            return None;
        }
        let parts = std::slice::from_ref(&bare);
        self.value(Scene { parts, ..scene }, credentials)
    }

    /// `null`, `true` or `false`, where a JSON part is one.
    fn json_kind(&self, scene: Scene<'_>, part: &Part) -> Option<&'static str> {
        let Source::Json(json) = &part.source else {
            return None;
        };
        if json.from.is_some() {
            return None;
        }
        let values = self.plan.json.read(scene.message.body, false).ok()?;
        let Some(raw) = numbered(&values, json.slot, &json.path).ok()? else {
            return Some("null");
        };
        match scalar(raw).ok()? {
            Scalar::Null => Some("null"),
            Scalar::Bool(true) => Some("true"),
            Scalar::Bool(false) => Some("false"),
            _ => None,
        }
    }
}
