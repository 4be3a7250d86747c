//! Results into the caller's buffer: pieces are gathered first, so that nothing is written where they do not fit.

use crate::abi::{Sized32, paysig_span};
use crate::input::null;
use paysig::{Error, Result, Status};
use smallvec::SmallVec;
use std::ffi::c_void;

/// The caller's buffer and where its needed size goes.
pub(crate) struct Buffer {
    out: *mut u8,
    capacity: usize,
    needed: *mut usize,
}

impl Buffer {
    /// # Safety
    /// `out` is null with capacity 0, or valid for writes of `capacity` bytes; `out_len` is null or valid for writes.
    pub(crate) unsafe fn new(
        out: *mut c_void,
        capacity: usize,
        out_len: *mut usize,
    ) -> Result<Self> {
        if out_len.is_null() {
            return Err(null("out_len"));
        }
        if out.is_null() && capacity > 0 {
            return Err(null("out"));
        }
        Ok(Buffer {
            out: out.cast(),
            capacity,
            needed: out_len,
        })
    }

    /// Copies all pieces, or none if they do not fit. Reports the needed size in both cases.
    pub(crate) fn write(self, pieces: &Pieces<'_>) -> Result<()> {
        // SAFETY: not null and valid for writes since `new`.
        unsafe { self.needed.write(pieces.length) };
        if pieces.length > self.capacity {
            return Err(Error::new(
                Status::BufferTooSmall,
                format!("the result needs {} bytes", pieces.length),
            ));
        }
        let mut at = 0;
        for piece in &pieces.list {
            // SAFETY: `at` is at most the capacity; for capacity 0 there is nothing to add.
            let to = unsafe { self.out.add(at) };
            // SAFETY: the pieces together fit into the buffer, and they are ours, so they do not overlap it.
            unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), to, piece.len()) };
            at += piece.len();
        }
        Ok(())
    }
}

/// Pieces of a result, one after the other.
#[derive(Default)]
pub(crate) struct Pieces<'a> {
    list: SmallVec<[&'a [u8]; 40]>,
    length: usize,
}

impl<'a> Pieces<'a> {
    fn push(&mut self, piece: &'a [u8]) {
        if !piece.is_empty() {
            self.list.push(piece);
            self.length += piece.len();
        }
    }

    /// One piece and where it will stand.
    pub(crate) fn put(&mut self, piece: &'a [u8]) -> paysig_span {
        let offset = self.length;
        self.push(piece);
        paysig_span {
            offset,
            length: piece.len(),
        }
    }

    /// One piece that may be absent.
    pub(crate) fn put_or_none(&mut self, piece: Option<&'a [u8]>) -> paysig_span {
        piece.map_or(paysig_span::default(), |piece| self.put(piece))
    }

    /// Header lines `Name: value\r\n`.
    pub(crate) fn put_headers(
        &mut self,
        headers: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> paysig_span {
        let offset = self.length;
        for (name, value) in headers {
            for piece in [name, b": ", value, b"\r\n"] {
                self.push(piece);
            }
        }
        paysig_span {
            offset,
            length: self.length - offset,
        }
    }
}

/// The bytes of a text that may be absent.
pub(crate) fn text_bytes<T: AsRef<str>>(text: &Option<T>) -> Option<&[u8]> {
    text.as_ref().map(|text| text.as_ref().as_bytes())
}

/// A result struct of the caller.
pub(crate) struct Slot<T>(*mut T, u32);

impl<T: Sized32> Slot<T> {
    /// # Safety
    /// `pointer` is null, or valid for reads of its `struct_size` and for writes of that many bytes.
    pub(crate) unsafe fn new(pointer: *mut T) -> Result<Self> {
        if pointer.is_null() {
            return Err(null("result"));
        }
        // SAFETY: not null; the first member of every such struct is its size.
        let size = unsafe { pointer.cast::<u32>().read_unaligned() };
        if (size as usize) < size_of::<T>() {
            return Err(Error::field(
                Status::AbiMismatch,
                "result",
                format!(
                    "struct_size is {size}, but this library's struct has {} bytes",
                    size_of::<T>()
                ),
            ));
        }
        Ok(Slot(pointer, size))
    }

    pub(crate) fn fill(self, value: T) {
        // SAFETY: valid for writes of a whole T: the size was checked in `new`.
        unsafe { self.0.write_unaligned(value.with_size(self.1)) };
    }
}
