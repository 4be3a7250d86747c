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

/// A bearer token and when to renew it, for client-credentials schemes. Does no I/O; share it between threads.
///
/// >>> session = paysig.TokenSession("pledg-token", credentials={"api_key": "k", "api_secret": "s"})
/// >>> session.next(now=0)
/// <paysig.Fetch: POST /api/token>
/// >>> session.fetched(200, b'{"access_token":"t","expires_in":60}', now=0)
/// >>> session.next(now=1).headers
/// [('Authorization', 'Bearer t')]
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

    /// What to do now: `Authorize`, `Fetch` or `Wait`. Raises `TokenError` shortly after a fetch failed.
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

    /// Reports the token endpoint's answer: its HTTP status (0: it could not be reached) and body.
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

    /// Reports that the API answered 401 to the token. Raises `TokenError` if that token was a fresh one.
    #[pyo3(signature = (*, now=None))]
    fn refused(&self, py: Python<'_>, now: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let now = needed_clock(now)?;
        let done = self.locked().refused(now);
        done.or_raise(py)
    }

    /// Reports that the API accepted the token.
    fn accepted(&self) {
        self.locked().accepted();
    }

    /// The state as text, to be kept where the secret may be kept. Holds the token.
    fn save(&self) -> String {
        self.locked().save()
    }

    /// Continues from a saved state of the same scheme.
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

/// Send this request to the token endpoint and report the answer with ``fetched``. Holds the secret; do not log it.
#[pyclass(frozen, module = "paysig")]
pub struct Fetch {
    request: TokenRequest,
}

#[pymethods]
impl Fetch {
    /// ``POST``
    #[getter]
    fn method(&self) -> &str {
        &self.request.method
    }

    /// ``/api/token``
    #[getter]
    fn target(&self) -> &str {
        &self.request.target
    }

    /// Content-Type and Authorization.
    #[getter]
    fn headers(&self) -> Vec<(String, String)> {
        self.request.headers.clone()
    }

    /// ``grant_type=client_credentials``
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.request.body)
    }

    /// Another may fetch from then on.
    #[getter]
    fn lease_until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.request.lease_until)
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Fetch: {} {}>",
            self.request.method, self.request.target
        )
    }
}

/// Somebody is fetching: ask again in ``seconds``, at ``until``, or earlier.
#[pyclass(frozen, module = "paysig")]
pub struct Wait {
    until: paysig::UnixMillis,
    #[pyo3(get)]
    seconds: f64,
}

#[pymethods]
impl Wait {
    /// When the fetcher's time runs out.
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.until)
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Wait: {} s>", self.seconds)
    }
}
