//! Compiles the C side of the C call, against the library that PAYSIG_STAGE (as `make stage` lays it out) holds.

use std::env;

fn main() {
    println!("cargo::rerun-if-env-changed=PAYSIG_STAGE");
    println!("cargo::rerun-if-changed=src/call.c");
    let Ok(stage) = env::var("PAYSIG_STAGE") else {
        println!("cargo::error=PAYSIG_STAGE is not set: benches/run others does it");
        return;
    };
    cc::Build::new()
        .file("src/call.c")
        .include(format!("{stage}/include"))
        .opt_level(2)
        .compile("call");
    println!("cargo::rustc-link-search=native={stage}/lib");
    println!("cargo::rustc-link-lib=dylib=paysig");
    println!("cargo::rustc-link-arg=-Wl,-rpath,{stage}/lib");
}
