//! The types that cross the boundary. Numbers are explicit and never change; structs grow only at their end.

use paysig::{Flow, Status};
use std::ffi::c_char;

/// What a call came to; the same names and numbers in every language.
/// 0 is success; 1 to 18 are verdicts on a message (only verifying gives them); 20 to 29 concern configuration and
/// signing; 100 and above concern the call itself. Numbers never change their meaning; new ones may be added.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum paysig_status {
    /// The call did what it says; for verify: the message is authentic.
    PAYSIG_OK = 0,
    /// The signature has the right form, but it is not that of this message under any candidate key.
    PAYSIG_SIGNATURE_MISMATCH = 1,
    /// Authentic, but older than the tolerance (or an expired JWT).
    PAYSIG_TIMESTAMP_TOO_OLD = 2,
    /// Authentic, but further ahead of the clock than the tolerance (or a JWT not valid yet).
    PAYSIG_TIMESTAMP_TOO_NEW = 3,
    /// There is no signature in the message.
    PAYSIG_MISSING_SIGNATURE = 4,
    /// There is a signature, but its syntax, encoding or length is wrong.
    PAYSIG_MALFORMED_SIGNATURE = 5,
    /// A field that the scheme reads is absent.
    PAYSIG_MISSING_FIELD = 6,
    /// A field that the scheme reads has the wrong syntax.
    PAYSIG_MALFORMED_FIELD = 7,
    /// A field that the scheme reads occurs more than once.
    PAYSIG_DUPLICATE_FIELD = 8,
    /// The key id in the message is none of the ring's.
    PAYSIG_UNKNOWN_KEY = 9,
    /// Authentic under a key whose validity has ended.
    PAYSIG_KEY_EXPIRED = 10,
    /// Authentic under a key whose validity has not begun.
    PAYSIG_KEY_NOT_YET_VALID = 11,
    /// The message uses a version of the scheme that is not supported.
    PAYSIG_UNSUPPORTED_VERSION = 12,
    /// The message names an algorithm that the recipe or the caller does not allow.
    PAYSIG_UNSUPPORTED_ALGORITHM = 13,
    /// Authentic, but a value that the scheme demands is another one.
    PAYSIG_CONTENT_REJECTED = 14,
    /// The message, or a field of it, is larger than the limit.
    PAYSIG_TOO_LARGE = 15,
    /// The key must be fetched first; need_key_id and need_key_url say which.
    PAYSIG_NEEDS_KEY = 16,
    /// The scheme has nothing that could be verified (mutual TLS, unsigned notifications).
    PAYSIG_UNVERIFIABLE = 17,
    /// The message was accepted before.
    PAYSIG_REPLAYED = 18,
    /// No scheme has this id.
    PAYSIG_UNKNOWN_SCHEME = 20,
    /// The recipe is wrong; the error names file, line and key.
    PAYSIG_INVALID_RECIPE = 21,
    /// A credential is missing, empty or has the wrong form.
    PAYSIG_INVALID_CREDENTIALS = 22,
    /// The scheme has no such flow.
    PAYSIG_UNSUPPORTED_FLOW = 23,
    /// The message cannot be signed as it is.
    PAYSIG_INVALID_MESSAGE = 24,
    /// This scheme or build cannot do what was asked.
    PAYSIG_UNSUPPORTED = 25,
    /// An option is missing, unknown or out of range, or the lengths of pairs do not add up.
    PAYSIG_INVALID_OPTION = 26,
    /// The token endpoint refused the credentials.
    PAYSIG_TOKEN_REFUSED = 27,
    /// The token endpoint's answer could not be used.
    PAYSIG_TOKEN_RESPONSE_INVALID = 28,
    /// The replay store did not answer.
    PAYSIG_STORE_UNAVAILABLE = 29,
    /// A pointer that must not be null is null, or null comes with a length.
    PAYSIG_NULL_ARGUMENT = 100,
    /// Text is not UTF-8.
    PAYSIG_INVALID_UTF8 = 101,
    /// The caller's buffer is too small: *out_len is the needed size, nothing else was written, no state changed.
    PAYSIG_BUFFER_TOO_SMALL = 102,
    /// A struct_size is smaller than this library's struct: it was not initialised, or header and library do not belong
    /// together.
    PAYSIG_ABI_MISMATCH = 103,
    /// A defect in paysig itself.
    PAYSIG_INTERNAL = 255,
}

use paysig_status::*;

