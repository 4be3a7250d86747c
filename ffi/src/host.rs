//! What the library asks the machine for: the time and random bytes. In a WebAssembly module, whoever runs it answers.

#[cfg(not(target_arch = "wasm32"))]
mod machine {
    use std::time::{SystemTime, UNIX_EPOCH};

    pub(crate) fn now_ms() -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX - 1)
    }

    pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), impl std::fmt::Display> {
        getrandom::fill(bytes)
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use machine::{fill, now_ms};

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::wasm::{fill, now_ms};
