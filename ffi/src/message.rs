//! The thirteen arguments of a message.

use crate::input::{bytes, text};
use crate::pairs::RawPairs;
use paysig::{Header, Message, Result};
use smallvec::SmallVec;
use std::ffi::{c_char, c_void};

/// A message's arguments as they came.
pub(crate) struct RawMessage {
    pub(crate) method: (*const c_char, usize),
    pub(crate) target: (*const c_char, usize),
    pub(crate) url: (*const c_char, usize),
    pub(crate) headers: RawPairs,
    pub(crate) body: (*const c_void, usize),
}

/// Room for the headers of a message, which borrows them; in the caller's frame, since to move it costs more than to fill it.
pub(crate) type Headers<'a> = SmallVec<[Header<'a>; 16]>;

impl RawMessage {
    /// # Safety
    /// Every pointer is null or valid for reads of its length during the call.
    pub(crate) unsafe fn read<'a: 'm, 'm>(self, room: &'m mut Headers<'a>) -> Result<Message<'m>> {
        // SAFETY: this function's contract.
        let method = unsafe { text(self.method.0, self.method.1, "method") }?;
        // SAFETY: the same.
        let target = unsafe { bytes(self.target.0.cast(), self.target.1, "target") }?;
        // SAFETY: the same.
        let url = unsafe { text(self.url.0, self.url.1, "url") }?;
        // SAFETY: the same.
        let headers = unsafe { self.headers.read("headers") }?;
        // SAFETY: the same.
        let body = unsafe { bytes(self.body.0, self.body.1, "body") }?;
        room.extend(headers.iter().map(|(name, value)| Header { name, value }));
        Ok(Message {
            method,
            target,
            url: given(url),
            headers: room,
            body,
        })
    }
}

/// An empty URL is none.
pub(crate) fn given(url: &str) -> Option<&str> {
    Some(url).filter(|u| !u.is_empty())
}

/// Gathers the message arguments of a function, which carry the same names everywhere; without the last two there is no body.
macro_rules! message_args {
    ($method:ident $method_len:ident, $target:ident $target_len:ident, $url:ident $url_len:ident,
     $headers:ident $headers_len:ident $headers_lens:ident $headers_n:ident) => {
        $crate::message::RawMessage {
            method: ($method, $method_len),
            target: ($target, $target_len),
            url: ($url, $url_len),
            headers: $crate::pairs::RawPairs::new($headers, $headers_len, $headers_lens, $headers_n),
            body: (std::ptr::null(), 0),
        }
    };
    ($($head:ident)+, $($target:ident)+, $($url:ident)+, $($headers:ident)+, $body:ident $body_len:ident) => {
        $crate::message::RawMessage {
            body: ($body, $body_len),
            ..message_args!($($head)+, $($target)+, $($url)+, $($headers)+)
        }
    };
}
pub(crate) use message_args;