impl paysig_status {
    const ALL: &[paysig_status] = &[
        PAYSIG_OK,
        PAYSIG_SIGNATURE_MISMATCH,
        PAYSIG_TIMESTAMP_TOO_OLD,
        PAYSIG_TIMESTAMP_TOO_NEW,
        PAYSIG_MISSING_SIGNATURE,
        PAYSIG_MALFORMED_SIGNATURE,
        PAYSIG_MISSING_FIELD,
        PAYSIG_MALFORMED_FIELD,
        PAYSIG_DUPLICATE_FIELD,
        PAYSIG_UNKNOWN_KEY,
        PAYSIG_KEY_EXPIRED,
        PAYSIG_KEY_NOT_YET_VALID,
        PAYSIG_UNSUPPORTED_VERSION,
        PAYSIG_UNSUPPORTED_ALGORITHM,
        PAYSIG_CONTENT_REJECTED,
        PAYSIG_TOO_LARGE,
        PAYSIG_NEEDS_KEY,
        PAYSIG_UNVERIFIABLE,
        PAYSIG_REPLAYED,
        PAYSIG_UNKNOWN_SCHEME,
        PAYSIG_INVALID_RECIPE,
        PAYSIG_INVALID_CREDENTIALS,
        PAYSIG_UNSUPPORTED_FLOW,
        PAYSIG_INVALID_MESSAGE,
        PAYSIG_UNSUPPORTED,
        PAYSIG_INVALID_OPTION,
        PAYSIG_TOKEN_REFUSED,
        PAYSIG_TOKEN_RESPONSE_INVALID,
        PAYSIG_STORE_UNAVAILABLE,
        PAYSIG_NULL_ARGUMENT,
        PAYSIG_INVALID_UTF8,
        PAYSIG_BUFFER_TOO_SMALL,
        PAYSIG_ABI_MISMATCH,
        PAYSIG_INTERNAL,
    ];
}

impl From<Status> for paysig_status {
    fn from(status: Status) -> Self {
        let same = |s: &&paysig_status| **s as u32 == status.code();
        Self::ALL
            .iter()
            .find(same)
            .copied()
            .unwrap_or(PAYSIG_INTERNAL)
    }
}

/// Who sends the message to whom. Passed as uint32_t.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum paysig_flow {
    /// Client to provider: an API request.
    PAYSIG_REQUEST = 1,
    /// Provider to client: a notification.
    PAYSIG_WEBHOOK = 2,
    /// The provider's signed answer; method and target are those of the request.
    PAYSIG_RESPONSE = 3,
}

impl paysig_flow {
    pub(crate) fn of(number: u32) -> paysig::Result<Flow> {
        const REQUEST: u32 = paysig_flow::PAYSIG_REQUEST as u32;
        const WEBHOOK: u32 = paysig_flow::PAYSIG_WEBHOOK as u32;
        const RESPONSE: u32 = paysig_flow::PAYSIG_RESPONSE as u32;
        match number {
            REQUEST => Ok(Flow::Request),
            WEBHOOK => Ok(Flow::Webhook),
            RESPONSE => Ok(Flow::Response),
            _ => Err(paysig::Error::field(
                Status::UnsupportedFlow,
                "flow",
                format!("{number} is no flow: 1 request, 2 webhook, 3 response"),
            )),
        }
    }
}

/// Why a call failed. Yours; set struct_size (PAYSIG_ERROR_INIT) and pass it, or pass NULL. Written only when a call
/// fails. Never holds a secret, an expected signature or body bytes.
#[repr(C)]
pub struct paysig_error {
    /// sizeof(paysig_error), set by you.
    pub struct_size: u32,
    /// The status that was returned.
    pub status: u32,
    /// The HTTP status that middleware would answer.
    pub http: u32,
    /// 0.
    pub reserved: u32,
    /// What is at fault, if one thing is: "X-Date", "json:amount.value", "secret". UTF-8, NUL-terminated, may be cut.
    pub field: [c_char; 64],
    /// A sentence for people. UTF-8, NUL-terminated, may be cut.
    pub message: [c_char; 240],
}

/// A piece of your output buffer: out + offset, length bytes, no NUL after it.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_span {
    /// From the start of the buffer.
    pub offset: usize,
    /// In bytes; 0 when the piece is absent or empty.
    pub length: usize,
}

