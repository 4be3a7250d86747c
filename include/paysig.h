/*
 * paysig.h - signs requests to payment and identity providers and verifies what they send.
 *
 * Conventions, once for all functions:
 *
 * Results      Every fallible function returns a paysig_status: 0 is success, so `if (paysig_verify(...))` is the bad
 *              branch. Output arguments are written only on success, except: handles (set to NULL on failure), *out_len
 *              with PAYSIG_BUFFER_TOO_SMALL, result and out with PAYSIG_NEEDS_KEY, and err, which only a failure writes.
 * Errors       `err` is yours and may be NULL. It holds no secret. Nothing has to be freed; there is no "last error".
 * Text         `const char *` and a length in bytes; UTF-8 where the name says text; no NUL needed. Bytes are `const void *`
 *              and a length. (NULL, 0) is empty; NULL with a length is PAYSIG_NULL_ARGUMENT. All of it is borrowed for the
 *              call only.
 * Pairs        Headers, credentials and options are pairs: name, value, name, value ... one after the other, without
 *              separators, in `x` (x_len bytes), and the length of each as a uint32_t in `x_lens` (any alignment), x_n of
 *              them, an even number. No separator, so nothing to escape and nothing to inject. (NULL, 0, NULL, 0) is none.
 *              From C, build them with paysig_pairs (end of this file).
 * Messages     What is on the wire: method, target (path and query exactly as on the request line), url (the public URL
 *              from configuration, never from the Host header; only schemes that sign the URL need it), headers in
 *              order, body bytes before any parsing.
 * Output       `out` (out_cap bytes) is yours and gets all pieces one after the other; result structs say where they are.
 *              Too small a buffer is PAYSIG_BUFFER_TOO_SMALL: *out_len is the needed size, no state has changed, call again.
 *              (NULL, 0) asks for the size. A result struct's struct_size is set by you (PAYSIG_..._INIT).
 * Time         int64_t milliseconds since 1970-01-01T00:00:00Z; PAYSIG_NOW_SYSTEM is the system's clock.
 * Ownership    A handle from a _new (or paysig_scheme_...) function is yours until its _free; _free(NULL) does nothing.
 *              Handles do not refer to each other: free them in any order.
 * Threads      A `const` handle may be used by any number of threads at once; a non-const one by one at a time. There is no
 *              initialisation, no global or thread-local state, no thread, and nothing to do around fork.
 * Panics       A defect in the library is PAYSIG_INTERNAL, never an unwinding stack. The process-wide hook of Rust may print
 *              one line to stderr before.
 * Names        Functions, types and numbers are stable within one SONAME; enums and structs may grow at their end. What you
 *              pass as a number (flow, want) is uint32_t.
 */


#ifndef PAYSIG_H
#define PAYSIG_H

/* Generated from ffi/ by cbindgen (`make header`). Do not edit. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The library that belongs to this header. */
#define PAYSIG_VERSION_MAJOR 0
#define PAYSIG_VERSION_MINOR 1
#define PAYSIG_VERSION_PATCH 0
#define PAYSIG_VERSION_STRING "0.1.0"
#define PAYSIG_VERSION_NUMBER 0x000100 /* one byte each: major, minor, patch */
#define PAYSIG_ABI_VERSION 1

/* now_ms: take the system's clock. */
#define PAYSIG_NOW_SYSTEM INT64_MIN
/* now_ms: there is no clock (schemes without a time). Validity windows: this end is open. */
#define PAYSIG_TIME_NONE INT64_MAX
/* body_length of paysig_stream_verify: not announced. */
#define PAYSIG_LENGTH_UNKNOWN UINT64_MAX
/* A buffer of this size holds what signing and verifying give of ordinary messages, unless a body is changed. What they take over
   from the message (a target, signed fields) may be larger: PAYSIG_BUFFER_TOO_SMALL then, and *out_len says how much. */
#define PAYSIG_OUT_SIZE 4096

/* Define PAYSIG_STATIC when you link libpaysig.a on Windows. */
#ifndef PAYSIG_API
#if defined(_WIN32) && !defined(PAYSIG_STATIC)
#define PAYSIG_API __declspec(dllimport)
#elif defined(__GNUC__)
#define PAYSIG_API __attribute__((visibility("default")))
#else
#define PAYSIG_API
#endif
#endif

#ifndef PAYSIG_MUST_USE
#if defined(__GNUC__)
#define PAYSIG_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER)
#define PAYSIG_MUST_USE _Check_return_
#else
#define PAYSIG_MUST_USE
#endif
#endif


/// What a call came to; the same names and numbers in every language.
/// 0 is success; 1 to 18 are verdicts on a message (only verifying gives them); 20 to 29 concern configuration and
/// signing; 100 and above concern the call itself. Numbers never change their meaning; new ones may be added.
enum paysig_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_status paysig_status;
#else
typedef uint32_t paysig_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Who sends the message to whom. Passed as uint32_t.
enum paysig_flow
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Client to provider: an API request.
    PAYSIG_REQUEST = 1,
    /// Provider to client: a notification.
    PAYSIG_WEBHOOK = 2,
    /// The provider's signed answer; method and target are those of the request.
    PAYSIG_RESPONSE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_flow paysig_flow;
