//! Times of Python: seconds since 1970 as a number, or a datetime with a time zone.

use crate::edge;
use crate::error::argument;
use paysig::UnixMillis;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDateTime, PyDelta, PyFloat, PyInt, PyTzInfo};

/// Says that a call must not look at the system's clock: `now=NO_CLOCK`.
#[pyclass(frozen, module = "paysig", name = "NoClock")]
pub struct NoClock;

#[pymethods]
impl NoClock {
    fn __repr__(&self) -> &'static str {
        "paysig.NO_CLOCK"
    }
}

/// The clock of a call: the system's unless one is given.
pub fn clock(value: Option<&Bound<'_, PyAny>>) -> PyResult<Option<UnixMillis>> {
    match value {
        None => Ok(Some(edge::now())),
        Some(value) if value.is_none() => Ok(Some(edge::now())),
        Some(value) if value.is_instance_of::<NoClock>() => Ok(None),
        Some(value) => instant("now", value).map(Some),
    }
}

/// The clock of a call that cannot do without.
pub fn needed_clock(value: Option<&Bound<'_, PyAny>>) -> PyResult<UnixMillis> {
    match value {
        Some(v) if !v.is_none() => instant("now", v),
        _ => Ok(edge::now()),
    }
}

/// A time argument.
pub fn instant(name: &str, value: &Bound<'_, PyAny>) -> PyResult<UnixMillis> {
    let py = value.py();
    let seconds = if value.is_instance_of::<PyFloat>()
        || (value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>())
    {
        // An integer too large for a float is out of range like any other.
        value.extract::<f64>().unwrap_or(f64::INFINITY)
    } else if value.is_instance(datetime_class(py)?)? {
        if value.getattr("tzinfo")?.is_none() {
            return Err(argument(
                py,
                name,
                format!(
                    "{name} is a datetime without time zone; give it one: datetime.now(timezone.utc)"
                ),
            ));
        }
        value.call_method0("timestamp")?.extract()?
    } else {
        return Err(argument(
            py,
            name,
            format!("{name} must be seconds since 1970 or a datetime with a time zone"),
        ));
    };
    // Doubles hold a present-day time to a fraction of a microsecond; what rounding lost is put back before cutting.
    let millis = (seconds * 1000.0 + 0.0005).floor();
    if !(-1e15..=1e15).contains(&millis) {
        return Err(argument(
            py,
            name,
            format!("{name} lies outside the calendar"),
        ));
    }
    Ok(UnixMillis(millis as i64))
}

fn datetime_class(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    CLASS.import(py, "datetime", "datetime")
}

/// A datetime in UTC.
pub fn datetime(py: Python<'_>, time: UnixMillis) -> PyResult<Bound<'_, PyAny>> {
    let utc = PyTzInfo::utc(py)?.to_owned();
    let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
    let days = i32::try_from(time.0.div_euclid(86_400_000)).unwrap_or(i32::MAX);
    let rest = time.0.rem_euclid(86_400_000) as i32;
    let since = PyDelta::new(py, days, rest / 1000, rest % 1000 * 1000, true)?;
    epoch.call_method1("__add__", (since,))
}
