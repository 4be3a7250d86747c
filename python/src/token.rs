//! The token session of client-credentials schemes.

use crate::error::{OrRaise, argument};
use crate::input::{body, kind, text};
use crate::keys;
use crate::scheme::scheme;
use crate::time::{datetime, needed_clock};
use paysig::token::{Action, TokenRequest};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A bearer token and when to renew it. Does no I/O; share it between threads.
#[pyclass(frozen, module = "paysig")]
pub struct TokenSession {
    inner: Mutex<paysig::TokenSession>,
}

impl TokenSession {
    /// Held for microseconds and never while Python code runs.
    fn locked(&self) -> MutexGuard<'_, paysig::TokenSession> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl TokenSession {
    #[new]
    #[pyo3(signature = (scheme, *, credentials=None))]
    fn new(scheme: &Bound<'_, PyAny>, credentials: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let py = scheme.py();
        let credentials = keys::credentials("credentials", credentials)?;
        let scheme = self::scheme(scheme)?;
        let inner = paysig::TokenSession::new(&scheme, &credentials).or_raise(py)?;
        Ok(TokenSession {
            inner: Mutex::new(inner),
        })
    }

    #[pyo3(signature = (*, now=None))]
    fn next<'py>(
        &self,
        py: Python<'py>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let now = needed_clock(now)?;
        let action = self.locked().next(now).or_raise(py)?;
        Ok(match action {
            Action::Authorize(headers) => Bound::new(py, Authorize { headers })?.into_any(),
            Action::Fetch(request) => Bound::new(py, Fetch { request })?.into_any(),
            Action::Wait { until } => {
                // How long, on the clock that was given or on the system's.
                let seconds = (until.0.saturating_sub(now.0).max(0) as f64) / 1000.0;
                Bound::new(py, Wait { until, seconds })?.into_any()
            }
        })
    }

    #[pyo3(signature = (status, content, *, now=None))]
    fn fetched(
        &self,
        py: Python<'_>,
        status: &Bound<'_, PyAny>,
        content: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let http = status.extract::<u16>().map_err(|_| {
            let kind = kind(status);
            argument(
                py,
                "status",
                format!("status must be an HTTP status, or 0 if no answer came, not {kind}"),
            )
        })?;
        let content = body("content", content)?;
        let now = needed_clock(now)?;
        let done = self.locked().fetched(http, content.as_bytes(), now);
        done.or_raise(py)
    }

    #[pyo3(signature = (*, now=None))]
    fn refused(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = needed_clock(now)?;
        let done = self.locked().refused(now);
        done.or_raise(py)
    }

    fn accepted(&self) {
        self.locked().accepted();
    }

    fn save(&self) -> String {
        self.locked().save()
    }

    fn load(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let state = text("state", state)?;
        let done = self.locked().load(state);
        done.or_raise(py)
    }

    fn __repr__(&self) -> &'static str {
        "<paysig.TokenSession>"
    }
}

/// Send the request with these headers.
#[pyclass(frozen, module = "paysig")]
pub struct Authorize {
    #[pyo3(get)]
    headers: Vec<(String, String)>,
}

#[pymethods]
impl Authorize {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str,) = ("headers",);

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        format!("<paysig.Authorize: {}>", names.join(", "))
    }
}

/// Send this request to the token endpoint and report the answer.
#[pyclass(frozen, module = "paysig")]
pub struct Fetch {
    request: TokenRequest,
}

#[pymethods]
impl Fetch {
    #[getter]
    fn method(&self) -> &str {
        &self.request.method
    }

    #[getter]
    fn target(&self) -> &str {
        &self.request.target
    }

    #[getter]
    fn headers(&self) -> Vec<(String, String)> {
        self.request.headers.clone()
    }

    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.request.body)
    }

    #[getter]
    fn lease_until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.request.lease_until)
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Fetch: {} {}>", self.request.method, self.request.target)
    }
}

/// Somebody is fetching: ask again then, or earlier.
#[pyclass(frozen, module = "paysig")]
pub struct Wait {
    until: paysig::UnixMillis,
    #[pyo3(get)]
    seconds: f64,
}

#[pymethods]
impl Wait {
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.until)
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Wait: {} s>", self.seconds)
    }
}
