//! What JavaScript calls. The only memory that both sides touch are two buffers that this side owns.

use crate::answer::Answer;
use crate::letter::Letter;
use crate::objects::Objects;
use crate::question::{HandleQuestion, Op};
use crate::{page, replay, sign, stream, token, verify};
use paysig::{Error, Result, Status};
use std::cell::RefCell;
use zeroize::Zeroize as _;

/// An answer's buffer larger than this is given back before the next answer.
const KEEP: usize = 64 * 1024;

thread_local! {
    /// What of it holds no question is zero.
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OBJECTS: RefCell<Objects> = RefCell::new(Objects::default());
}

/// Makes the room for questions so many bytes large and says where it is. What was written there stays, as far as there is room for it.
// The names of exports are unsafe only where another library may define the same one; a module has no other.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_room(bytes: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        if input.len() != bytes {
            let mut room = vec![0; bytes];
            room.iter_mut()
                .zip(&*input)
                .for_each(|(to, from)| *to = *from);
            input.as_mut_slice().zeroize();
            *input = room;
        }
        input.as_mut_ptr()
    })
}

/// Answers a question of `length` bytes that was written: JSON of `head` bytes, and behind it a letter or raw bytes. Gives the length of
/// the answer.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_call(head: usize, length: usize) -> usize {
    exchange(length, |question, out| call(question, head, out))
}

/// Signs the letter of `length` bytes that was written. Gives the length of the answer.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_sign(handle: u32, length: usize) -> usize {
    answer_letter(length, |all, letter, out| {
        sign::sign(all, handle, letter, out)
    })
}

/// Judges the letter of `length` bytes that was written. Gives the length of the answer.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_verify(handle: u32, length: usize) -> usize {
    answer_letter(length, |all, letter, out| {
        verify::verify(all, handle, letter, out)
    })
}

/// Looks whether the letter of `length` bytes that was written is an endpoint check. Gives the length of the answer.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_handshake(handle: u32, length: usize) -> usize {
    answer_letter(length, |all, letter, out| {
        verify::handshake(all, handle, letter, out)
    })
}

/// Where the last answer is: the length of its JSON in four bytes, least significant first, the JSON, bytes. What is called for every
/// message answers with no JSON, unless it is an error.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_answer() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// Wipes what was asked, and before that what was answered last: questions hold secrets, answers may hold tokens.
fn exchange(length: usize, run: impl FnOnce(&[u8], &mut Vec<u8>)) -> usize {
    INPUT.with_borrow_mut(|input| {
        OUTPUT.with_borrow_mut(|output| {
            output.as_mut_slice().zeroize();
            output.clear();
            output.shrink_to(KEEP);
            let question = input.get_mut(..length).unwrap_or_default();
            run(question, output);
            question.zeroize();
            output.len()
        })
    })
}

