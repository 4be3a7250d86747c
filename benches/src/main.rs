//! What a call costs beside the bare operation under it, measured side by side in one run: ratios, not times.
//!
//! `paysig-bench [WORD]` prints the table (only of cases whose name holds the word); `paysig-bench repeat CASE CALL COUNT` only
//! calls, for tools that count instructions; CALL is `sign`, `verify` or `report` (a verdict with everything that it says of the
//! message), or one of these with `bare-` before it.
//! `paysig-bench diagnose`: what a diagnosis takes. `paysig-bench start`: from nothing to the first signature.

mod cases;
mod diagnose;
mod hand;
mod json;
mod measure;
mod start;

use cases::Ready;
use measure::{Pair, pair};
use std::hint::black_box;

type AnyResult = std::result::Result<(), Box<dyn std::error::Error>>;

fn row(name: &str, what: &str, pair: &Pair, note: &str) {
    println!(
        "| {name} | {what} | {:.0} | {:.0} | **{:.2}** | {:.2} to {:.2} | {} | {note} |",
        pair.ours, pair.bare, pair.ratio, pair.spread.0, pair.spread.1, pair.allocations
    );
}

fn main() -> AnyResult {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name, call, count] = &arguments[..]
        && mode == "repeat"
    {
        return repeat(name, call, count.parse()?);
    }
    if let [mode, name] = &arguments[..]
        && mode == "first"
    {
        return start::once(name);
    }
    if arguments == ["start"] {
        return start::table();
    }
    if let [mode, filter @ ..] = &arguments[..]
        && mode == "diagnose"
    {
        return diagnose::table(filter.first().map_or("", String::as_str));
    }
    let filter = arguments.first().cloned().unwrap_or_default();
    println!("| case | call | paysig, ns | bare, ns | ratio | 10 to 90 % | allocations | |");
    println!("|---|---|--:|--:|--:|--:|--:|---|");
    for case in cases::all().into_iter().chain(cases::of_pairs()) {
        if case.name.contains(&filter) {
            both(case.name, Ready::new(case)?);
        }
    }
    for (name, bytes) in [
        ("body 1 kB", 1_000),
        ("body 100 kB", 100_000),
        ("body 100 MB", 100_000_000),
    ] {
        if name.contains(&filter) {
            both(name, Ready::new(cases::of_size(name, bytes))?);
        }
    }
    if "threads".contains(&filter) {
        threads()?;
    }
    if "by hand".contains(&filter) {
        println!();
        beside_hand()?;
    }
    if "serde_json".contains(&filter) {
        println!();
        beside_serde_json()?;
    }
    Ok(())
}

fn both(name: &str, ready: Ready) {
    let sign = pair(|| ready.sign(), || ready.bare_sign());
    row(
        name,
        "sign",
        &sign,
        &format!("{} B signed", ready.to_sign.len()),
    );
    let verify = pair(|| ready.verify(), || ready.bare_verify());
    row(name, "verify", &verify, "");
    let report = pair(|| ready.report(), || ready.bare_verify());
    row(name, "verify, report", &report, "");
}

fn ready(name: &str) -> std::result::Result<Ready, Box<dyn std::error::Error>> {
    let case = cases::all().into_iter().find(|c| c.name == name);
    Ready::new(case.ok_or("there is no such case")?)
}

fn beside_hand() -> AnyResult {
    let by_hand = hand::ByHand::new();
    let ingenico = ready("ingenico-3")?;
    let stripe = ready("stripe")?;
    let signed = ingenico.sign()?;
    if !by_hand
        .sign(&ingenico)
        .is_some_and(|added| signed.headers().eq(added.headers()))
        || by_hand.verify(&ingenico) != Some(true)
        || by_hand.verify_stripe(&stripe) != Some(true)
    {
        return Err("what was written by hand does something else".into());
    }
    println!(
        "| case | call | paysig, ns | by hand, ns | ratio | 10 to 90 % | allocations | by hand to bare |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let line =
        |name, call, ours: Pair, hand: Pair| row(name, call, &ours, &format!("{:.2}", hand.ratio));
    line(
        "ingenico-3",
        "sign",
        pair(|| ingenico.sign(), || by_hand.sign(&ingenico)),
        pair(|| by_hand.sign(&ingenico), || ingenico.bare_sign()),
    );
    line(
        "ingenico-3",
        "verify",
        pair(|| ingenico.verify(), || by_hand.verify(&ingenico)),
        pair(|| by_hand.verify(&ingenico), || ingenico.bare_verify()),
    );
    line(
        "stripe",
        "verify",
        pair(|| stripe.verify(), || by_hand.verify_stripe(&stripe)),
        pair(|| by_hand.verify_stripe(&stripe), || stripe.bare_verify()),
    );
    Ok(())
}

fn beside_serde_json() -> AnyResult {
    let smile = ready("smile-signature")?;
    let pledg = ready("pledg-jwt")?;
    let payload = pledg.options.payload.unwrap_or_default();
    if json::sign_into_body(&smile).is_none()
        || !json::verify_from_body(&smile)
        // serde_json sorts the members.
        || json::sign_token(&pledg, payload).map(|t| t.len()) != Some(pledg.received.target.len())
        || json::verify_token(&pledg) != Some(true)
    {
        return Err("what serde_json makes is something else".into());
    }
    println!(
        "| case | call | paysig, ns | serde_json and MAC, ns | ratio | 10 to 90 % | allocations | |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|---|");
    let pairs = [
        (
            "smile-signature",
            "sign",
            pair(|| smile.sign(), || json::sign_into_body(&smile)),
        ),
        (
            "smile-signature",
            "verify",
            pair(|| smile.verify(), || json::verify_from_body(&smile)),
        ),
        (
            "pledg-jwt",
            "sign",
            pair(|| pledg.sign(), || json::sign_token(&pledg, payload)),
        ),
        (
            "pledg-jwt",
            "verify",
            pair(|| pledg.verify(), || json::verify_token(&pledg)),
        ),
    ];
    for (name, call, pair) in pairs {
        row(name, call, &pair, "");
    }
    Ok(())
}

/// Two threads with one verifier, against one thread with half of the calls: 1.00 if they do not hinder each other.
fn threads() -> AnyResult {
    const CALLS: usize = 20_000;
    let ready = ready("stripe")?;
    let calls = || (0..CALLS).all(|_| black_box(ready.verify()));
    let on_two = || {
        std::thread::scope(|scope| {
            let other = scope.spawn(calls);
            calls() && other.join().unwrap_or(false)
        })
    };
    row(
        "2 threads",
        "verify",
        &pair(on_two, calls),
        "20,000 calls each, against one thread",
    );
    Ok(())
}

fn repeat(name: &str, call: &str, count: u32) -> AnyResult {
    let ready = ready(name)?;
    match call {
        "sign" => counted_calls(count, || ready.sign()),
        "verify" => counted_calls(count, || ready.verify()),
        "report" => counted_calls(count, || ready.report()),
        "bare-sign" => counted_calls(count, || ready.bare_sign()),
        "bare-verify" | "bare-report" => counted_calls(count, || ready.bare_verify()),
        _ => {
            return Err(
                "CALL is sign, verify or report, or one of these with bare- before it".into(),
            );
        }
    }
    Ok(())
}

/// Only calls: a function of its own, so that callgrind can be told to count inside of it and nowhere else.
#[inline(never)]
fn counted_calls<T>(count: u32, call: impl Fn() -> T) {
    for _ in 0..count {
        drop(black_box(call()));
    }
}
