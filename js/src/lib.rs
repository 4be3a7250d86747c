//! The core as one WebAssembly module for JavaScript. It imports nothing: clock, randomness and I/O are the glue's, in `js/lib`.
//!
//! A call is a question and its answer. A message is always a [`letter`]; what is called for every message takes that alone and
//! answers in bytes, and everything else is JSON with bytes behind it. A handful of functions makes up the boundary ([`boundary`]);
//! wasm-bindgen would add a generated layer and a tool of its own for the few calls that there are, and its objects
//! cannot be made anew after a trap. Here they can: the glue throws the instance away and builds its objects in a fresh one.
#![deny(unsafe_code)]

mod answer;
mod boundary;
mod letter;
mod objects;
mod page;
mod question;
mod replay;
mod sign;
mod stream;
mod token;
mod verify;