#else
typedef uint32_t paysig_flow;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What paysig_verify shall report beside the verdict, as bits of its parameter `want`. Each costs a little time.
enum paysig_want
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// replay_key.
    PAYSIG_WANT_REPLAY_KEY = 1,
    /// covers and covered.
    PAYSIG_WANT_COVERED = 2,
    /// signed_json.
    PAYSIG_WANT_SIGNED_JSON = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_want paysig_want;
#else
typedef uint32_t paysig_want;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Bits of paysig_signed.present: which pieces there are (one of length 0 may be there).
enum paysig_signed_bits
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_signed_bits paysig_signed_bits;
#else
typedef uint32_t paysig_signed_bits;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Bits of paysig_verified.present: which pieces there are.
enum paysig_verified_bits
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_verified_bits paysig_verified_bits;
#else
typedef uint32_t paysig_verified_bits;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Bits of paysig_verified.covers: what the signature covers. Nothing else of the message may be trusted.
enum paysig_covers
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_covers paysig_covers;
#else
typedef uint32_t paysig_covers;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// Bits of paysig_answer.present. The last two are those of paysig_verified.
enum paysig_answer_bits
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// The message is an endpoint check; content_type and body are the answer.
    PAYSIG_ANSWER_BODY = 1,
    /// The check was signed, and it is authentic.
    PAYSIG_ANSWER_VERIFIED = 2,
    /// need_key_id.
    PAYSIG_ANSWER_NEED_KEY_ID = 32,
    /// need_key_url.
    PAYSIG_ANSWER_NEED_KEY_URL = 64,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_answer_bits paysig_answer_bits;
#else
typedef uint32_t paysig_answer_bits;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// What a token session wants done, in paysig_step.action.
enum paysig_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /// Send your request with these headers.
    PAYSIG_AUTHORIZE = 1,
    /// Send this request to the token endpoint and report the answer with paysig_session_fetched.
    PAYSIG_FETCH = 2,
    /// Somebody is fetching, or the last fetch failed a moment ago: ask again at until_ms.
    PAYSIG_WAIT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum paysig_action paysig_action;
#else
typedef uint32_t paysig_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/// The keys that a verifier accepts. Not shared between threads while keys are added.
typedef struct paysig_keyring paysig_keyring;

/// A scheme: how one provider product authenticates messages. Immutable; share it between threads.
typedef struct paysig_scheme paysig_scheme;

/// A bearer token and when to renew it. Not shared between threads without a lock of yours.
typedef struct paysig_session paysig_session;

/// Signs messages of one flow under one set of credentials. Immutable; share it between threads.
typedef struct paysig_signer paysig_signer;

/// A message whose body comes in pieces. Used by one thread at a time.
typedef struct paysig_stream paysig_stream;

/// Judges messages of one flow against a ring of keys. Immutable; share it between threads.
typedef struct paysig_verifier paysig_verifier;

/// Why a call failed. Yours; set struct_size (PAYSIG_ERROR_INIT) and pass it, or pass NULL. Written only when a call
/// fails. Never holds a secret, an expected signature or body bytes.
typedef struct paysig_error {
    /// sizeof(paysig_error), set by you.
    uint32_t struct_size;
    /// The status that was returned.
    uint32_t status;
    /// The HTTP status that middleware would answer.
    uint32_t http;
    /// 0.
    uint32_t reserved;
    /// What is at fault, if one thing is: "X-Date", "json:amount.value", "secret". UTF-8, NUL-terminated, may be cut.
    char field[64];
    /// A sentence for people. UTF-8, NUL-terminated, may be cut.
    char message[240];
} paysig_error;

/// A piece of your output buffer: out + offset, length bytes, no NUL after it.
typedef struct paysig_span {
    /// From the start of the buffer.
    size_t offset;
    /// In bytes; 0 when the piece is absent or empty.
    size_t length;
} paysig_span;

/// What signing adds to a message, and everything it used. Set struct_size (PAYSIG_SIGNED_INIT).
typedef struct paysig_signed {
    /// sizeof(paysig_signed), set by you.
    uint32_t struct_size;
    /// PAYSIG_SIGNED_...
    uint32_t present;
    /// Headers to add, as lines "Name: value\r\n"; paysig_next_header walks over them.
    struct paysig_span headers;
    /// Path and query to send instead of yours, where something was added to the query.
    struct paysig_span target;
    /// The URL with the same additions, where you gave one.
    struct paysig_span url;
    /// The body to send instead of yours, where members or form fields were added.
    struct paysig_span body;
    /// The JSON members that were added, as a JSON object.
    struct paysig_span body_members;
    /// The time text as signed.
    struct paysig_span timestamp;
    /// The message id, nonce or idempotency key as signed.
    struct paysig_span nonce;
    /// The key id as sent.
    struct paysig_span key_id;
} paysig_signed;

/// What has to be signed by a key that lives elsewhere. Set struct_size (PAYSIG_PREPARED_INIT).
typedef struct paysig_prepared {
    /// sizeof(paysig_prepared), set by you.
    uint32_t struct_size;
    /// 0.
    uint32_t reserved;
    /// The bytes to sign: the whole string, not its digest.
    struct paysig_span string_to_sign;
    /// The algorithm as recipes write it: "hmac-sha256", "rsa-sha256", "jws ES512".
    struct paysig_span algorithm;
} paysig_prepared;

