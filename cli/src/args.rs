//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::{
    completions, diagnose, explain, lint, man, schemes, send, serve, show, sign, try_recipe, verify,
};
use crate::output::OutputArgs;

/// Signs requests to payment and identity providers and verifies what they send
#[derive(Parser, Debug)]
#[command(name = "paysig", version, max_term_width = 120, after_help = EXIT_CODES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub output: OutputArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or authentic; 1 the message is refused, lint has a warning that is not acknowledged, or \
an endpoint answers send otherwise than expected; 2 wrong command line, configuration or file";

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// List the schemes of the catalogue
    Schemes(schemes::SchemesArgs),
    /// Show a scheme's rule in words, or its recipe
    Show(show::ShowArgs),
    /// Sign a message: print what to add to it, or the whole
    Sign(sign::SignArgs),
    /// Verify a message: print the verdict and what the signature covers
    Verify(verify::VerifyArgs),
    /// Print the exact string to sign and where each byte of it comes from
    Explain(explain::ExplainArgs),
    /// Find out why a signature does not match
    Diagnose(diagnose::DiagnoseArgs),
    /// Warn of what is weak about a scheme itself, with witnesses
    Lint(lint::LintArgs),
    /// Check a recipe file, and try it on a sample message
    Try(try_recipe::TryArgs),
    /// Send signed webhooks to your endpoint, genuine or spoiled, and see what it answers
    Send(send::SendArgs),
    /// Run a provider on this machine that verifies every request and explains each refusal
    Serve(serve::ServeArgs),
    /// Answer the conformance protocol: one JSON object a line in, one out
    Conform,
    /// Print the completions of a shell, to be put where it looks for them
    Completions(completions::CompletionsArgs),
    /// Write the manual pages, one a command, into a directory
    Man(man::ManArgs),
}
