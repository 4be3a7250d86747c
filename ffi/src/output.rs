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
        for (piece, end) in &pieces.list {
            // SAFETY: `at` is at most the capacity; for capacity 0 there is nothing to add.
            let to = unsafe { self.out.add(at) };
            // SAFETY: the pieces together fit into the buffer, and they are ours, so they do not overlap it.
            unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), to, piece.len()) };
            // SAFETY: the same: the end belongs to the piece.
            let behind = unsafe { to.add(piece.len()) };
            // SAFETY: the ends were counted as well.
            unsafe { end.write(behind) };
            at += piece.len() + end.length();
        }
        Ok(())
    }
}

/// What stands behind a piece. Not a piece of its own: to note it and to call memcpy costs more than the bytes.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Nothing,
    One(u8),
    Two([u8; 2]),
}

impl End {
    fn length(self) -> usize {
        match self {
            End::Nothing => 0,
            End::One(_) => 1,
            End::Two(_) => 2,
        }
    }

    /// # Safety
    /// `to` is valid for writes of its length.
    unsafe fn write(self, to: *mut u8) {
        match self {
            End::Nothing => {}
            // SAFETY: this function's contract.
            End::One(byte) => unsafe { to.write(byte) },
            // SAFETY: this function's contract; no alignment is assumed.
            End::Two(bytes) => unsafe { to.cast::<[u8; 2]>().write_unaligned(bytes) },
        }
    }
}

/// Pieces of a result, one after the other.
#[derive(Default)]
pub(crate) struct Pieces<'a> {
    list: SmallVec<[(&'a [u8], End); 24]>,
    length: usize,
}

impl<'a> Pieces<'a> {
    /// One piece, whatever it is of.
    pub(crate) fn push(&mut self, piece: &'a [u8], end: End) {
        self.list.push((piece, end));
        self.length += piece.len() + end.length();
    }

    /// One piece and where it will stand.
    pub(crate) fn put(&mut self, piece: &'a [u8]) -> paysig_span {
        let offset = self.length;
        self.push(piece, End::Nothing);
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
            self.push(name, End::Two(*b": "));
            self.push(value, End::Two(*b"\r\n"));
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