/// An authentic message. Set struct_size (PAYSIG_VERIFIED_INIT).
typedef struct paysig_verified {
    /// sizeof(paysig_verified), set by you.
    uint32_t struct_size;
    /// PAYSIG_VERIFIED_...
    uint32_t present;
    /// PAYSIG_COVERS_...
    uint32_t covers;
    /// Which key of the ring matched, counted from 0 in the order of paysig_keyring_add.
    uint32_t key_index;
    /// How many separately signed items the message holds: 1 unless it is a batch.
    uint32_t items;
    /// 0.
    uint32_t reserved;
    /// When the message was signed: milliseconds since 1970-01-01T00:00:00Z.
    int64_t timestamp_ms;
    /// The id of the key that matched.
    struct paysig_span key_id;
    /// Lower-case hex of 32 bytes: two deliveries of one message have the same.
    struct paysig_span replay_key;
    /// JSON: {"method":true,"path":true,"query":false,"headers":["x-date"],"body":"all"|"none"|["member",...]}
    struct paysig_span covered;
    /// The fields that were signed by name, or a JWT's payload: JSON text, numbers spelled as they were sent.
    struct paysig_span signed_json;
    /// With PAYSIG_NEEDS_KEY: the id of the key to fetch, visible ASCII.
    struct paysig_span need_key_id;
    /// With PAYSIG_NEEDS_KEY: where to get it, if the recipe allows exactly this address.
    struct paysig_span need_key_url;
} paysig_verified;

/// What to answer to an endpoint check, with HTTP status 200. Set struct_size (PAYSIG_ANSWER_INIT).
typedef struct paysig_answer {
    /// sizeof(paysig_answer), set by you.
    uint32_t struct_size;
    /// PAYSIG_ANSWER_...
    uint32_t present;
    /// Content-Type of the answer. Send it: the body may repeat what a stranger sent, and must not be read as HTML.
    struct paysig_span content_type;
    /// The body of the answer.
    struct paysig_span body;
    /// With PAYSIG_NEEDS_KEY: the id of the key to fetch, visible ASCII.
    struct paysig_span need_key_id;
    /// With PAYSIG_NEEDS_KEY: where to get it, if the recipe allows exactly this address.
    struct paysig_span need_key_url;
} paysig_answer;

/// The next step of a token session. Set struct_size (PAYSIG_STEP_INIT). The buffer then holds a token or a secret:
/// do not log it.
typedef struct paysig_step {
    /// sizeof(paysig_step), set by you.
    uint32_t struct_size;
    /// PAYSIG_AUTHORIZE, PAYSIG_FETCH or PAYSIG_WAIT.
    uint32_t action;
    /// PAYSIG_WAIT: when to ask again at the latest. PAYSIG_FETCH: when your time to fetch runs out and another may try.
    int64_t until_ms;
    /// PAYSIG_FETCH: "POST".
    struct paysig_span method;
    /// PAYSIG_FETCH: path and query.
    struct paysig_span target;
    /// PAYSIG_AUTHORIZE and PAYSIG_FETCH: header lines "Name: value\r\n".
    struct paysig_span headers;
    /// PAYSIG_FETCH.
    struct paysig_span body;
} paysig_step;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// The ABI version of the library. Compare it with PAYSIG_ABI_VERSION before anything else when you load the library at
/// run time: greater is compatible within one SONAME, smaller lacks functions.
PAYSIG_API
uint32_t paysig_abi_version(void);

/// The version of the library, NUL-terminated, static: "0.1.0".
PAYSIG_API
const char *paysig_version(void);

/// The name of a status as in every other language, NUL-terminated, static: "signature_mismatch"; "unknown" for a number
/// that is no status.
PAYSIG_API
const char *paysig_status_name(uint32_t status);

/// The HTTP status that middleware answers for a status: 200, 400, 401, 413, 500 or 503. Never send the name of a status
/// to the other side.
PAYSIG_API
uint32_t paysig_status_http(uint32_t status);

/// 1 if the status is a verdict on a message (1 to 18), 0 if it is success or a fault of configuration or call.
PAYSIG_API
uint32_t paysig_status_is_verdict(uint32_t status);

/// A scheme of the catalogue by its id: "directa24-deposits". Free it with paysig_scheme_free; signers and verifiers made of
/// it do not need it any more.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_scheme_builtin(const char *id,
                                    size_t id_len,
                                    struct paysig_scheme **out,
                                    struct paysig_error *err);

/// A scheme of your own: the TOML text of a recipe, at most 64 KiB. `file` names the text in errors.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_scheme_from_toml(const char *toml,
                                      size_t toml_len,
                                      const char *file,
                                      size_t file_len,
                                      struct paysig_scheme **out,
                                      struct paysig_error *err);

/// Frees a scheme. NULL is nothing to do.
PAYSIG_API
void paysig_scheme_free(struct paysig_scheme *scheme);

/// What comes with the library, as JSON: [{"id","name","flows":["request"],"credentials":[{"name","public"}]}], sorted by id.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_catalogue(void *out,
                               size_t out_cap,
                               size_t *out_len,
                               struct paysig_error *err);

