//! Differences between the body that is there and the body that was signed.

use super::Text;

const RAW: &str = "sign and verify the raw bytes: read the body before any parser does, and send exactly what was signed";

pub(super) const TEXTS: &[Text] = &[
    (
        "body-json-compacted",
        "the JSON was re-written without white space",
        RAW,
    ),
    (
        "body-json-spaced",
        "the JSON was re-written with other white space on one line",
        RAW,
    ),
    (
        "body-json-pretty-printed",
        "the JSON was re-written over several lines",
        RAW,
    ),
    (
        "body-newlines-removed",
        "line ends were taken out of the body",
        RAW,
    ),
    (
        "body-newlines-added",
        "line ends were put into the body",
        RAW,
    ),
    (
        "body-json-keys-reordered",
        "the members of a JSON object are in another order",
        RAW,
    ),
    (
        "body-unicode-escaped",
        "non-ASCII characters became \\u escapes, or their digits changed",
        RAW,
    ),
    (
        "body-unicode-unescaped",
        "\\u escapes became plain characters",
        RAW,
    ),
    ("body-slash-escaped", "slashes became \\/", RAW),
    ("body-slash-unescaped", "\\/ became a plain slash", RAW),
    (
        "body-html-escaped",
        "characters such as < > & + ' became \\u escapes",
        RAW,
    ),
    (
        "body-html-unescaped",
        "\\u escapes of characters such as < > & became the characters",
        RAW,
    ),
    (
        "body-number-reformatted",
        "numbers were written in another notation",
        RAW,
    ),
    (
        "body-empty-object-became-array",
        "an empty object {} became an empty array [], or the other way round",
        RAW,
    ),
    (
        "body-null-members-differ",
        "members without value are there in one copy and dropped in the other",
        RAW,
    ),
    (
        "body-charset-differs",
        "signed and sent text are equal but in different charsets",
        "use UTF-8 everywhere, and keep the body as bytes",
    ),
    (
        "body-mojibake",
        "UTF-8 was read as Latin-1 and written as UTF-8 again",
        "keep the body as bytes: no layer may decode it with a default charset",
    ),
    (
        "body-trailing-newline-added",
        "a line end was added to the body",
        RAW,
    ),
    (
        "body-trailing-newline-removed",
        "a line end at the end of the body was removed",
        RAW,
    ),
    (
        "body-trimmed",
        "white space around the body was removed",
        RAW,
    ),
    (
        "body-white-space-added",
        "white space stands around the body",
        RAW,
    ),
    (
        "body-nul-added",
        "a NUL byte ends the body",
        "take the length of the body, not that of a C string",
    ),
    ("body-lf-became-crlf", "LF became CR LF", RAW),
    ("body-crlf-became-lf", "CR LF became LF", RAW),
    ("body-lf-became-cr", "LF became CR", RAW),
    (
        "body-bom-added",
        "a byte order mark stands before the body",
        "write UTF-8 without a byte order mark",
    ),
    (
        "body-bom-removed",
        "a byte order mark before the body was removed",
        RAW,
    ),
    (
        "body-signed-before-gzip",
        "the body was signed, then compressed",
        "verify the decompressed bytes, or sign what is sent",
    ),
    (
        "empty-body-signed-as-braces",
        "no body was sent, but {} was signed",
        "sign the empty text where nothing is sent",
    ),
    (
        "empty-body-signed-as-null",
        "no body was sent, but null was signed",
        "sign the empty text where nothing is sent",
    ),
    (
        "empty-body-signed-as-brackets",
        "no body was sent, but [] was signed",
        "sign the empty text where nothing is sent",
    ),
    (
        "empty-body-signed-as-quotes",
        "no body was sent, but a pair of quotes was signed",
        "sign the empty text where nothing is sent",
    ),
    (
        "empty-body-signed-as-undefined",
        "no body was sent, but a word such as undefined was signed",
        "sign the empty text where nothing is sent",
    ),
    (
        "body-already-consumed",
        "the body stream was read before, so the verifier saw an empty body",
        "keep the raw body for the verifier: a stream can be read once",
    ),
    (
        "body-object-tostring",
        "an object was put into a string, which gives [object Object]",
        "pass the raw body, not the parsed object",
    ),
    (
        "body-buffer-json",
        "a Node Buffer was serialised as {\"type\":\"Buffer\",...}",
        "pass the Buffer itself",
    ),
    (
        "body-bytes-repr",
        "Python bytes were formatted as b'...'",
        "pass the bytes, not str() of them",
    ),
    (
        "body-dict-repr",
        "a Python dict was converted with str()",
        "pass the raw body, not the parsed dict",
    ),
    (
        "body-base64-not-decoded",
        "the gateway handed over the body in base64",
        "decode the body when the gateway says so (isBase64Encoded)",
    ),
    (
        "body-json-double-encoded",
        "the body text was serialised as a JSON string once more",
        "pass the text itself",
    ),
    (
        "body-form-field-extracted",
        "the value of one form field was passed instead of the form body",
        "pass the whole form body as it arrived",
    ),
    (
        "body-form-reencoded",
        "the form body was decoded and encoded again with other escapes",
        RAW,
    ),
    (
        "body-form-reordered",
        "the form fields are in another order",
        RAW,
    ),
    (
        "body-form-decoded",
        "the form body was percent-decoded",
        RAW,
    ),
    (
        "body-form-empty-fields-differ",
        "empty form fields were left out in one copy",
        RAW,
    ),
];
