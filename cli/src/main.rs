//! `paysig`: the command line. Reads messages and credentials, asks the engine, shows what it says; holds no rule of any scheme.
#![forbid(unsafe_code)]

mod args;
mod choose;
mod clock;
mod commands;
mod conform;
mod failure;
mod input;
mod output;
mod progress;
mod report;
mod secrets;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};
use output::Output;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let out = Output::new(cli.output);
    let done = match &cli.command {
        Command::Schemes(args) => commands::schemes::run(args, &out),
        Command::Show(args) => commands::show::run(args, &out),
        Command::Sign(args) => commands::sign::run(args, &out),
        Command::Verify(args) => commands::verify::run(args, &out),
        Command::Explain(args) => commands::explain::run(args, &out),
        Command::Diagnose(args) => commands::diagnose::run(args, &out),
        Command::Lint(args) => commands::lint::run(args, &out),
        Command::Try(args) => commands::try_recipe::run(args, &out),
        Command::Send(args) => commands::send::run(args, &out),
        Command::Serve(args) => commands::serve::run(args, &out),
        Command::Conform => conform::run(std::io::stdin().lock(), std::io::stdout()),
        Command::Completions(args) => commands::completions::run(args, &out),
        Command::Man(args) => commands::man::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.exit())
        }
    }
}
