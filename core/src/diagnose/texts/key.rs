//! Mistakes with keys and algorithms.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "key-base64-decoded",
        "the key is text, but it was base64-decoded before use",
        "use the bytes of the key's text as they are",
    ),
    (
        "key-hex-decoded",
        "the key is text that looks like hexadecimal, and it was decoded before use",
        "use the bytes of the key's text as they are",
    ),
    (
        "key-not-base64-decoded",
        "the key must be base64-decoded, but its text was used",
        "base64-decode the key before it is used",
    ),
    (
        "key-not-hex-decoded",
        "the key must be hex-decoded, but its text was used",
        "hex-decode the key before it is used",
    ),
    (
        "key-base64-encoded",
        "the configured key is the base64 form of the real key, as in a Kubernetes manifest",
        "decode the value once when it is stored, or store the key itself",
    ),
    (
        "key-hex-encoded",
        "one side uses the hexadecimal form of the key, the other the key itself",
        "use the same form on both sides",
    ),
    (
        "key-hashed",
        "a digest of the key was used instead of the key",
        "use the key itself",
    ),
    (
        "key-trailing-newline",
        "a line end hangs on the key",
        "strip the line end where the key is read, and write key files without one",
    ),
    (
        "key-surrounding-blanks",
        "blanks or invisible characters stand before or after the key",
        "trim the key where it is read, and copy it again from the portal",
    ),
    (
        "key-surrounding-quotes",
        "the quotation marks of the configuration file became part of the key",
        "remove the quotes: this loader takes the value literally",
    ),
    (
        "key-with-variable-name",
        "the whole NAME=value line was stored as the key",
        "store only what follows the equals sign",
    ),
    (
        "key-prefix-kept",
        "the prefix of the key was decoded or used together with the key",
        "remove the prefix before the key is decoded or used",
    ),
    (
        "key-prefix-stripped",
        "the prefix belongs to the key text, but was removed",
        "use the whole text, prefix included",
    ),
    (
        "key-case-changed",
        "the key text was upper- or lower-cased",
        "keep the key's case: it is text, not a number",
    ),
    (
        "key-url-decoded",
        "the key was URL-decoded, so that + became a blank",
        "take the key from where nothing decodes it, or escape it there",
    ),
    (
        "key-url-encoded",
        "the key was percent-encoded",
        "use the key as the portal shows it",
    ),
    (
        "key-cut-at-special-character",
        "the configuration reader cut the key at a special character such as # or $",
        "put the value in single quotes, or escape the character",
    ),
    (
        "key-cut",
        "the key was cut to a fixed length",
        "use the whole key",
    ),
    (
        "key-hyphens-removed",
        "the hyphens of the key were removed",
        "use the key as the portal shows it",
    ),
    (
        "key-utf16",
        "the key bytes were taken in UTF-16",
        "take the bytes of the key in UTF-8",
    ),
    (
        "key-derivation-skipped",
        "the key must be derived from the password, but the password was used directly",
        "derive the key as the scheme describes",
    ),
    (
        "key-derivation-wrong-hash",
        "the key was derived with the wrong hash",
        "derive the key with the hash that the scheme names",
    ),
    (
        "key-derivation-wrong-encoding",
        "the derived key was used in another encoding than the scheme's",
        "encode the derived key as the scheme describes",
    ),
    (
        "key-id-and-secret-swapped",
        "key id and secret were exchanged",
        "exchange the two values in the configuration",
    ),
    (
        "key-and-message-swapped",
        "key and message were exchanged in the HMAC call",
        "pass the key as key and the string as message: libraries differ in the order of these arguments",
    ),
    (
        "other-known-key",
        "the signature belongs to another key that is known here: another environment, endpoint or product, or the one before a rotation",
        "use the key of this endpoint, and keep the old one in the ring while keys are being rotated",
    ),
    (
        "key-id-differs",
        "the signature is right under a configured secret, but the message names another key id",
        "send the key id that belongs to the secret, or configure the id that is sent",
    ),
    (
        "key-expired",
        "the signature is right, but its key has expired here",
        "switch the sender to the new key, or extend the old key's window while keys are being rotated",
    ),
    (
        "key-not-yet-valid",
        "the signature is right, but its key is not valid yet here",
        "start using the key later, or let its window begin earlier",
    ),
    (
        "wrong-hash-sha1",
        "SHA-1 was used instead of the hash of the scheme",
        "use the hash that the scheme names",
    ),
    (
        "wrong-hash-sha256",
        "SHA-256 was used instead of the hash of the scheme",
        "use the hash that the scheme names",
    ),
    (
        "wrong-hash-sha384",
        "SHA-384 was used instead of the hash of the scheme",
        "use the hash that the scheme names",
    ),
    (
        "wrong-hash-sha512",
        "SHA-512 was used instead of the hash of the scheme",
        "use the hash that the scheme names",
    ),
    (
        "wrong-hash-sha3-512",
        "SHA3-512 was used",
        "use the hash that the scheme names",
    ),
    (
        "wrong-hash-md5",
        "MD5 was used instead of the hash of the scheme",
        "use the hash that the scheme names",
    ),
    (
        "plain-hash-instead-of-hmac",
        "a plain hash over secret and message was used instead of HMAC",
        "use HMAC with the secret as key",
    ),
    (
        "hmac-instead-of-plain-hash",
        "HMAC was used where the scheme wants a plain hash with the secret inside the text",
        "hash the text that holds the secret, without HMAC",
    ),
    (
        "body-hashed-first",
        "the signature was computed over a hash of the data instead of the data",
        "sign the data itself",
    ),
    (
        "mac-of-empty-message",
        "the message never reached the signature: update or write was not called",
        "feed the string to the MAC before asking for its result",
    ),
    (
        "sibling-scheme-rule",
        "the rule of another scheme was applied",
        "use the rule of this scheme, or diagnose with the other one",
    ),
    (
        "jwt-payload-only-signed",
        "only the payload part of the JWT was signed",
        "sign header, dot and payload, each base64url-encoded",
    ),
    (
        "jwt-raw-json-signed",
        "the JSON texts were signed instead of their base64url forms",
        "sign the base64url forms, joined by a dot",
    ),
];