fn answer_letter(
    length: usize,
    run: impl FnOnce(&Objects, &Letter<'_>, &mut Vec<u8>) -> Result<()>,
) -> usize {
    exchange(length, |question, out| {
        out.extend_from_slice(&[0; 4]);
        let done = Letter::read(question)
            .and_then(|letter| OBJECTS.with_borrow(|all| run(all, &letter, out)));
        if let Err(error) = done {
            out.clear();
            Answer::refused(&error).write(out);
        }
    })
}

/// The answer to a question, as `paysig_answer` describes it.
fn call(question: &[u8], head: usize, out: &mut Vec<u8>) {
    let (head, body) = question.split_at_checked(head).unwrap_or_default();
    let answer = read(head).and_then(|op: Op| answer(&op.op, head, body));
    answer
        .unwrap_or_else(|error| Answer::refused(&error))
        .write(out);
}

/// A question. What serde says may quote a value, and that may be a secret; only a fault of the glue gets here.
fn read<'a, T: serde::Deserialize<'a>>(head: &'a [u8]) -> Result<T> {
    serde_json::from_slice(head).map_err(|error| {
        Error::new(
            Status::InvalidOption,
            format!("a value has the wrong type (column {})", error.column()),
        )
    })
}

fn answer(op: &str, head: &[u8], body: &[u8]) -> Result<Answer> {
    let handle = |head| read(head).map(|q: HandleQuestion| q.handle);
    let letter = || Letter::read(body);
    OBJECTS.with_borrow_mut(|all| match op {
        "statuses" => Ok(page::statuses()),
        "ids" => Ok(page::ids()),
        "catalogue" => page::catalogue(),
        "scheme" => page::scheme(&read(head)?),
        "lint" => page::lint(&read(head)?),
        "read" => page::read(&read(head)?, body),
        "signer" => sign::signer(all, &read(head)?),
        "prepare" => sign::prepare(all, handle(head)?, &letter()?),
        "finish" => sign::finish(all, handle(head)?, &letter()?),
        "explain_signer" => sign::explain(all, handle(head)?, &letter()?),
        "verifier" => verify::verifier(all, &read(head)?),
        "words" => verify::words(&read(head)?),
        "explain_verifier" => verify::explain_verifier(all, handle(head)?, &letter()?),
        "explain" => verify::explain(&read(head)?, &letter()?),
        "diagnose" => verify::diagnose(&read(head)?, &letter()?),
        "sign_stream" => stream::sign(all, &read(head)?, &letter()?),
        "verify_stream" => stream::verify(all, &read(head)?, &letter()?),
        "stream_update" => stream::update(all, &read(head)?, body),
        "stream_finish" => stream::finish(all, &read(head)?),
        "token_session" => token::session(all, &read(head)?),
        "token_next" => token::next(all, &read(head)?),
        "token_fetched" => token::fetched(all, &read(head)?, body),
        "token_refused" => token::refused(all, &read(head)?),
        "token_accepted" => token::accepted(all, &read(head)?),
        "token_save" => token::save(all, &read(head)?),
        "token_load" => token::load(all, &read(head)?),
        "guard" => Ok(replay::guard(all, &read(head)?)),
        "begin" => replay::begin(all, &read(head)?),
        "commit" => replay::commit(all, &read(head)?),
        "release" => replay::release(all, &read(head)?),
        "free" => {
            all.free(handle(head)?);
            Ok(Answer::done())
        }
        _ => Err(Error::new(Status::InvalidOption, "no such call")),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::letter::tests::letter;
    use serde_json::Value;

    fn ask(head: &str, body: &[u8]) -> (Value, Vec<u8>) {
        let question = [head.as_bytes(), body].concat();
        let mut answer = Vec::new();
        call(&question, head.len(), &mut answer);
        let length = u32::from_le_bytes(answer[..4].try_into().unwrap()) as usize;
        let json = serde_json::from_slice(&answer[4..4 + length]).unwrap();
        (json, answer[4 + length..].to_vec())
    }

    /// As JavaScript does it: the answer's JSON, if there is any, and its bytes.
    fn exchanged(question: &[u8], run: impl Fn(usize) -> usize) -> (Option<Value>, Vec<u8>) {
        let _ = paysig_room(1024);
        INPUT.with_borrow_mut(|input| input[..question.len()].copy_from_slice(question));
        let length = run(question.len());
        INPUT.with_borrow(|input| assert!(input.iter().all(|b| *b == 0), "wiped"));
        let answer = OUTPUT.with_borrow(|output| output[..length].to_vec());
        let json = u32::from_le_bytes(answer[..4].try_into().unwrap()) as usize;
        let value = (json > 0).then(|| serde_json::from_slice(&answer[4..4 + json]).unwrap());
        (value, answer[4 + json..].to_vec())
    }

    #[test]
    fn signs_what_it_verifies() {
        let (signer, _) = ask(
            r#"{"op":"signer","scheme":"github","flow":"webhook","credentials":{"secret":"s"}}"#,
            b"",
        );
        let handle = |made: &Value| u32::try_from(made["handle"].as_u64().unwrap()).unwrap();
        let sign = handle(&signer);
        let (none, signed) = exchanged(&letter(&[], b"{\xff}"), |n| paysig_sign(sign, n));
        assert!(none.is_none());
        // No target, URL, body, member, time, nonce or key id; one header.
        assert_eq!(signed[..4], [0; 4]);
        let (name, value) = ("X-Hub-Signature-256", "sha256=");
        assert_eq!(signed[4..8], 19_u32.to_le_bytes());
        assert_eq!(&signed[8..27], name.as_bytes());
        assert_eq!(signed[27..31], 71_u32.to_le_bytes());
        let value = [value, std::str::from_utf8(&signed[38..]).unwrap()].concat();
        let (verifier, _) = ask(
            r#"{"op":"verifier","scheme":"github","flow":"webhook","keys":[{"credentials":{"secret":"s"}}]}"#,
            b"",
        );
        let verify = handle(&verifier);
        let headers = [(name, value.as_str())];
        let (none, verified) =
            exchanged(&letter(&headers, b"{\xff}"), |n| paysig_verify(verify, n));
        assert!(none.is_none());
        // A replay key, and all of the body.
        assert_eq!(verified[..4], 0b1000_0100_u32.to_le_bytes());
        assert_eq!(verified.len(), 4 + 20 + 4 + 64);
        let (refused, rest) = exchanged(&letter(&headers, b"{}"), |n| paysig_verify(verify, n));
        assert_eq!(refused.unwrap()["error"]["status"], "signature_mismatch");
        assert!(rest.is_empty());
        let (none, nothing) = exchanged(&letter(&[], b""), |n| paysig_handshake(verify, n));
        assert_eq!((none, nothing), (None, vec![0; 4]));
    }

    #[test]
    fn room_that_grows_or_shrinks_keeps_what_was_written() {
        let _ = paysig_room(4);
        INPUT.with_borrow_mut(|input| input.copy_from_slice(b"abcd"));
        let _ = paysig_room(6);
        INPUT.with_borrow(|input| assert_eq!(input, b"abcd\0\0"));
        let _ = paysig_room(2);
        INPUT.with_borrow(|input| assert_eq!(input, b"ab"));
    }

    #[test]
    fn nothing_malformed_traps_or_repeats_what_it_was_given() {
        for head in [
            "",
            "{",
            "7",
            r#"{"op":"signer","scheme":"github","credentials":{"secret":5}}"#,
        ] {
            let (answer, _) = ask(head, b"sk_live");
            assert_eq!(answer["error"]["status"], "invalid_option", "{head}");
            assert!(!answer.to_string().contains("sk_live"));
        }
        let mut answer = Vec::new();
        call(b"{}", 7, &mut answer);
        assert!(String::from_utf8_lossy(&answer).contains("invalid_option"));
        for question in [letter(&[], b""), b"sk_live".to_vec()] {
            let (answer, _) = exchanged(&question, |n| paysig_sign(999, n));
            let answer = answer.unwrap();
            assert_eq!(answer["error"]["status"], "internal");
            assert!(!answer.to_string().contains("sk_live"));
        }
    }
}
