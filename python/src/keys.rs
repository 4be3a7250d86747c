//! Credentials and keys.

use crate::error::argument;
use crate::input::{kind, pairs, text, wire};
use crate::time::instant;
use paysig::{Credentials, KeyRing, UnixMillis};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString};

/// Named values from a mapping or a list of pairs. The values are never part of an error.
pub fn credentials(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Credentials> {
    let mut all = Credentials::new();
    pairs(name, value, |key, value| {
        let key = text(name, &key)?;
        if !(value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>()) {
            let kind = kind(&value);
            return Err(argument(
                value.py(),
                key,
                format!("the credential {key} must be text or bytes, not {kind}"),
            ));
        }
        all.set(key, wire(key, &value)?.as_bytes());
        Ok(())
    })?;
    Ok(all)
}

/// One key of a verifier and when it is valid; both ends may be open.
///
/// >>> paysig.Key({"secret": "s"}, not_after=1767323045)
/// <paysig.Key: secret>
#[pyclass(frozen, module = "paysig")]
pub struct Key {
    credentials: Credentials,
    not_before: Option<UnixMillis>,
    not_after: Option<UnixMillis>,
}

#[pymethods]
impl Key {
    #[new]
    #[pyo3(signature = (credentials, *, not_before=None, not_after=None))]
    fn new(
        credentials: &Bound<'_, PyAny>,
        not_before: Option<&Bound<'_, PyAny>>,
        not_after: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let time = |name, value: Option<&Bound<'_, PyAny>>| {
            value.map(|value| instant(name, value)).transpose()
        };
        Ok(Key {
            credentials: self::credentials("credentials", Some(credentials))?,
            not_before: time("not_before", not_before)?,
            not_after: time("not_after", not_after)?,
        })
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.credentials.names().collect();
        format!("<paysig.Key: {}>", names.join(", "))
    }
}

/// A ring: one mapping of credentials, one Key, or a list of either.
pub fn ring(value: Option<&Bound<'_, PyAny>>) -> PyResult<KeyRing> {
    let mut ring = KeyRing::new();
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(ring);
    };
    if add(&mut ring, value)? {
        return Ok(ring);
    }
    let wrong = || {
        argument(
            value.py(),
            "keys",
            format!(
                "keys must be a mapping of credentials, a Key, or a list of these, not {}",
                kind(value)
            ),
        )
    };
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(wrong());
    }
    for (place, item) in value.try_iter().map_err(|_| wrong())?.enumerate() {
        let item = item?;
        if !add(&mut ring, &item)? {
            let found = kind(&item);
            let why =
                format!("keys[{place}] must be a mapping of credentials or a Key, not {found}");
            return Err(argument(value.py(), "keys", why));
        }
    }
    Ok(ring)
}

fn add(ring: &mut KeyRing, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(key) = value.cast::<Key>() {
        let key = key.get();
        ring.add_between(key.credentials.clone(), key.not_before, key.not_after);
        return Ok(true);
    }
    if value.is_instance_of::<PyDict>() || value.cast::<PyMapping>().is_ok() {
        ring.add(credentials("keys", Some(value))?);
        return Ok(true);
    }
    Ok(false)
}
