//! `paysig man`: the manual pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use crate::args::Cli;
use crate::failure::{Failure, Result};

/// Options of `man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// An existing directory; the pages are paysig.1, paysig-sign.1 and so on
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
}

/// Writes the pages.
pub fn run(args: &ManArgs) -> Result<()> {
    clap_mangen::generate_to(Cli::command(), &args.directory).map_err(|error| {
        Failure::file(
            "write pages into",
            &args.directory.to_string_lossy(),
            &error,
        )
    })
}
