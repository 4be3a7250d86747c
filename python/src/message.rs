//! A message from the arguments of a call.

use crate::error::argument;
use crate::input::{Lent, body, lent, pairs, text, wire};
use paysig::{Header, Message};
use pyo3::prelude::*;
use smallvec::SmallVec;

/// From this size on other threads run while a body is read: the lock costs less than that.
const LARGE_BODY: usize = 16 * 1024;

/// What a call was given. Borrows from the arguments.
pub struct Given<'a, 'py> {
    method: &'a str,
    url: Option<Lent<'py>>,
    form: UrlForm,
    target: Option<Lent<'py>>,
    headers: SmallVec<[(Bound<'py, PyAny>, Bound<'py, PyAny>); 8]>,
    body: Lent<'py>,
}

/// What the url argument is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UrlForm {
    /// Not given.
    None,
    /// Path and query.
    Target,
    /// Absolute: where its target begins, and where it ends for the fragment or the end of the text.
    Absolute { target: usize, end: usize },
}

impl UrlForm {
    fn of(url: &[u8]) -> Option<UrlForm> {
        if matches!(url.first(), Some(b'/' | b'*') | None) {
            return Some(UrlForm::Target);
        }
        let url = std::str::from_utf8(url).ok()?;
        let end = url.find('#').unwrap_or(url.len());
        let bytes = url.as_bytes().get(..end)?;
        // Near the beginning: preparing a search would take longer.
        let authority = bytes.windows(3).position(|at| at == b"://")? + 3;
        let mut after = bytes.get(authority..)?.iter();
        let target = after.position(|byte| matches!(byte, b'/' | b'?'));
        let target = target.map_or(end, |at| authority + at);
        Some(UrlForm::Absolute { target, end })
    }
}

impl<'a, 'py> Given<'a, 'py> {
    /// Reads the arguments.
    pub fn new(
        method: &'a Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        content: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let py = url.py();
        let given = |name, value: &Bound<'py, PyAny>| match value.is_none() {
            true => Ok(None),
            false => wire(name, value).map(Some),
        };
        let url = given("url", url)?;
        let target = target.map(|t| given("target", t)).transpose()?.flatten();
        let form = match url.as_ref().map(|url| UrlForm::of(url.as_bytes())) {
            None if target.is_none() => return Err(argument(py, "url", "give url or target")),
            None => UrlForm::None,
            Some(None) => {
                return Err(argument(
                    py,
                    "url",
                    "url must be absolute (https://...) or a target that begins with /",
                ));
            }
            Some(Some(UrlForm::Target)) if target.is_some() => {
                return Err(argument(
                    py,
                    "url",
                    "url must be absolute where target is given as well",
                ));
            }
            Some(Some(form)) => form,
        };
        let mut lines = SmallVec::new();
        pairs("headers", headers, |name, value| {
            lines.push((name, value));
            Ok(())
        })?;
        Ok(Given {
            method: text("method", method)?,
            url,
            form,
            target,
            headers: lines,
            body: body("body", content)?,
        })
    }

    /// Runs with the message as the core takes it.
    pub fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> PyResult<T> {
        let made: Vec<(Lent<'py>, Lent<'py>)>;
        let lines = self.headers.iter().filter_map(|(name, value)| {
            Some(Header {
                name: lent(name)?,
                value: lent(value)?,
            })
        });
        let mut headers: SmallVec<[Header<'_>; 16]> = lines.collect();
        if headers.len() < self.headers.len() {
            let wire = |value| wire("headers", value);
            let lines = self.headers.iter().map(|(n, v)| Ok((wire(n)?, wire(v)?)));
            made = lines.collect::<PyResult<_>>()?;
            let lines = made.iter().map(|(name, value)| Header {
                name: name.as_bytes(),
                value: value.as_bytes(),
            });
            headers = lines.collect();
        }
        let url = self.url.as_ref().map(Lent::as_bytes).unwrap_or_default();
        let with_slash;
        let (public, of_url) = match self.form {
            UrlForm::None => (None, &b""[..]),
            UrlForm::Target => (None, url),
            UrlForm::Absolute { target, end } => {
                let of_url = match url.get(target..end).unwrap_or_default() {
                    [] => &b"/"[..],
                    // The query of a URL without path belongs to the path /.
                    [b'?', query @ ..] => {
                        with_slash = [b"/?", query].concat();
                        &with_slash
                    }
                    of_url => of_url,
                };
                let public = url.get(..end).and_then(|u| std::str::from_utf8(u).ok());
                (public, of_url)
            }
        };
        Ok(run(&Message {
            method: self.method,
            target: self.target.as_ref().map_or(of_url, Lent::as_bytes),
            url: public,
            headers: &headers,
            body: self.body.as_bytes(),
        }))
    }

    /// The same, letting other threads run meanwhile where it takes long.
    pub fn detached<T: Send>(
        &self,
        py: Python<'_>,
        slow: bool,
        run: impl FnOnce(&Message<'_>) -> T + Send,
    ) -> PyResult<T> {
        if slow || self.body.as_bytes().len() >= LARGE_BODY {
            self.with(|message| py.detach(|| run(message)))
        } else {
            self.with(run)
        }
    }

    /// The body.
    pub fn body(&self) -> &Lent<'py> {
        &self.body
    }

    /// Whether an absolute URL was given.
    pub fn is_absolute(&self) -> bool {
        matches!(self.form, UrlForm::Absolute { .. })
    }

    /// An owned copy, for calls in two halves.
    pub fn to_owned(&self) -> PyResult<Owned> {
        self.with(|message| Owned {
            method: message.method.to_owned(),
            target: message.target.to_vec(),
            url: message.url.map(str::to_owned),
            headers: message
                .headers
                .iter()
                .map(|h| (h.name.to_vec(), h.value.to_vec()))
                .collect(),
            body: message.body.to_vec(),
        })
    }
}

/// A message that outlives the call.
pub struct Owned {
    method: String,
    target: Vec<u8>,
    url: Option<String>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
}

impl Owned {
    /// Runs with the message as the core takes it.
    pub fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| Header { name, value })
            .collect();
        run(&Message {
            method: &self.method,
            target: &self.target,
            url: self.url.as_deref(),
            headers: &headers,
            body: &self.body,
        })
    }
}
