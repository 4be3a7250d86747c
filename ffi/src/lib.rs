//! The C ABI of paysig. `include/paysig.h` is generated from this crate and written for C readers; nothing is decided
//! here: a call checks its pointers, hands borrowed slices to the core and copies the result into the caller's buffer.
//!
//! The one crate with `unsafe`. What callers owe is at the top of the header: pointers are null or valid for their length,
//! handles come from their `_new` and are not used after their `_free`, a handle passed as `const` is not freed meanwhile.
#![allow(non_camel_case_types)]

mod abi;
mod boundary;
mod edge;
mod host;
mod input;
mod message;
mod options;
mod output;
mod pairs;
#[cfg(target_arch = "wasm32")]
mod wasm;

// The functions, in the order of the header.

mod version;

mod scheme;

mod sign;

mod keys;

mod verify;

mod packed;

mod handshake;

mod words;

mod explain;

mod diagnose;

mod stream;

mod session;
