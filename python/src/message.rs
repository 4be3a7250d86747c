//! A message from the arguments of a call.

use crate::error::argument;
use crate::input::{Lent, body, pairs, text, wire};
use paysig::{Header, Message};
use pyo3::prelude::*;

/// From this size on other threads run while a body is read: the lock costs less than that.
const LARGE_BODY: usize = 16 * 1024;

/// What a call was given. Borrows from the arguments.
pub struct Given<'a, 'py> {
    method: &'a str,
    url: Option<Lent<'py>>,
    target: Option<Lent<'py>>,
    headers: Vec<(Lent<'py>, Lent<'py>)>,
    body: Lent<'py>,
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
        let given = |name, value: &Bound<'py, PyAny>| match value.is_none() {
            true => Ok(None),
            false => wire(name, value).map(Some),
        };
        let mut lines = Vec::with_capacity(8);
        pairs("headers", headers, |name, value| {
            lines.push((wire("headers", &name)?, wire("headers", &value)?));
            Ok(())
        })?;
        let given = Given {
            method: text("method", method)?,
            url: given("url", url)?,
            target: target.map(|t| given("target", t)).transpose()?.flatten(),
            headers: lines,
            body: body("body", content)?,
        };
        given.check(method.py())?;
        Ok(given)
    }

    fn check(&self, py: Python<'_>) -> PyResult<()> {
        match self.url.as_ref().map(Lent::as_bytes) {
            None if self.target.is_none() => Err(argument(py, "url", "give url or target")),
            None => Ok(()),
            Some(url) if is_target(url) => match self.target {
                None => Ok(()),
                Some(_) => Err(argument(
                    py,
                    "url",
                    "url must be absolute where target is given as well",
                )),
            },
            Some(url) if absolute(url).is_some() => Ok(()),
            Some(_) => Err(argument(
                py,
                "url",
                "url must be absolute (https://...) or a target that begins with /",
            )),
        }
    }

    /// Runs with the message as the core takes it.
    pub fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| Header {
                name: name.as_bytes(),
                value: value.as_bytes(),
            })
            .collect();
        let given = self.url.as_ref().map(Lent::as_bytes);
        let public = given.and_then(absolute);
        let split;
        let target = match (&self.target, public, given) {
            (Some(target), ..) => target.as_bytes(),
            (None, Some((_, target)), _) => {
                // The query of a URL without path belongs to the path /.
                split = match target {
                    [] => b"/".to_vec(),
                    [b'?', ..] => [b"/", target].concat(),
                    target => target.to_vec(),
                };
                &split
            }
            (None, None, target) => target.unwrap_or_default(),
        };
        run(&Message {
            method: self.method,
            target,
            url: public.map(|(url, _)| url),
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    /// The same, letting other threads run meanwhile where it takes long.
    pub fn detached<T: Send>(
        &self,
        py: Python<'_>,
        slow: bool,
        run: impl FnOnce(&Message<'_>) -> T + Send,
    ) -> T {
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
        let given = self.url.as_ref().map(Lent::as_bytes);
        given.and_then(absolute).is_some()
    }

    /// An owned copy, for calls in two halves.
    pub fn to_owned(&self) -> Owned {
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

fn is_target(url: &[u8]) -> bool {
    matches!(url.first(), Some(b'/' | b'*') | None)
}

/// An absolute URL without its fragment, and the target within it. Text only: a URL is ASCII or an error of the caller.
fn absolute(url: &[u8]) -> Option<(&str, &[u8])> {
    let url = std::str::from_utf8(url).ok()?;
    let url = url.split('#').next()?;
    let authority = url.find("://")? + 3;
    let after = url.get(authority..)?;
    let target = after.find(['/', '?']).and_then(|at| after.get(at..));
    Some((url, target.unwrap_or_default().as_bytes()))
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
