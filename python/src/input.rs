//! Text, bytes and pairs as Python programs have them, without copying where it can be helped.

use crate::error::argument;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple};
use std::cell::RefCell;

/// Bytes that a Python object lends.
pub enum Lent<'py> {
    /// A text, as UTF-8.
    Text(Bound<'py, PyString>),
    /// Bytes.
    Bytes(Bound<'py, PyBytes>),
    /// Not given.
    Nothing,
}

impl Lent<'_> {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            // Checked when it was taken.
            Lent::Text(text) => text.to_str().map(str::as_bytes).unwrap_or_default(),
            Lent::Bytes(bytes) => bytes.as_bytes(),
            Lent::Nothing => &[],
        }
    }
}

/// What [`wire`] makes of text or bytes that lend it as they are, without holding them: none of anything else.
pub fn lent<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a [u8]> {
    match value.cast::<PyString>() {
        Ok(text) => text.to_str().ok().map(str::as_bytes),
        Err(_) => value.cast::<PyBytes>().ok().map(|bytes| bytes.as_bytes()),
    }
}

/// Text or bytes. Lone surrogates stand for single bytes, as Python's own interfaces to the outside use them; any other
/// text that is not Unicode is refused.
pub fn wire<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Lent<'py>> {
    if let Ok(text) = value.cast::<PyString>() {
        if text.to_str().is_ok() {
            return Ok(Lent::Text(text.clone()));
        }
        let encoded = text.call_method1("encode", ("utf-8", "surrogateescape"));
        return match encoded.and_then(|b| Ok(b.cast_into::<PyBytes>()?)) {
            Ok(bytes) => Ok(Lent::Bytes(bytes)),
            Err(_) => Err(argument(
                value.py(),
                name,
                format!("{name} holds a lone surrogate, which has no bytes"),
            )),
        };
    }
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(Lent::Bytes(bytes.clone())),
        Err(_) => Err(argument(
            value.py(),
            name,
            format!("{name} must be text or bytes, not {}", kind(value)),
        )),
    }
}

/// A body: any buffer. Text is refused, since only its sender knows the encoding.
pub fn body<'py>(name: &str, value: Option<&Bound<'py, PyAny>>) -> PyResult<Lent<'py>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(Lent::Nothing);
    };
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Lent::Bytes(bytes.clone()));
    }
    let wrong = || {
        argument(
            value.py(),
            name,
            format!(
                "{name} must be bytes or another buffer, not {}: the bytes as they are sent or were received",
                kind(value)
            ),
        )
    };
    let view = PyMemoryView::from(value).map_err(|_| wrong())?;
    let bytes = view.call_method0("tobytes").map_err(|_| wrong())?;
    let bytes = bytes.cast_into::<PyBytes>().map_err(|_| wrong())?;
    Ok(Lent::Bytes(bytes))
}

/// Text that must be Unicode.
pub fn text<'a>(name: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let wrong = || {
        argument(
            value.py(),
            name,
            format!("{name} must be text, not {}", kind(value)),
        )
    };
    let text = value.cast::<PyString>().map_err(|_| wrong())?;
    text.to_str().map_err(|_| {
        argument(
            value.py(),
            name,
            format!("{name} holds a lone surrogate, which has no bytes"),
        )
    })
}

/// A list of texts; one text is a list of one.
pub fn texts(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(Vec::new());
    };
    if value.is_instance_of::<PyString>() {
        return Ok(vec![text(name, value)?.to_owned()]);
    }
    let items = value.try_iter().map_err(|_| {
        argument(
            value.py(),
            name,
            format!("{name} must be a list of names, not {}", kind(value)),
        )
    })?;
    items
        .map(|item| Ok(text(name, &item?)?.to_owned()))
        .collect()
}

/// The class of a value, for error messages; never the value.
pub fn kind(value: &Bound<'_, PyAny>) -> String {
    value
        .get_type()
        .name()
        .map_or_else(|_| "this".to_owned(), |name| name.to_string())
}

/// Name and value of every pair of a mapping, or of a list of pairs; a value that is a list counts once for each item.
pub fn pairs<'py>(
    name: &str,
    value: Option<&Bound<'py, PyAny>>,
    each: impl FnMut(Bound<'py, PyAny>, Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(());
    };
    // A locked dict is walked by a closure that may not change what it holds.
    let each = RefCell::new(each);
    let one = |name: Bound<'py, PyAny>, value: Bound<'py, PyAny>| -> PyResult<()> {
        // Nearly always a text.
        let is_text = value.is_instance_of::<PyString>();
        if !is_text && (value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>()) {
            for item in value.try_iter()? {
                each.borrow_mut()(name.clone(), item?)?;
            }
            return Ok(());
        }
        each.borrow_mut()(name, value)
    };
    if let Ok(dict) = value.cast_exact::<PyDict>() {
        return dict.locked_for_each(one);
    }
    if let Ok(list) = value.cast_exact::<PyList>() {
        for item in list.iter() {
            let (first, second) = pair(name, &item)?;
            one(first, second)?;
        }
        return Ok(());
    }
    let wrong = || {
        argument(
            value.py(),
            name,
            format!(
                "{name} must be a mapping or a list of pairs, not {}",
                kind(value)
            ),
        )
    };
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(wrong());
    }
    // Mappings that can hold a name twice hand out every line under one of these names.
    let items = ["multi_items", "items"]
        .iter()
        .find_map(|method| value.getattr(*method).ok());
    let items = match items {
        Some(method) => method.call0()?,
        None => value.clone(),
    };
    for item in items.try_iter().map_err(|_| wrong())? {
        let (first, second) = pair(name, &item?)?;
        one(first, second)?;
    }
    Ok(())
}

fn pair<'py>(
    name: &str,
    item: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok(tuple) = item.cast::<PyTuple>()
        && tuple.len() == 2
    {
        return Ok((tuple.get_item(0)?, tuple.get_item(1)?));
    }
    if let Ok(list) = item.cast::<PyList>()
        && list.len() == 2
    {
        return Ok((list.get_item(0)?, list.get_item(1)?));
    }
    Err(argument(
        item.py(),
        name,
        format!("{name} must hold pairs of name and value"),
    ))
}
