//! Names the shared library for the loader: cargo sets no SONAME of its own.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    // 0 is PAYSIG_ABI_VERSION's leading number; it changes when a function or struct changes its meaning or shape.
    match os.as_str() {
        "linux" | "android" | "freebsd" | "netbsd" | "openbsd" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpaysig.so.0");
        }
        "macos" | "ios" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libpaysig.0.dylib");
        }
        _ => {}
    }
}
