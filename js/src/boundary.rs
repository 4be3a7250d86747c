//! What JavaScript calls. The only memory that both sides touch are two buffers that this side owns.

use crate::answer::Answer;
use crate::objects::Objects;
use crate::question::{HandleQuestion, Op};
use crate::{page, replay, sign, stream, token, verify};
use paysig::{Error, Result, Status};
use std::cell::RefCell;
use zeroize::Zeroize as _;

/// Buffers larger than this are given back after the call.
const KEEP: usize = 64 * 1024;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OBJECTS: RefCell<Objects> = RefCell::new(Objects::default());
}

/// Makes room for a question of so many bytes and says where to write it.
// The names of exports are unsafe only where another library may define the same one; a module has no other.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_room(bytes: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(bytes, 0);
        input.as_mut_ptr()
    })
}

/// Answers the question that was written: JSON of `head` bytes, raw bytes behind it. Gives the length of the answer.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_call(head: usize) -> usize {
    INPUT.with_borrow_mut(|input| {
        let answer = call(input, head);
        wipe(input);
        OUTPUT.with_borrow_mut(|output| {
            wipe(output);
            *output = answer;
            output.len()
        })
    })
}

/// Where the last answer is: the length of its JSON in four bytes, least significant first, the JSON, raw bytes.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn paysig_answer() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// Questions hold secrets, answers may hold tokens.
fn wipe(buffer: &mut Vec<u8>) {
    buffer.zeroize();
    buffer.shrink_to(KEEP);
}

/// The answer to a question, as `paysig_answer` describes it.
pub fn call(question: &[u8], head: usize) -> Vec<u8> {
    let (head, body) = question.split_at_checked(head).unwrap_or_default();
    let answer = read(head).and_then(|op: Op| answer(&op.op, head, body));
    answer
        .unwrap_or_else(|error| Answer::refused(&error))
        .write()
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
    OBJECTS.with_borrow_mut(|all| match op {
        "statuses" => Ok(page::statuses()),
        "ids" => Ok(page::ids()),
        "catalogue" => page::catalogue(),
        "scheme" => page::scheme(&read(head)?),
        "lint" => page::lint(&read(head)?),
        "read" => page::read(&read(head)?, body),
        "signer" => sign::signer(all, &read(head)?),
        "sign" => sign::sign(all, &read(head)?, body),
        "prepare" => sign::prepare(all, &read(head)?, body),
        "finish" => sign::finish(all, &read(head)?, body),
        "explain_signer" => sign::explain(all, &read(head)?, body),
        "verifier" => verify::verifier(all, &read(head)?),
        "verify" => verify::verify(all, &read(head)?, body),
        "words" => verify::words(&read(head)?),
        "handshake" => verify::handshake(all, &read(head)?, body),
        "explain_verifier" => verify::explain_verifier(all, &read(head)?, body),
        "explain" => verify::explain(&read(head)?, body),
        "diagnose" => verify::diagnose(&read(head)?, body),
        "sign_stream" => stream::sign(all, &read(head)?),
        "verify_stream" => stream::verify(all, &read(head)?),
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
            let q: HandleQuestion = read(head)?;
            all.free(q.handle);
            Ok(Answer::done())
        }
        _ => Err(Error::new(Status::InvalidOption, "no such call")),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::Value;

    fn ask(head: &str, body: &[u8]) -> (Value, Vec<u8>) {
        let question = [head.as_bytes(), body].concat();
        let answer = super::call(&question, head.len());
        let length = u32::from_le_bytes(answer[..4].try_into().unwrap()) as usize;
        let json = serde_json::from_slice(&answer[4..4 + length]).unwrap();
        (json, answer[4 + length..].to_vec())
    }

    #[test]
    fn signs_what_it_verifies() {
        let (signer, _) = ask(
            r#"{"op":"signer","scheme":"github","flow":"webhook","credentials":{"secret":"s"}}"#,
            b"",
        );
        let sign = format!(
            r#"{{"op":"sign","handle":{},"message":{{"method":"POST","target":"/h","headers":[]}}}}"#,
            signer["handle"]
        );
        let (signed, body) = ask(&sign, b"{\xff}");
        assert!(body.is_empty(), "the body is not changed");
        let (verifier, _) = ask(
            r#"{"op":"verifier","scheme":"github","flow":"webhook","keys":[{"credentials":{"secret":"s"}}]}"#,
            b"",
        );
        let verify = format!(
            r#"{{"op":"verify","handle":{},"message":{{"method":"POST","target":"/h","headers":{}}}}}"#,
            verifier["handle"], signed["headers"]
        );
        assert_eq!(ask(&verify, b"{\xff}").0["covered"]["body"], "all");
        let (refused, _) = ask(&verify, b"{}");
        assert_eq!(refused["error"]["status"], "signature_mismatch");
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
        let answer = super::call(b"{}", 7);
        assert!(String::from_utf8_lossy(&answer).contains("invalid_option"));
        let (answer, _) = ask(
            r#"{"op":"sign","handle":999,"message":{"method":"GET","target":"/"}}"#,
            b"",
        );
        assert_eq!(answer["error"]["status"], "internal");
    }
}