/// The recipe of a built-in scheme as TOML text: to read, or to start one of your own from.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_recipe(const char *id,
                            size_t id_len,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_error *err);

/// What is weak about the scheme itself, as JSON: [{"scheme","flow","line","id","message","witness","acknowledged"}]: which
/// warning, where in the recipe, what it allows (two messages with one signature, an attack), and the recipe's reason to keep
/// it so, or null. For a recipe of your own: paysig_scheme_from_toml first. Built-in schemes acknowledge each.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_lint(const struct paysig_scheme *scheme,
                          void *out,
                          size_t out_cap,
                          size_t *out_len,
                          struct paysig_error *err);

/// A signer. `flow` is a paysig_flow; `credentials` are what the scheme asks for ("login", "secret").
/// Options: "variant" = a named variant of the recipe (may repeat); "key" = "elsewhere": the secret credential is not given,
/// and only paysig_prepare and paysig_finish work.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_signer_new(const struct paysig_scheme *scheme,
                                uint32_t flow,
                                const void *credentials,
                                size_t credentials_len,
                                const void *credentials_lens,
                                size_t credentials_n,
                                const void *options,
                                size_t options_len,
                                const void *options_lens,
                                size_t options_n,
                                struct paysig_signer **out,
                                struct paysig_error *err);

/// Signs one message; result and buffer say what to add to it and everything that was used.
/// now_ms: milliseconds since 1970, PAYSIG_NOW_SYSTEM, or PAYSIG_TIME_NONE for schemes without a time.
/// Options: "nonce" = message id or idempotency key (without it, one is made if the scheme cannot do without; "" makes
/// none, ever); "timestamp_text" = signed verbatim instead of a time; "payload" = JSON of schemes that sign a payload of
/// their own (JWT); "expires_in" = its seconds to live; "padding" = bytes of RSA type 2 padding, for byte-exact tests.
/// PAYSIG_OUT_SIZE bytes suffice unless the body is changed or the target is long.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_sign(const struct paysig_signer *signer,
                          const char *method,
                          size_t method_len,
                          const char *target,
                          size_t target_len,
                          const char *url,
                          size_t url_len,
                          const void *headers,
                          size_t headers_len,
                          const void *headers_lens,
                          size_t headers_n,
                          const void *body,
                          size_t body_len,
                          int64_t now_ms,
                          const void *options,
                          size_t options_len,
                          const void *options_lens,
                          size_t options_n,
                          void *out,
                          size_t out_cap,
                          size_t *out_len,
                          struct paysig_signed *result,
                          struct paysig_error *err);

/// The first half of signing with a key that lives elsewhere (an HSM, a KMS): the bytes to sign and the algorithm. Works
/// with any signer; "key" = "elsewhere" makes one without the secret. now_ms must be a time (or PAYSIG_TIME_NONE), not
/// PAYSIG_NOW_SYSTEM, and a nonce that the scheme needs must be given, since the second half must repeat both.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_prepare(const struct paysig_signer *signer,
                             const char *method,
                             size_t method_len,
                             const char *target,
                             size_t target_len,
                             const char *url,
                             size_t url_len,
                             const void *headers,
                             size_t headers_len,
                             const void *headers_lens,
                             size_t headers_n,
                             const void *body,
                             size_t body_len,
                             int64_t now_ms,
                             const void *options,
                             size_t options_len,
                             const void *options_lens,
                             size_t options_n,
                             void *out,
                             size_t out_cap,
                             size_t *out_len,
                             struct paysig_prepared *result,
                             struct paysig_error *err);

/// The second half: takes the raw signature bytes (not encoded), and the same message, time and options as paysig_prepare.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_finish(const struct paysig_signer *signer,
                            const void *signature,
                            size_t signature_len,
                            const char *method,
                            size_t method_len,
                            const char *target,
                            size_t target_len,
                            const char *url,
                            size_t url_len,
                            const void *headers,
                            size_t headers_len,
                            const void *headers_lens,
                            size_t headers_n,
                            const void *body,
                            size_t body_len,
                            int64_t now_ms,
                            const void *options,
                            size_t options_len,
                            const void *options_lens,
                            size_t options_n,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_signed *result,
                            struct paysig_error *err);

/// Frees a signer and wipes its keys. NULL is nothing to do.
PAYSIG_API
void paysig_signer_free(struct paysig_signer *signer);

/// An empty ring. Free it with paysig_keyring_free; verifiers copy what they need.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_keyring_new(struct paysig_keyring **out,
                                 struct paysig_error *err);

/// Adds a key: its credentials as pairs ("login", ..., "secret", ...) and when it is valid, in milliseconds since 1970,
/// both ends included; PAYSIG_TIME_NONE leaves an end open. Whether the credentials fit a scheme is checked by
/// paysig_verifier_new.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_keyring_add(struct paysig_keyring *keyring,
                                 const void *credentials,
                                 size_t credentials_len,
                                 const void *credentials_lens,
                                 size_t credentials_n,
                                 int64_t not_before_ms,
                                 int64_t not_after_ms,
                                 struct paysig_error *err);

