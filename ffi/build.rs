//! What the linker must be told: the shared library's name for the loader, since cargo sets no SONAME of its own, and what a
//! WebAssembly module exports beside functions.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        // Between calls the stack is below this, and whoever runs the module can wipe it.
        println!("cargo:rustc-cdylib-link-arg=--export=__stack_pointer");
    }
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
