//! What the C ABI lacks where there is no C: memory of the module for the caller's arguments and results, and its two imports.
//!
//! Pointers and size_t have 32 bits here, structs are laid out as C does.

use std::alloc::{Layout, alloc_zeroed, dealloc};

#[link(wasm_import_module = "paysig")]
unsafe extern "C" {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[link_name = "now_ms"]
    fn import_now_ms() -> i64;
    /// Writes so many random bytes; 0 if it did.
    #[link_name = "random"]
    fn import_random(to: *mut u8, length: usize) -> u32;
}

pub(crate) fn now_ms() -> i64 {
    // SAFETY: takes and gives a number.
    unsafe { import_now_ms() }
}

pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), &'static str> {
    // SAFETY: valid for writes of that length.
    match unsafe { import_random(bytes.as_mut_ptr(), bytes.len()) } {
        0 => Ok(()),
        _ => Err("whoever runs the module has none"),
    }
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, 16).ok().filter(|_| size > 0)
}

/// Memory of that size, zeroed, at a multiple of 16; null if there is none or none was asked for.
#[unsafe(no_mangle)]
pub extern "C" fn paysig_alloc(size: usize) -> *mut u8 {
    match layout(size) {
        // SAFETY: the size is not 0.
        Some(layout) => unsafe { alloc_zeroed(layout) },
        None => std::ptr::null_mut(),
    }
}

/// Gives memory of `paysig_alloc` back, with the size that was asked for. Overwrites nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_dealloc(at: *mut u8, size: usize) {
    if let Some(layout) = layout(size).filter(|_| !at.is_null()) {
        // SAFETY: made by `paysig_alloc` with this size.
        unsafe { dealloc(at, layout) };
    }
}
