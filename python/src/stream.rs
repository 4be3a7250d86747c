//! Large bodies in pieces.

use crate::error::{OrRaise, argument};
use crate::input::body;
use crate::signed::Signed;
use crate::verified::Verified;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::{Mutex, MutexGuard, PoisonError};

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn finished(py: Python<'_>) -> PyErr {
    argument(py, "stream", "this stream is finished")
}

/// Signs a message whose body comes in pieces.
#[pyclass(frozen, module = "paysig")]
pub struct SignStream {
    inner: Mutex<Option<paysig::SignStream>>,
    url: Py<PyAny>,
    absolute: bool,
}

impl SignStream {
    pub fn new(inner: paysig::SignStream, url: Py<PyAny>, absolute: bool) -> Self {
        SignStream {
            inner: Mutex::new(Some(inner)),
            url,
            absolute,
        }
    }
}

#[pymethods]
impl SignStream {
    /// The next piece of the body.
    fn update(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let data = body("data", Some(data))?;
        let bytes = data.as_bytes();
        let open = py.detach(|| match &mut *locked(&self.inner) {
            Some(stream) => {
                stream.update(bytes);
                true
            }
            None => false,
        });
        match open {
            true => Ok(()),
            false => Err(finished(py)),
        }
    }

    /// The body is complete: what to send.
    fn finish(&self, py: Python<'_>) -> PyResult<Signed> {
        let stream = py.detach(|| locked(&self.inner).take());
        let signed = stream.ok_or_else(|| finished(py))?.finish().or_raise(py)?;
        Ok(Signed::new(
            signed,
            self.url.clone_ref(py),
            self.absolute,
            PyBytes::new(py, b"").unbind(),
        ))
    }
}

/// Verifies a message whose body comes in pieces.
#[pyclass(frozen, module = "paysig")]
pub struct VerifyStream {
    inner: Mutex<Option<paysig::VerifyStream>>,
}

impl VerifyStream {
    pub fn new(inner: paysig::VerifyStream) -> Self {
        VerifyStream {
            inner: Mutex::new(Some(inner)),
        }
    }
}

#[pymethods]
impl VerifyStream {
    /// The next piece of the body.
    fn update(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let data = body("data", Some(data))?;
        let bytes = data.as_bytes();
        let done = py.detach(|| locked(&self.inner).as_mut().map(|s| s.update(bytes)));
        done.ok_or_else(|| finished(py))?.or_raise(py)
    }

    /// The body is complete: the verdict.
    fn finish(&self, py: Python<'_>) -> PyResult<Verified> {
        let stream = py.detach(|| locked(&self.inner).take());
        let report = stream.ok_or_else(|| finished(py))?.finish().or_raise(py)?;
        Ok(Verified::new(report))
    }
}
