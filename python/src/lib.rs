//! The extension module `paysig._paysig`: translates between Python and the core, and supplies what the core does not have, a
//! clock and randomness. The rules of the schemes live in the core alone.
#![forbid(unsafe_code)]

mod diagnose;
mod edge;
mod error;
mod explain;
mod input;
mod keys;
mod message;
mod prepared;
mod replay;
mod scheme;
mod signed;
mod signer;
mod stream;
mod time;
mod token;
mod verified;
mod verifier;

use pyo3::prelude::*;

/// Native part of paysig. Import `paysig` instead.
#[pymodule(gil_used = false)]
mod _paysig {
    #[pymodule_export]
    use crate::diagnose::{Diagnosis, Finding, diagnose};
    #[pymodule_export]
    use crate::error::statuses;
    #[pymodule_export]
    use crate::explain::{Explanation, Nested, Part, explain};
    #[pymodule_export]
    use crate::keys::Key;
    #[pymodule_export]
    use crate::prepared::Prepared;
    #[pymodule_export]
    use crate::replay::{Lease, MemoryReplayGuard};
    #[pymodule_export]
    use crate::scheme::{Lint, Scheme, schemes};
    #[pymodule_export]
    use crate::signed::{Signed, Used};
    #[pymodule_export]
    use crate::signer::Signer;
    #[pymodule_export]
    use crate::stream::{SignStream, VerifyStream};
    #[pymodule_export]
    use crate::time::NoClock;
    #[pymodule_export]
    use crate::token::{Authorize, Fetch, TokenSession, Wait};
    #[pymodule_export]
    use crate::verified::{Coverage, Verified};
    #[pymodule_export]
    use crate::verifier::{Handshake, Verifier};

    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("NO_CLOCK", Bound::new(module.py(), NoClock)?)
    }
}
