//! The operations under paysig's calls, as its core does them, beside ring, aws-lc-rs and OpenSSL, and the C interface beside the core:
//! one pair in one process, in turn.

mod c_call;
#[expect(
    dead_code,
    reason = "the bare operations are compared in the other program"
)]
#[path = "../../src/cases.rs"]
mod cases;
mod digests;
#[expect(dead_code, reason = "allocations are not compared here")]
#[path = "../../src/measure.rs"]
mod measure;
mod signatures;

use measure::{Pair, pair};

type AnyResult = Result<(), Box<dyn std::error::Error>>;

/// Prints one line; how often memory is asked for is not compared.
fn row(what: &str, library: &str, pair: &Pair) {
    let Pair {
        ours,
        bare,
        ratio,
        spread,
        ..
    } = pair;
    let (low, high) = *spread;
    println!(
        "| {what} | {library} | {ours:.0} | {bare:.0} | **{ratio:.2}** | {low:.2} to {high:.2} |"
    );
}

fn main() -> AnyResult {
    println!("| operation | beside | paysig, ns | other, ns | ratio | 10 to 90 % |");
    println!("|---|---|--:|--:|--:|--:|");
    c_call::rows()?;
    digests::rows()?;
    signatures::rows()
}

/// A row whose two sides must agree that the signature is right.
fn verifying(
    what: &str,
    library: &str,
    ours: impl Fn() -> bool,
    other: impl Fn() -> bool,
) -> AnyResult {
    if !ours() || !other() {
        return Err(format!("{what}: not verified beside {library}").into());
    }
    row(what, library, &pair(ours, other));
    Ok(())
}
