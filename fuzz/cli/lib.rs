//! The modules of the command line that read conformance lines, as they are.
#![allow(dead_code)]

#[path = "../../cli/src"]
mod modules {
    pub mod clock;
    pub mod conform;
    pub mod failure;
    pub mod input;
    pub mod report;
}

pub use modules::*;
