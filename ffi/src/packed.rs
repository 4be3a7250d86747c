//! Signing and verifying with one text in and one text out, for languages in which every argument of a foreign call and every look
//! into a struct costs: PHP above all. What such a text holds is written at [`paysig_sign_packed`], for the header.

use crate::abi::*;
use crate::boundary::call;
use crate::edge;
use crate::input::{bytes, handle, option, utf8};
use crate::message::{Headers, given};
use crate::options::OneSignature;
use crate::output::{Buffer, End, Pieces, text_bytes};
use crate::sign::{Additions, paysig_signer};
use crate::verify::{Facts, judge, key_request_bits, paysig_verifier};
use paysig::{Coverage, Error, Header, KeyRequest, Message, Result, Signed, UnixMillis};
use smallvec::SmallVec;
use std::ffi::c_void;

/// paysig_sign for languages in which every argument of a call costs and structs are slow to read: the same rules, statuses and
/// errors, but one text in and one text out.
/// In `packed`, a number is an unsigned LEB128 (seven bits a byte, the lowest first, the highest bit set on all bytes but the
/// last; at most UINT32_MAX) and a piece is a number and that many bytes. One after the other: now_ms as a piece, empty for
/// the system's clock, else an int64_t in the byte order of the machine; the pieces method, target and url; the number of
/// headers, and of each the pieces name and value; to the end the options, of each the pieces name and value.
/// The answer in `out` begins with texts, each ended by a byte 0xFF, which is in no UTF-8: present (as in paysig_signed) and the
/// number of lines that follow, in decimal digits; timestamp, nonce, key_id, body_members and url, empty when absent. Then lines,
/// each ended by a line feed: name and value of each header, and target if it is present. What is left is the body.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_sign_packed(
    signer: *const paysig_signer,
    packed: *const c_void,
    packed_len: usize,
    body: *const c_void,
    body_len: usize,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let signer = unsafe { handle(signer, "signer") }?;
        // SAFETY: the same.
        let mut packed = Packed(unsafe { bytes(packed, packed_len, "packed") }?);
        // SAFETY: the same.
        let body = unsafe { bytes(body, body_len, "body") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let now = packed.now()?;
        let mut room = Headers::new();
        let message = packed.message(body, &mut room)?;
        let mut options = OneSignature::default();
        while !packed.0.is_empty() {
            options.add(packed.piece()?, packed.piece()?)?;
        }
        options.complete(&signer.0)?;
        let signed = signer.0.sign(&message, &options.core(now))?;
        hand_over(&signed, buffer)
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// paysig_verify in the same way. `packed`: `want` as a number, then as for paysig_sign_packed, but without options.
/// The answer in `out` is texts with a byte 0xFF between them: present (as in paysig_verified), key_index, items and
/// timestamp_ms, in decimal digits; key_id, replay_key, covered and signed_json, empty when absent. With PAYSIG_NEEDS_KEY:
/// present, need_key_id and need_key_url.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn paysig_verify_packed(
    verifier: *const paysig_verifier,
    packed: *const c_void,
    packed_len: usize,
    body: *const c_void,
    body_len: usize,
    out: *mut c_void,
    out_cap: usize,
    out_len: *mut usize,
    err: *mut paysig_error,
) -> paysig_status {
    let run = || {
        // SAFETY: the caller's contract.
        let verifier = unsafe { handle(verifier, "verifier") }?;
        // SAFETY: the same.
        let mut packed = Packed(unsafe { bytes(packed, packed_len, "packed") }?);
        // SAFETY: the same.
        let body = unsafe { bytes(body, body_len, "body") }?;
        // SAFETY: the same.
        let buffer = unsafe { Buffer::new(out, out_cap, out_len) }?;
        let want = Facts::checked(packed.number()?)?;
        let now = packed.now()?;
        let mut room = Headers::new();
        let message = packed.message(body, &mut room)?;
        if !packed.0.is_empty() {
            return Err(option("packed", "holds more than a message"));
        }
        match judge(verifier, &message, now, want) {
            Ok(verified) => authentic(&Facts::of(&verified, want), buffer),
            Err(error) => {
                if let Some(request) = error.key_request() {
                    needs_key(request, buffer)?;
                }
                Err(error)
            }
        }
    };
    // SAFETY: the same.
    unsafe { call(err, run) }
}

/// What is left of a packed call.
struct Packed<'a>(&'a [u8]);

fn ends_early() -> Error {
    option("packed", "ends inside a number or piece")
}

impl<'a> Packed<'a> {
    #[inline]
    fn number(&mut self) -> Result<u32> {
        if let Some((byte @ ..0x80, rest)) = self.0.split_first() {
            self.0 = rest;
            return Ok(u32::from(*byte));
        }
        self.long_number()
    }