/// Frees a ring and wipes its secrets. NULL is nothing to do.
PAYSIG_API
void paysig_keyring_free(struct paysig_keyring *keyring);

/// A verifier over a copy of the ring. `flow` is a paysig_flow.
/// Options: "variant" (may repeat); "tolerance" = seconds instead of the recipe's; "expected_key_id" = the only key id to
/// accept; "max_body" = bytes; "algorithm" = the only algorithm that a sender may name, where the scheme lets it name one
/// (may repeat).
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_verifier_new(const struct paysig_scheme *scheme,
                                  uint32_t flow,
                                  const struct paysig_keyring *keyring,
                                  const void *options,
                                  size_t options_len,
                                  const void *options_lens,
                                  size_t options_n,
                                  struct paysig_verifier **out,
                                  struct paysig_error *err);

/// The same verifier over another ring: cheap, since it shares the plan. For a new key, make a new verifier and free the
/// old one when no call uses it any more.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_verifier_with_keys(const struct paysig_verifier *verifier,
                                        const struct paysig_keyring *keyring,
                                        struct paysig_verifier **out,
                                        struct paysig_error *err);

/// Judges one message: PAYSIG_OK if it is authentic, else a verdict (1 to 18) or a fault of the call. Writes nothing outside
/// your buffer and keeps no state: for protection against replay, keep the replay keys that you have handled.
/// now_ms: milliseconds since 1970, PAYSIG_NOW_SYSTEM, or PAYSIG_TIME_NONE for schemes without a time.
/// want: PAYSIG_WANT_... bits, 0 for none. For the verdict alone, pass want 0 and NULL for result, out and out_len.
/// With PAYSIG_NEEDS_KEY, result says which key to fetch; it is the one failure that writes result and out.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_verify(const struct paysig_verifier *verifier,
                            const char *method,
                            size_t method_len,
                            const char *target,
                            size_t target_len,
                            const char *url,
                            size_t url_len,
                            const void *headers,
                            size_t headers_len,
                            const void *headers_lens,
                            size_t headers_n,
                            const void *body,
                            size_t body_len,
                            int64_t now_ms,
                            uint32_t want,
                            void *out,
                            size_t out_cap,
                            size_t *out_len,
                            struct paysig_verified *result,
                            struct paysig_error *err);

/// How many seconds the replay keys of a verifier's messages must be remembered: as long as a message can be accepted at all,
/// or where no time is signed what the recipe names, else a week. 0 for NULL.
PAYSIG_API
PAYSIG_MUST_USE
uint64_t paysig_verifier_retention(const struct paysig_verifier *verifier);

/// Frees a verifier and wipes its keys. NULL is nothing to do.
PAYSIG_API
void paysig_verifier_free(struct paysig_verifier *verifier);

/// paysig_sign for languages in which every argument of a call costs and structs are slow to read: the same rules, statuses and
/// errors, but one text in and one text out.
/// In `packed`, a number is an unsigned LEB128 (seven bits a byte, the lowest first, the highest bit set on all bytes but the
/// last; at most UINT32_MAX) and a piece is a number and that many bytes. One after the other: now_ms as a piece, empty for
/// the system's clock, else an int64_t in the byte order of the machine; the pieces method, target and url; the number of
/// headers, and of each the pieces name and value; to the end the options, of each the pieces name and value.
/// The answer in `out` begins with texts, each ended by a byte 0xFF, which is in no UTF-8: present (as in paysig_signed) and the
/// number of lines that follow, in decimal digits; timestamp, nonce, key_id, body_members and url, empty when absent. Then lines,
/// each ended by a line feed: name and value of each header, and target if it is present. What is left is the body.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_sign_packed(const struct paysig_signer *signer,
                                 const void *packed,
                                 size_t packed_len,
                                 const void *body,
                                 size_t body_len,
                                 void *out,
                                 size_t out_cap,
                                 size_t *out_len,
                                 struct paysig_error *err);

/// paysig_verify in the same way. `packed`: `want` as a number, then as for paysig_sign_packed, but without options.
/// The answer in `out` is texts with a byte 0xFF between them: present (as in paysig_verified), key_index, items and
/// timestamp_ms, in decimal digits; key_id, replay_key, covered and signed_json, empty when absent. With PAYSIG_NEEDS_KEY:
/// present, need_key_id and need_key_url.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_verify_packed(const struct paysig_verifier *verifier,
                                   const void *packed,
                                   size_t packed_len,
                                   const void *body,
                                   size_t body_len,
                                   void *out,
                                   size_t out_cap,
                                   size_t *out_len,
                                   struct paysig_error *err);

/// What to answer to an endpoint check, a message by which a provider finds out whether an endpoint is yours. Ask before
/// paysig_verify, with the same arguments: PAYSIG_OK without PAYSIG_ANSWER_BODY in result->present is any other message, to
/// be verified. With it, answer 200 with content_type and body, and handle nothing. A check that the scheme signs is
/// verified first and refused as by paysig_verify, with need_key_id and need_key_url for PAYSIG_NEEDS_KEY. It is an answer in
/// any case, never a reason to trust the message.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_handshake(const struct paysig_verifier *verifier,
                               const char *method,
                               size_t method_len,
                               const char *target,
                               size_t target_len,
                               const char *url,
                               size_t url_len,
                               const void *headers,
                               size_t headers_len,
                               const void *headers_lens,
                               size_t headers_n,
                               const void *body,
                               size_t body_len,
                               int64_t now_ms,
                               void *out,
                               size_t out_cap,
                               size_t *out_len,
                               struct paysig_answer *result,
                               struct paysig_error *err);