/// Bits of paysig_signed.present: which pieces there are (one of length 0 may be there).
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_signed_bits {
    /// Headers to add.
    PAYSIG_SIGNED_HEADERS = 1,
    /// A target to send instead of yours.
    PAYSIG_SIGNED_TARGET = 2,
    /// A URL to send to instead of yours.
    PAYSIG_SIGNED_URL = 4,
    /// A body to send instead of yours.
    PAYSIG_SIGNED_BODY = 8,
    /// Members were added to a JSON body.
    PAYSIG_SIGNED_BODY_MEMBERS = 16,
    /// A time was signed or sent.
    PAYSIG_SIGNED_TIMESTAMP = 32,
    /// A nonce was signed or sent.
    PAYSIG_SIGNED_NONCE = 64,
    /// A key id was signed or sent.
    PAYSIG_SIGNED_KEY_ID = 128,
}

/// What signing adds to a message, and everything it used. Set struct_size (PAYSIG_SIGNED_INIT).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_signed {
    /// sizeof(paysig_signed), set by you.
    pub struct_size: u32,
    /// PAYSIG_SIGNED_...
    pub present: u32,
    /// Headers to add, as lines "Name: value\r\n"; paysig_next_header walks over them.
    pub headers: paysig_span,
    /// Path and query to send instead of yours, where something was added to the query.
    pub target: paysig_span,
    /// The URL with the same additions, where you gave one.
    pub url: paysig_span,
    /// The body to send instead of yours, where members or form fields were added.
    pub body: paysig_span,
    /// The JSON members that were added, as a JSON object.
    pub body_members: paysig_span,
    /// The time text as signed.
    pub timestamp: paysig_span,
    /// The message id, nonce or idempotency key as signed.
    pub nonce: paysig_span,
    /// The key id as sent.
    pub key_id: paysig_span,
}

/// What has to be signed by a key that lives elsewhere. Set struct_size (PAYSIG_PREPARED_INIT).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_prepared {
    /// sizeof(paysig_prepared), set by you.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// The bytes to sign: the whole string, not its digest.
    pub string_to_sign: paysig_span,
    /// The algorithm as recipes write it: "hmac-sha256", "rsa-sha256", "jws ES512".
    pub algorithm: paysig_span,
}

/// What paysig_verify shall report beside the verdict, as bits of its parameter `want`. Each costs a little time.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_want {
    /// replay_key.
    PAYSIG_WANT_REPLAY_KEY = 1,
    /// covers and covered.
    PAYSIG_WANT_COVERED = 2,
    /// signed_json.
    PAYSIG_WANT_SIGNED_JSON = 4,
}

/// Bits of paysig_verified.present: which pieces there are.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_verified_bits {
    /// timestamp_ms.
    PAYSIG_VERIFIED_TIMESTAMP = 1,
    /// key_id.
    PAYSIG_VERIFIED_KEY_ID = 2,
    /// replay_key.
    PAYSIG_VERIFIED_REPLAY_KEY = 4,
    /// covers and covered.
    PAYSIG_VERIFIED_COVERED = 8,
    /// signed_json.
    PAYSIG_VERIFIED_SIGNED_JSON = 16,
    /// need_key_id.
    PAYSIG_VERIFIED_NEED_KEY_ID = 32,
    /// need_key_url.
    PAYSIG_VERIFIED_NEED_KEY_URL = 64,
}

/// Bits of paysig_verified.covers: what the signature covers. Nothing else of the message may be trusted.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_covers {
    /// The HTTP method.
    PAYSIG_COVERS_METHOD = 1,
    /// The path.
    PAYSIG_COVERS_PATH = 2,
    /// The query.
    PAYSIG_COVERS_QUERY = 4,
    /// Every byte of the body.
    PAYSIG_COVERS_BODY = 8,
    /// Some members of the body; covered names them.
    PAYSIG_COVERS_BODY_MEMBERS = 16,
    /// Some headers; covered names them.
    PAYSIG_COVERS_HEADERS = 32,
}