    fn long_number(&mut self) -> Result<u32> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let (byte, rest) = self.0.split_first().ok_or_else(ends_early)?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return u32::try_from(number).map_err(|_| too_large());
            }
        }
        Err(too_large())
    }

    fn piece(&mut self) -> Result<&'a [u8]> {
        let length = self.number()? as usize;
        let (piece, rest) = self.0.split_at_checked(length).ok_or_else(ends_early)?;
        self.0 = rest;
        Ok(piece)
    }

    fn now(&mut self) -> Result<Option<UnixMillis>> {
        match self.piece()? {
            [] => Ok(edge::now(edge::NOW_SYSTEM)),
            time => match time.try_into() {
                Ok(bytes) => Ok(edge::now(i64::from_ne_bytes(bytes))),
                Err(_) => Err(option("packed", "holds a time of other than 0 or 8 bytes")),
            },
        }
    }

    fn message<'m>(&mut self, body: &'a [u8], room: &'m mut Headers<'a>) -> Result<Message<'m>>
    where
        'a: 'm,
    {
        let method = utf8(self.piece()?, "method")?;
        let target = self.piece()?;
        let url = utf8(self.piece()?, "url")?;
        for _ in 0..self.number()? {
            let (name, value) = (self.piece()?, self.piece()?);
            room.push(Header { name, value });
        }
        Ok(Message {
            method,
            target,
            url: given(url),
            headers: room,
            body,
        })
    }
}

fn too_large() -> Error {
    option("packed", "holds a number beyond UINT32_MAX")
}

/// Between texts.
const END: u8 = 0xff;
const LINE_END: End = End::One(b'\n');

/// Numbers in decimal digits, each with an [`END`] after it.
fn numbers<const N: usize>(numbers: [i64; N]) -> SmallVec<[u8; 64]> {
    let mut text = SmallVec::new();
    let mut digits = itoa::Buffer::new();
    for number in numbers {
        text.extend_from_slice(digits.format(number).as_bytes());
        text.push(END);
    }
    text
}

fn hand_over(signed: &Signed, buffer: Buffer) -> Result<()> {
    let all = Additions::of(signed);
    let [timestamp, nonce, key_id] = &all.used;
    let target = signed.target();
    let lines = 2 * signed.headers().count() + usize::from(target.is_some());
    let head = numbers([i64::from(all.present()), lines as i64]);
    let mut pieces = Pieces::default();
    pieces.put(&head);
    for text in [
        timestamp.as_deref(),
        nonce.as_deref(),
        key_id.as_deref(),
        text_bytes(&all.members),
        signed.url().map(str::as_bytes),
    ] {
        pieces.push(text.unwrap_or_default(), End::One(END));
    }
    // None of them holds a line feed: signing refuses that.
    for (name, value) in signed.headers() {
        pieces.push(name.as_bytes(), LINE_END);
        pieces.push(value, LINE_END);
    }
    if let Some(target) = target {
        pieces.push(target, LINE_END);
    }
    pieces.put_or_none(signed.body());
    buffer.write(&pieces)
}

fn authentic(facts: &Facts, buffer: Buffer) -> Result<()> {
    let covered = facts.covered.as_ref().map(Coverage::to_json);
    let head = numbers([
        i64::from(facts.present()),
        facts.key_index as i64,
        facts.items as i64,
        facts.timestamp.map_or(0, |t| t.0),
    ]);
    let mut pieces = Pieces::default();
    pieces.put(&head);
    for text in [&facts.key_id, &facts.replay_key, &covered] {
        pieces.push(text_bytes(text).unwrap_or_default(), End::One(END));
    }
    pieces.put_or_none(text_bytes(&facts.signed_json));
    buffer.write(&pieces)
}

fn needs_key(request: &KeyRequest, buffer: Buffer) -> Result<()> {
    let present = numbers([i64::from(key_request_bits(request))]);
    let mut pieces = Pieces::default();
    pieces.put(&present);
    pieces.push(request.key_id.as_bytes(), End::One(END));
    pieces.put_or_none(text_bytes(&request.url));
    buffer.write(&pieces)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use paysig::Status;

    #[test]
    fn numbers_of_every_length() {
        for (bytes, number) in [
            (&[0][..], 0),
            (&[0x7f], 127),
            (&[0x80, 1], 128),
            (&[0xff, 0xff, 0xff, 0xff, 0x0f], u32::MAX),
        ] {
            let mut packed = Packed(bytes);
            assert_eq!(packed.number().unwrap(), number);
            assert!(packed.0.is_empty());
        }
        for bytes in [
            &[][..],
            &[0x80],
            &[0xff, 0xff, 0xff, 0xff, 0x1f],
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0],
        ] {
            let status = Packed(bytes).number().unwrap_err().status();
            assert_eq!(status, Status::InvalidOption, "{bytes:?}");
        }
    }

    #[test]
    fn a_message_that_ends_early_is_refused() {
        let whole = b"\0\x04POST\x01/\0\x01\x01a\x02bc";
        let read = |bytes: &[u8]| {
            let mut packed = Packed(bytes);
            packed
                .now()
                .and_then(|_| packed.message(b"", &mut Headers::new()).map(drop))
        };
        assert!(read(whole).is_ok());
        for end in 0..whole.len() {
            let status = read(whole.get(..end).unwrap()).unwrap_err().status();
            assert_eq!(status, Status::InvalidOption, "{end}");
        }
    }

    #[test]
    fn times() {
        let mut stated = vec![8];
        stated.extend_from_slice(&7i64.to_ne_bytes());
        assert_eq!(Packed(&stated).now().unwrap(), Some(UnixMillis(7)));
        assert!(Packed(&[0]).now().unwrap().unwrap().0 > 1_700_000_000_000);
        assert!(Packed(&[1, 0]).now().is_err());
    }
}
