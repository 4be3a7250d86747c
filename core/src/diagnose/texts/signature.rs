//! Mistakes with the signature's text and place, and with headers that must be there.

use super::Text;

pub(super) const TEXTS: &[Text] = &[
    (
        "hex-instead-of-base64",
        "hexadecimal was sent where base64 is expected",
        "encode the signature in base64",
    ),
    (
        "base64-instead-of-hex",
        "base64 was sent where hexadecimal is expected",
        "encode the signature in hexadecimal",
    ),
    (
        "base64-of-hex-text",
        "the hexadecimal text of the signature was base64-encoded",
        "base64-encode the raw bytes of the signature",
    ),
    (
        "upper-case-hex",
        "hexadecimal was sent in upper case",
        "write the signature in lower case",
    ),
    (
        "lower-case-hex",
        "hexadecimal was sent in lower case where upper case is expected",
        "write the signature in upper case",
    ),
    (
        "hex-with-dashes",
        "the hexadecimal text has dashes between the bytes, as .NET's BitConverter writes it",
        "use Convert.ToHexString, and the case that the scheme wants",
    ),
    (
        "hex-leading-zeros-lost",
        "bytes below 0x10 were written as one hexadecimal digit",
        "format every byte with two digits",
    ),
    (
        "base64url-instead-of-base64",
        "the URL-safe base64 alphabet was used",
        "use the standard alphabet with + and /",
    ),
    (
        "base64-instead-of-base64url",
        "the standard base64 alphabet was used in a token",
        "use base64url",
    ),
    (
        "base64-padding-removed",
        "the = at the end was dropped",
        "keep the padding",
    ),
    (
        "base64-padding-kept",
        "the = was kept in a token",
        "write base64url without padding",
    ),
    (
        "base64-plus-became-blank",
        "the + of the signature became a blank by form decoding",
        "escape + as %2B where the signature travels in a form or query",
    ),
    (
        "signature-encoding-differs",
        "the signature is in another encoding than the scheme's",
        "encode the signature as the scheme describes",
    ),
    (
        "signature-trailing-newline",
        "a line end hangs on the signature",
        "strip it: many base64 functions end their text with a line feed",
    ),
    (
        "signature-url-encoded",
        "the signature was percent-encoded in the header",
        "send it as it is: headers are not URLs",
    ),
    (
        "signature-surrounding-quotes",
        "the signature stands in quotation marks",
        "send it without quotes",
    ),
    (
        "signature-truncated",
        "only the first bytes of the signature were sent",
        "send the whole signature",
    ),
    (
        "signature-missing",
        "there is no signature in the message",
        "sign the message, and see that no proxy drops the header",
    ),
    (
        "signature-unreadable",
        "the signature's field does not have the form that the scheme gives it",
        "write the field as the scheme describes",
    ),
    (
        "signature-header-duplicated",
        "the signature header arrives twice",
        "let only one layer set it, and let no proxy add it again",
    ),
    (
        "header-duplicated",
        "a header that must be unique arrives twice",
        "let only one layer set it",
    ),
    (
        "signature-header-truncated",
        "only the first part of the signature header arrived: a layer cut it at a comma",
        "read the whole header text instead of the first item of a list",
    ),
    (
        "signature-prefix-missing",
        "the scheme word or version prefix before the signature is missing",
        "write the prefix as the scheme describes",
    ),
    (
        "signature-prefix-wrong",
        "the scheme word or version prefix before the signature is wrong",
        "write the prefix exactly as the scheme describes, case included",
    ),
    (
        "signature-in-wrong-header",
        "the signature was put into another header",
        "send it in the header that the scheme names",
    ),
    (
        "required-header-missing",
        "a field that the rule needs is missing",
        "send it, and see that no proxy or framework drops it",
    ),
    (
        "requirement-not-met",
        "the signature is right, but the message does not hold what the scheme further demands",
        "see the detail, and correct that value",
    ),
    (
        "sent-value-differs",
        "the signature covers a value as it was sent, but the value is not what the scheme computes",
        "compute the value as the scheme describes",
    ),
    (
        "timestamp-too-old",
        "the signature is right, but the message is older than the tolerance",
        "set both clocks by NTP, do not queue signed messages, and sign anew for each attempt",
    ),
    (
        "timestamp-in-future",
        "the signature is right, but the message is ahead of the clock",
        "set both clocks by NTP",
    ),
    (
        "token-expired",
        "the signature is right, but the exp claim has passed",
        "make a new token for each use, or set both clocks by NTP",
    ),
    (
        "timestamp-in-local-time",
        "the time sent and signed is local time labelled as UTC",
        "convert to UTC before formatting",
    ),
    (
        "timestamp-in-milliseconds",
        "the time was sent and signed in milliseconds instead of seconds",
        "send seconds",
    ),
    (
        "timestamp-in-seconds",
        "the time was sent and signed in seconds instead of milliseconds",
        "send milliseconds",
    ),
    (
        "timestamp-in-wrong-format",
        "the time was sent and signed in a notation that the scheme does not allow",
        "write the time as the scheme describes",
    ),
    (
        "timestamp-format-differs",
        "signed and transmitted time are the same instant in another notation",
        "format the time once, and send the text that was signed",
    ),
    (
        "timestamp-regenerated",
        "the clock was read twice: signed and sent time differ a little",
        "read the clock once, and send the text that was signed",
    ),
    (
        "timestamp-unit-differs",
        "one of signed and sent time is in seconds, the other in milliseconds",
        "use one unit for both",
    ),
    (
        "date-signed-in-local-time",
        "the signed time is local time, the sent one is UTC",
        "convert to UTC before signing, and send the text that was signed",
    ),
    (
        "date-not-english",
        "the date was formatted in the language of the machine",
        "format dates with an invariant English locale",
    ),
];