/// What is known of an authentic message, in words for people, a line each: "Covered: headers x-date; body.",
/// "Not covered: method; path; query; other headers." and, where there are some, "Signed fields: amount = 1.50.".
/// covered and signed_json: these pieces of paysig_verified as they came; (NULL, 0) leaves one out.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_in_words(const char *covered,
                              size_t covered_len,
                              const char *signed_json,
                              size_t signed_json_len,
                              void *out,
                              size_t out_cap,
                              size_t *out_len,
                              struct paysig_error *err);

/// The string to sign of a message and where every byte of it comes from, as JSON:
/// {"string_to_sign":"...","parts":[{"part":"method","start":0,"end":4}],"nested":[...],"covered":{...}}; string_to_sign_base64
/// where it is not UTF-8. nested has the inputs of digests inside it, {"part","step","string_to_sign","parts"}; covered is that of
/// paysig_verified, for paysig_in_words as well. Secrets are asterisks, and no expected signature is ever shown. A message that carries a signature is explained as
/// a verifier reads it, any other as a signer would make it, with the first key of the ring.
/// Options: "variant" (may repeat) and those of paysig_sign; a nonce is not made.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_explain(const struct paysig_scheme *scheme,
                             uint32_t flow,
                             const struct paysig_keyring *keyring,
                             const char *method,
                             size_t method_len,
                             const char *target,
                             size_t target_len,
                             const char *url,
                             size_t url_len,
                             const void *headers,
                             size_t headers_len,
                             const void *headers_lens,
                             size_t headers_n,
                             const void *body,
                             size_t body_len,
                             int64_t now_ms,
                             const void *options,
                             size_t options_len,
                             const void *options_lens,
                             size_t options_n,
                             void *out,
                             size_t out_cap,
                             size_t *out_len,
                             struct paysig_error *err);

/// Why a message is refused, as JSON:
/// {"verdict":"signature_mismatch","findings":[{"id":"body-json-spaced","cause":"...","fix":"...","remedies":{"Express":"..."}}],
/// "ruled_out":{"another key":12},"hypotheses":345,"exhausted":false}; findings most likely first, none for an authentic message
/// (verdict "ok"); "ids" beside "id" where several mistakes were made together; "ruled_out" filled when nothing was found.
/// PAYSIG_OK says that the search ran. An offline tool that tries thousands of departures and takes up to a second: it is
/// not for servers, never turns a refusal into an acceptance, and shows no expected signature and no secret.
/// other_keys: further keys that you have, of other environments or products, which may have been mixed up; may be NULL.
/// Options: "variant" (may repeat); "tolerance" = seconds instead of the recipe's.
/// Give 64 KiB at once: with a smaller buffer that is not enough, the second call searches again.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_diagnose(const struct paysig_scheme *scheme,
                              uint32_t flow,
                              const struct paysig_keyring *keyring,
                              const struct paysig_keyring *other_keys,
                              const char *method,
                              size_t method_len,
                              const char *target,
                              size_t target_len,
                              const char *url,
                              size_t url_len,
                              const void *headers,
                              size_t headers_len,
                              const void *headers_lens,
                              size_t headers_n,
                              const void *body,
                              size_t body_len,
                              int64_t now_ms,
                              const void *options,
                              size_t options_len,
                              const void *options_lens,
                              size_t options_n,
                              void *out,
                              size_t out_cap,
                              size_t *out_len,
                              struct paysig_error *err);

/// Opens a stream that signs. Everything but the body must be known; options as for paysig_sign. PAYSIG_UNSUPPORTED for schemes
/// that look into the body (JSON members, form fields, JWS) or read it more than once.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_stream_sign(const struct paysig_signer *signer,
                                 const char *method,
                                 size_t method_len,
                                 const char *target,
                                 size_t target_len,
                                 const char *url,
                                 size_t url_len,
                                 const void *headers,
                                 size_t headers_len,
                                 const void *headers_lens,
                                 size_t headers_n,
                                 int64_t now_ms,
                                 const void *options,
                                 size_t options_len,
                                 const void *options_lens,
                                 size_t options_n,
                                 struct paysig_stream **out,
                                 struct paysig_error *err);

/// Opens a stream that verifies. body_length: the Content-Length, so that the result has a replay key, or
/// PAYSIG_LENGTH_UNKNOWN. PAYSIG_UNSUPPORTED as for paysig_stream_sign.
/// Nothing of the body may be acted on before paysig_stream_verified says PAYSIG_OK.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_stream_verify(const struct paysig_verifier *verifier,
                                   const char *method,
                                   size_t method_len,
                                   const char *target,
                                   size_t target_len,
                                   const char *url,
                                   size_t url_len,
                                   const void *headers,
                                   size_t headers_len,
                                   const void *headers_lens,
                                   size_t headers_n,
                                   uint64_t body_length,
                                   int64_t now_ms,
                                   struct paysig_stream **out,
                                   struct paysig_error *err);