/// An authentic message. Set struct_size (PAYSIG_VERIFIED_INIT).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_verified {
    /// sizeof(paysig_verified), set by you.
    pub struct_size: u32,
    /// PAYSIG_VERIFIED_...
    pub present: u32,
    /// PAYSIG_COVERS_...
    pub covers: u32,
    /// Which key of the ring matched, counted from 0 in the order of paysig_keyring_add.
    pub key_index: u32,
    /// How many separately signed items the message holds: 1 unless it is a batch.
    pub items: u32,
    /// 0.
    pub reserved: u32,
    /// When the message was signed: milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: i64,
    /// The id of the key that matched.
    pub key_id: paysig_span,
    /// Lower-case hex of 32 bytes: two deliveries of one message have the same.
    pub replay_key: paysig_span,
    /// JSON: {"method":true,"path":true,"query":false,"headers":["x-date"],"body":"all"|"none"|["member",...]}
    pub covered: paysig_span,
    /// The fields that were signed by name, or a JWT's payload: JSON text, numbers spelled as they were sent.
    pub signed_json: paysig_span,
    /// With PAYSIG_NEEDS_KEY: the id of the key to fetch, visible ASCII.
    pub need_key_id: paysig_span,
    /// With PAYSIG_NEEDS_KEY: where to get it, if the recipe allows exactly this address.
    pub need_key_url: paysig_span,
}

/// Bits of paysig_answer.present. The last two are those of paysig_verified.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_answer_bits {
    /// The message is an endpoint check; content_type and body are the answer.
    PAYSIG_ANSWER_BODY = 1,
    /// The check was signed, and it is authentic.
    PAYSIG_ANSWER_VERIFIED = 2,
    /// need_key_id.
    PAYSIG_ANSWER_NEED_KEY_ID = 32,
    /// need_key_url.
    PAYSIG_ANSWER_NEED_KEY_URL = 64,
}

/// What to answer to an endpoint check, with HTTP status 200. Set struct_size (PAYSIG_ANSWER_INIT).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_answer {
    /// sizeof(paysig_answer), set by you.
    pub struct_size: u32,
    /// PAYSIG_ANSWER_...
    pub present: u32,
    /// Content-Type of the answer. Send it: the body may repeat what a stranger sent, and must not be read as HTML.
    pub content_type: paysig_span,
    /// The body of the answer.
    pub body: paysig_span,
    /// With PAYSIG_NEEDS_KEY: the id of the key to fetch, visible ASCII.
    pub need_key_id: paysig_span,
    /// With PAYSIG_NEEDS_KEY: where to get it, if the recipe allows exactly this address.
    pub need_key_url: paysig_span,
}

/// What a token session wants done, in paysig_step.action.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum paysig_action {
    /// Send your request with these headers.
    PAYSIG_AUTHORIZE = 1,
    /// Send this request to the token endpoint and report the answer with paysig_session_fetched.
    PAYSIG_FETCH = 2,
    /// Somebody is fetching, or the last fetch failed a moment ago: ask again at until_ms.
    PAYSIG_WAIT = 3,
}

/// The next step of a token session. Set struct_size (PAYSIG_STEP_INIT). The buffer then holds a token or a secret:
/// do not log it.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct paysig_step {
    /// sizeof(paysig_step), set by you.
    pub struct_size: u32,
    /// PAYSIG_AUTHORIZE, PAYSIG_FETCH or PAYSIG_WAIT.
    pub action: u32,
    /// PAYSIG_WAIT: when to ask again at the latest. PAYSIG_FETCH: when your time to fetch runs out and another may try.
    pub until_ms: i64,
    /// PAYSIG_FETCH: "POST".
    pub method: paysig_span,
    /// PAYSIG_FETCH: path and query.
    pub target: paysig_span,
    /// PAYSIG_AUTHORIZE and PAYSIG_FETCH: header lines "Name: value\r\n".
    pub headers: paysig_span,
    /// PAYSIG_FETCH.
    pub body: paysig_span,
}

/// A struct that the caller allocates and whose first member says how large it is.
pub(crate) trait Sized32: Copy + Default {
    /// Sets the size that the caller gave.
    fn with_size(self, size: u32) -> Self;
}

macro_rules! sized {
    ($($name:ident),*) => {$(
        impl Sized32 for $name {
            fn with_size(self, struct_size: u32) -> Self {
                $name { struct_size, ..self }
            }
        }
    )*};
}
sized!(
    paysig_signed,
    paysig_prepared,
    paysig_verified,
    paysig_answer,
    paysig_step
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_the_core_has_its_number_and_name() {
        assert_eq!(Status::ALL.len(), paysig_status::ALL.len());
        for &status in Status::ALL {
            let ours = paysig_status::from(status);
            assert_eq!(ours as u32, status.code());
            let name = format!("PAYSIG_{}", status.name().to_uppercase());
            assert_eq!(format!("{ours:?}"), name);
        }
    }
}
