//! Errors of the core as Python exceptions; the classes are Python's, in `paysig.errors`.

use paysig::{Error, Status};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The exception for an error of the core.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || -> PyResult<PyErr> {
        let make = MAKE.import(py, "paysig.errors", "_of")?;
        let request = error.key_request();
        let instance = make.call1((
            error.status().name(),
            error.field_name(),
            error.message(),
            request.map(|r| r.key_id.as_str()),
            request.and_then(|r| r.url.as_deref()),
        ))?;
        Ok(PyErr::from_value(instance))
    };
    make().unwrap_or_else(|failed| failed)
}

/// An argument that cannot be used.
pub fn argument(py: Python<'_>, name: &str, message: impl Into<String>) -> PyErr {
    exception(py, &Error::field(Status::InvalidOption, name, message))
}

/// Results of the core on their way to Python.
pub trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for paysig::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// Every status of the core: name, code, HTTP status and whether it is a verdict.
#[pyfunction]
#[pyo3(name = "_statuses")]
pub fn statuses() -> Vec<(&'static str, u32, u16, bool)> {
    Status::ALL
        .iter()
        .map(|s| (s.name(), s.code(), s.http(), s.is_verdict()))
        .collect()
}