/// The next piece of the body.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_stream_update(struct paysig_stream *stream,
                                   const void *body,
                                   size_t body_len,
                                   struct paysig_error *err);

/// The body is complete: what to add to the message, as from paysig_sign. May be repeated.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_stream_signed(struct paysig_stream *stream,
                                   void *out,
                                   size_t out_cap,
                                   size_t *out_len,
                                   struct paysig_signed *result,
                                   struct paysig_error *err);

/// The body is complete: the verdict, as from paysig_verify. May be repeated.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_stream_verified(struct paysig_stream *stream,
                                     uint32_t want,
                                     void *out,
                                     size_t out_cap,
                                     size_t *out_len,
                                     struct paysig_verified *result,
                                     struct paysig_error *err);

/// Frees a stream, finished or not. NULL is nothing to do.
PAYSIG_API
void paysig_stream_free(struct paysig_stream *stream);

/// A session, without a token yet or continued from a state that paysig_session_save gave (`saved` NULL, 0: without).
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_new(const struct paysig_scheme *scheme,
                                 const void *credentials,
                                 size_t credentials_len,
                                 const void *credentials_lens,
                                 size_t credentials_n,
                                 const char *saved,
                                 size_t saved_len,
                                 struct paysig_session **out,
                                 struct paysig_error *err);

/// What to do now: authorize a request, fetch a token or wait. While a token is being renewed, the old one goes on being
/// used as long as it lasts. A fetch is handed out once; if its caller dies, its time runs out and the next call gets it.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_next(struct paysig_session *session,
                                  int64_t now_ms,
                                  void *out,
                                  size_t out_cap,
                                  size_t *out_len,
                                  struct paysig_step *result,
                                  struct paysig_error *err);

/// Reports the token endpoint's answer: its HTTP status (0: it could not be reached) and body.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_fetched(struct paysig_session *session,
                                     uint32_t http_status,
                                     const void *body,
                                     size_t body_len,
                                     int64_t now_ms,
                                     struct paysig_error *err);

/// Reports that the API answered 401: the token is dropped and the next step fetches a new one. A second refusal in a row is
/// PAYSIG_TOKEN_REFUSED, since a fresh token was not accepted either. Where requests overlap, use paysig_session_refused_token.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_refused(struct paysig_session *session,
                                     int64_t now_ms,
                                     struct paysig_error *err);

/// The number of the token that PAYSIG_AUTHORIZE hands out, for paysig_session_refused_token: ask for it under the same lock as
/// for the step. 0 before the first, and for NULL.
PAYSIG_API
PAYSIG_MUST_USE
uint64_t paysig_session_token_number(const struct paysig_session *session);

/// Reports that the API answered 401 to a request with the token of that number, as paysig_session_refused. Nothing is done if
/// another one has been fetched since, so requests that were under way together may all be refused, early or late.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_refused_token(struct paysig_session *session,
                                           uint64_t token_number,
                                           int64_t now_ms,
                                           struct paysig_error *err);

/// Reports that the API accepted the token, so that a later refusal is answered by a new fetch.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_accepted(struct paysig_session *session,
                                      struct paysig_error *err);

/// The state as text for paysig_session_new in another process. It holds the token: keep it where the secret may be kept.
PAYSIG_API
PAYSIG_MUST_USE
paysig_status paysig_session_save(const struct paysig_session *session,
                                  void *out,
                                  size_t out_cap,
                                  size_t *out_len,
                                  struct paysig_error *err);

/// Frees a session and wipes its token. NULL is nothing to do.
PAYSIG_API
void paysig_session_free(struct paysig_session *session);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PAYSIG_H */

#if !defined(PAYSIG_NO_HELPERS) && !defined(PAYSIG_HELPERS)
#define PAYSIG_HELPERS
/* ---- For C programs: building arguments without a heap and without counting ---- */

/* paysig_error error = PAYSIG_ERROR_INIT; and so on. */
#define PAYSIG_ERROR_INIT {(uint32_t)sizeof(paysig_error), 0, 0, 0, {0}, {0}}
#define PAYSIG_SIGNED_INIT                                                                                             \
    {(uint32_t)sizeof(paysig_signed), 0, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}
#define PAYSIG_PREPARED_INIT {(uint32_t)sizeof(paysig_prepared), 0, {0, 0}, {0, 0}}
#define PAYSIG_VERIFIED_INIT                                                                                           \
    {(uint32_t)sizeof(paysig_verified), 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}
#define PAYSIG_ANSWER_INIT {(uint32_t)sizeof(paysig_answer), 0, {0, 0}, {0, 0}, {0, 0}, {0, 0}}
#define PAYSIG_STEP_INIT {(uint32_t)sizeof(paysig_step), 0, 0, {0, 0}, {0, 0}, {0, 0}, {0, 0}}

/* Text with its length, where a function wants both: PAYSIG_TEXT("slack"). The argument is evaluated twice. */
#define PAYSIG_TEXT(text) (text), strlen(text)

