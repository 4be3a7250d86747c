//! The core's replay guard over its store in memory.

use crate::edge;
use crate::error::{OrRaise, argument};
use crate::input::text;
use crate::time::instant;
use crate::verifier::whole;
use paysig::UnixMillis;
use paysig::replay::{Begin, Guard, MemoryStore};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The right to handle a delivery: hand it to ``commit`` or ``release``. ``token`` tells attempts apart.
///
/// >>> paysig.Lease("key", 1) == paysig.Lease("key", 1)
/// True
#[pyclass(frozen, module = "paysig", eq, from_py_object)]
#[derive(Clone, PartialEq, Eq)]
pub struct Lease {
    inner: paysig::replay::Lease,
}

#[pymethods]
impl Lease {
    #[new]
    #[pyo3(signature = (key, token=0))]
    fn new(key: &Bound<'_, PyAny>, token: u64) -> PyResult<Self> {
        let inner = paysig::replay::Lease {
            key: text("key", key)?.to_owned(),
            id: token,
        };
        Ok(Lease { inner })
    }

    /// The replay key.
    #[getter]
    fn key(&self) -> &str {
        &self.inner.key
    }

    /// Which attempt.
    #[getter]
    fn token(&self) -> u64 {
        self.inner.id
    }

    fn __repr__(&self) -> String {
        format!(
            "paysig.Lease('{}', {})",
            self.inner.key.escape_debug(),
            self.inner.id
        )
    }
}

/// A guard for one process, and for tests: several workers each remember only what they saw themselves.
///
/// ``retention_seconds``: how long a handled delivery is remembered; `Verifier.retention_seconds` says what a scheme needs.
/// ``lease_seconds``: how long a handler may take. ``capacity``: how many keys; full of what must be remembered, the guard refuses
/// instead of forgetting. ``clock``: a function that gives seconds since 1970.
///
/// >>> guard = paysig.MemoryReplayGuard()
/// >>> lease = guard.begin("k")
/// >>> guard.begin("k").value
/// 'in_progress'
/// >>> guard.commit(lease)
/// >>> guard.begin("k").value
/// 'done'
#[pyclass(frozen, module = "paysig")]
pub struct MemoryReplayGuard {
    guard: Guard<MemoryStore>,
    clock: Option<Py<PyAny>>,
}

impl MemoryReplayGuard {
    fn now(&self, py: Python<'_>) -> PyResult<UnixMillis> {
        match &self.clock {
            None => Ok(edge::now()),
            Some(clock) => instant("clock", &clock.bind(py).call0()?),
        }
    }
}

#[pymethods]
impl MemoryReplayGuard {
    #[new]
    #[pyo3(signature = (*, retention_seconds=None, lease_seconds=None, capacity=None, clock=None))]
    fn new(
        retention_seconds: Option<&Bound<'_, PyAny>>,
        lease_seconds: Option<&Bound<'_, PyAny>>,
        capacity: Option<&Bound<'_, PyAny>>,
        clock: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let number = |name, value: Option<&Bound<'_, PyAny>>, default: u64| {
            value.map_or(Ok(default), |v| whole(name, v))
        };
        // A week is longer than any provider goes on delivering.
        let retention = number("retention_seconds", retention_seconds, 604_800)?;
        let capacity = number("capacity", capacity, 1_000_000)?;
        let lease = number("lease_seconds", lease_seconds, 60)?;
        if let Some(clock) = clock.as_ref().filter(|c| !c.is_callable()) {
            return Err(argument(clock.py(), "clock", "clock must be a function"));
        }
        let store = MemoryStore::new(usize::try_from(capacity).unwrap_or(usize::MAX));
        Ok(MemoryReplayGuard {
            guard: Guard::new(store, retention).lease_seconds(lease),
            clock: clock.map(Bound::unbind),
        })
    }

    /// Before the handler: a `Lease` if the delivery is new, else `Began.IN_PROGRESS` or `Began.DONE`.
    fn begin<'py>(
        &self,
        py: Python<'py>,
        replay_key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        static BEGAN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let key = text("replay_key", replay_key)?;
        let name = match self.guard.begin(key, self.now(py)?).or_raise(py)? {
            Begin::Fresh(inner) => return Ok(Bound::new(py, Lease { inner })?.into_any()),
            Begin::InProgress { .. } => "IN_PROGRESS",
            Begin::Done => "DONE",
        };
        BEGAN.import(py, "paysig.replay", "Began")?.getattr(name)
    }

    /// After the handler succeeded. Raises `StoreUnavailable` if the lease has run out and passed to another.
    fn commit(&self, py: Python<'_>, lease: &Lease) -> PyResult<()> {
        self.guard.commit(&lease.inner, self.now(py)?).or_raise(py)
    }

    /// After the handler failed: the next delivery is handled.
    fn release(&self, py: Python<'_>, lease: &Lease) -> PyResult<()> {
        self.guard.release(&lease.inner).or_raise(py)
    }

    fn __repr__(&self) -> &'static str {
        "<paysig.MemoryReplayGuard>"
    }
}