/* Pairs under construction, over memory of yours. When it is full, every later use of it is refused. */
typedef struct paysig_pairs {
    char *bytes;
    size_t bytes_len;
    size_t bytes_cap;
    uint32_t *lens;
    size_t n;
    size_t n_cap;
} paysig_pairs;

/* Declares empty pairs named `name` with room for `count` pairs of `size` bytes in all, on the stack. */
#define PAYSIG_PAIRS(name, count, size)                                                                                \
    char name##_bytes[(size)];                                                                                         \
    uint32_t name##_lens[2 * (count)];                                                                                 \
    paysig_pairs name = {name##_bytes, 0, (size), name##_lens, 0, 2 * (count)}

/* Four arguments of a call: paysig_signer_new(scheme, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &err) */
#define PAYSIG_PASS(pairs) (pairs).bytes, (pairs).bytes_len, (pairs).lens, (pairs).n
#define PAYSIG_NO_PAIRS NULL, 0, NULL, 0

/* Adds a pair of bytes. Returns 0, or -1 if there is no room; then the pairs are unusable, and the call says so. */
static inline int paysig_pairs_add_bytes(paysig_pairs *pairs, const void *name, size_t name_len, const void *value,
                                         size_t value_len) {
    size_t room = pairs->bytes_cap - pairs->bytes_len;
    if (pairs->n > pairs->n_cap || pairs->n_cap - pairs->n < 2 || name_len > room || value_len > room - name_len ||
        name_len > UINT32_MAX || value_len > UINT32_MAX) {
        pairs->n = SIZE_MAX; /* odd: every call refuses it */
        return -1;
    }
    if (name_len > 0) memcpy(pairs->bytes + pairs->bytes_len, name, name_len);
    if (value_len > 0) memcpy(pairs->bytes + pairs->bytes_len + name_len, value, value_len);
    pairs->bytes_len += name_len + value_len;
    pairs->lens[pairs->n++] = (uint32_t)name_len;
    pairs->lens[pairs->n++] = (uint32_t)value_len;
    return 0;
}

/* Adds a pair of NUL-terminated texts. */
static inline int paysig_pairs_add(paysig_pairs *pairs, const char *name, const char *value) {
    return paysig_pairs_add_bytes(pairs, name, strlen(name), value, strlen(value));
}

/* Empties the pairs and overwrites what they held, for credentials. */
static inline void paysig_pairs_wipe(paysig_pairs *pairs) {
    volatile char *byte = pairs->bytes;
    size_t i;
    for (i = 0; i < pairs->bytes_cap; i++) byte[i] = 0;
    pairs->bytes_len = 0;
    pairs->n = 0;
}

/* A message in one variable; zero what it does not have. */
typedef struct paysig_message {
    const char *method;
    size_t method_len;
    const char *target;
    size_t target_len;
    const char *url;
    size_t url_len;
    const void *headers;
    size_t headers_len;
    const void *headers_lens;
    size_t headers_n;
    const void *body;
    size_t body_len;
} paysig_message;

/* The arguments of a call: paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, ...) */
#define PAYSIG_PASS_MESSAGE(m)                                                                                         \
    (m).method, (m).method_len, (m).target, (m).target_len, (m).url, (m).url_len, (m).headers, (m).headers_len,       \
        (m).headers_lens, (m).headers_n, (m).body, (m).body_len

/* The same without body, for streams. */
#define PAYSIG_PASS_HEAD(m)                                                                                            \
    (m).method, (m).method_len, (m).target, (m).target_len, (m).url, (m).url_len, (m).headers, (m).headers_len,       \
        (m).headers_lens, (m).headers_n

/* A message of NUL-terminated texts; `headers` may be NULL. It borrows everything, so add headers first. */
static inline paysig_message paysig_message_of(const char *method, const char *target, const paysig_pairs *headers,
                                               const void *body, size_t body_len) {
    paysig_message message = {NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0};
    message.method = method;
    message.method_len = strlen(method);
    message.target = target;
    message.target_len = strlen(target);
    if (headers != NULL) {
        message.headers = headers->bytes;
        message.headers_len = headers->bytes_len;
        message.headers_lens = headers->lens;
        message.headers_n = headers->n;
    }
    message.body = body;
    message.body_len = body_len;
    return message;
}

/* One header line of a result. */
typedef struct paysig_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
    const char *line; /* "Name: value" without line end */
    size_t line_len;
} paysig_header;

/* Walks over header lines of a result: start with *at = 0, stop at 0. `out` is the buffer, `headers` the span. */
static inline int paysig_next_header(const void *out, paysig_span headers, size_t *at, paysig_header *header) {
    const char *line = (const char *)out + headers.offset + *at;
    size_t left = *at < headers.length ? headers.length - *at : 0;
    const char *colon, *end;
    if (left == 0) return 0;
    colon = (const char *)memchr(line, ':', left);
    end = (const char *)memchr(line, '\r', left);
    if (colon == NULL || end == NULL || end < colon + 2) return 0;
    header->line = line;
    header->line_len = (size_t)(end - line);
    header->name = line;
    header->name_len = (size_t)(colon - line);
    header->value = colon + 2;
    header->value_len = (size_t)(end - header->value);
    *at += header->line_len + 2;
    return 1;
}
#endif /* PAYSIG_HELPERS */
