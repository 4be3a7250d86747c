//! Mistakes with the string to sign: parts, order, separators, address, headers, single values.

use super::Text;

const RULE: &str = "build the string exactly as the scheme describes";
const URL: &str = "give the public URL from configuration, exactly as the provider has it";

pub(super) const TEXTS: &[Text] = &[
    (
        "part-order-wrong",
        "the parts of the string were joined in the wrong order",
        "join the parts in the scheme's order",
    ),
    (
        "separator-missing",
        "a separator between the parts was left out",
        RULE,
    ),
    (
        "separator-added",
        "a separator was put between parts that are joined directly",
        RULE,
    ),
    ("separator-wrong", "another separator was used", RULE),
    (
        "separator-crlf",
        "lines end with CR LF instead of LF",
        "write LF alone: platform line ends do not belong here",
    ),
    (
        "literal-backslash-n",
        "a backslash and an n were signed instead of a line feed",
        "use a string literal that interprets escapes",
    ),
    (
        "trailing-newline-missing",
        "the last line feed of the string was left out",
        RULE,
    ),
    (
        "trailing-newline-added",
        "a line feed too many ends the string",
        RULE,
    ),
    (
        "secret-placement-wrong",
        "the secret stands at the wrong places inside the hashed text",
        "put the secret where the scheme has it",
    ),
    ("method-left-out", "the HTTP method was not signed", RULE),
    (
        "method-signed-too",
        "the HTTP method was signed although it is not part of the string",
        RULE,
    ),
    (
        "content-type-line-left-out",
        "the line of the Content-Type was dropped",
        "keep the line, empty where there is no Content-Type",
    ),
    ("timestamp-left-out", "the time was not signed", RULE),
    (
        "timestamp-signed-too",
        "the time was signed although it is not part of the string",
        RULE,
    ),
    (
        "account-id-left-out",
        "the login, partner id or API key inside the string was left out",
        RULE,
    ),
    (
        "account-id-signed-too",
        "the key id was signed although it is not part of the string",
        RULE,
    ),
    ("message-id-left-out", "the message id was not signed", RULE),
    (
        "literal-left-out",
        "a constant text of the scheme was left out",
        RULE,
    ),
    (
        "body-left-out",
        "the body was not signed",
        "sign the exact bytes of the body that are sent; some languages take [] and 0 for empty",
    ),
    ("only-the-body-signed", "the body alone was signed", RULE),
    ("url-left-out", "the URL was not signed", RULE),
    (
        "url-signed-too",
        "the URL was signed although it is not part of the string",
        RULE,
    ),
    ("path-left-out", "the path was not signed", RULE),
    ("query-left-out", "the query string was not signed", RULE),
    (
        "form-params-left-out",
        "the form parameters were not signed",
        RULE,
    ),
    ("headers-left-out", "the header lines were not signed", RULE),
    ("header-left-out", "a header's text was not signed", RULE),
    ("field-left-out", "a field was not signed", RULE),
    ("step-left-out", "a step of the rule was left out", RULE),
    (
        "body-signed-too",
        "the body was signed although it is not part of the string",
        RULE,
    ),
    (
        "path-signed-too",
        "the path was signed although it is not part of the string",
        RULE,
    ),
    (
        "query-signed-too",
        "the query string was signed although it is not part of the string",
        RULE,
    ),
    (
        "method-lower-case",
        "the method was signed in another case than the scheme's",
        "sign the method in upper case",
    ),
    (
        "method-upper-case",
        "the method was signed in upper case where the scheme has lower case",
        RULE,
    ),
    (
        "full-url-instead-of-path",
        "more of the URL than path and query was signed",
        "sign path and query only",
    ),
    (
        "path-instead-of-url",
        "path and query were signed instead of the whole URL",
        "sign the whole public URL",
    ),
    (
        "base-path-left-out",
        "the path was signed without the base path of the API",
        "sign the path as it is on the request line",
    ),
    (
        "leading-slash-missing",
        "the path was signed without its first slash",
        "sign the path as it is on the request line",
    ),
    (
        "trailing-slash-differs",
        "signed and seen path differ in the last slash",
        "use one spelling on both sides, and let no router add or drop the slash",
    ),
    (
        "path-decoded",
        "the percent-decoded path was signed",
        "sign the path as it is on the request line",
    ),
    (
        "path-raw",
        "the path was signed as it is on the request line",
        "write the path in the form that the scheme describes",
    ),
    (
        "path-reencoded",
        "the path was decoded and encoded again before signing",
        "write the path in the form that the scheme describes",
    ),
    (
        "path-double-encoded",
        "the path was percent-encoded once more on one side",
        "encode the path once: the HTTP client may do it as well",
    ),
    (
        "path-lower-cased",
        "the path was lower-cased before signing",
        "sign the path as it is on the request line",
    ),
    (
        "path-params-left-out",
        "the ;parameters of the last path segment were not signed",
        "sign the path as it is on the request line: URL parsers split them off",
    ),
    (
        "percent-case-differs",
        "percent escapes differ in the case of their hexadecimal digits",
        "sign the text that is sent",
    ),
    (
        "query-raw",
        "the query was signed as sent although the scheme decodes it",
        "percent-decode the query before signing",
    ),
    (
        "query-decoded",
        "the decoded query was signed although the scheme signs it otherwise",
        "sign the query in the form that the scheme describes",
    ),
    (
        "query-form-decoded",
        "the + of the query was decoded to a blank",
        "keep + as it is when decoding",
    ),
    (
        "query-sorted",
        "the query parameters were sorted before signing",
        "keep the order of the request line",
    ),
    (
        "header-latin1",
        "header text was signed as UTF-8 and sent as Latin-1",
        "keep header text in ASCII, or sign the bytes that are sent",
    ),
    (
        "header-utf8",
        "header text was signed as Latin-1 and sent as UTF-8",
        "keep header text in ASCII, or sign the bytes that are sent",
    ),
    (
        "header-names-not-lower-cased",
        "header names were signed in another case",
        "lower-case the names of the signed headers",
    ),
    (
        "header-names-left-out",
        "header values were signed without their names",
        RULE,
    ),
    (
        "headers-unsorted",
        "header lines were not sorted as the scheme has it",
        "sort by lower-case name, byte by byte, and not by a locale",
    ),
    (
        "header-block-too-wide",
        "headers were signed whose name only contains the prefix",
        "take the headers whose name begins with the prefix",
    ),
    (
        "header-colon-blank",
        "a blank was put after the colon of the header lines",
        "write name, colon and value without a blank",
    ),
    (
        "header-colon-blank-missing",
        "the blank after the colon of the header lines is missing",
        "write the separator that the scheme has",
    ),
    (
        "header-value-not-trimmed",
        "a header value was signed with outer blanks that are not sent",
        "trim the value before signing",
    ),
    (
        "header-value-case-changed",
        "a header value was signed in another case",
        "sign the value as it is sent",
    ),
    (
        "header-blanks-collapsed",
        "blanks inside a header value were treated otherwise",
        "keep or collapse inner blanks as the scheme describes",
    ),
    (
        "missing-header-as-text",
        "a missing header was signed as a word such as null",
        "sign the empty text where the header is missing",
    ),
    (
        "content-type-empty",
        "an empty Content-Type was signed although one is sent",
        "sign the Content-Type that is sent, also for methods without a body",
    ),
    (
        "content-type-not-sent",
        "a Content-Type was signed that is not sent",
        "send the Content-Type that was signed",
    ),
    (
        "content-type-differs",
        "another Content-Type was signed than the one that is sent",
        "sign the Content-Type that the HTTP client really sends",
    ),
    (
        "content-type-parameters-differ",
        "signed and sent Content-Type differ in their parameters, such as the charset or boundary",
        "set the header yourself, and sign the text that is sent",
    ),
    (
        "content-md5-of-body",
        "Content-MD5 was computed over the body instead of the request descriptor",
        "compute it over the descriptor that the scheme describes",
    ),
    (
        "form-params-unsorted",
        "form parameters were appended in another order than the scheme's",
        "sort them by name",
    ),
    (
        "form-values-not-decoded",
        "form values were appended percent-encoded",
        "decode the form before its values are appended",
    ),
    (
        "form-values-encoded",
        "form values were escaped otherwise than the scheme has it",
        RULE,
    ),
    (
        "form-names-differ",
        "names of fields were signed or left out against the rule",
        RULE,
    ),
    (
        "form-duplicates-differ",
        "repeated fields were treated otherwise than the scheme has it",
        RULE,
    ),
    (
        "dropped-fields-signed",
        "fields were signed that the scheme leaves out",
        RULE,
    ),
    (
        "empty-fields-differ",
        "empty fields were left out on one side",
        "keep or leave out empty fields as the scheme describes",
    ),
    (
        "leading-zeros-dropped",
        "leading zeros were lost: the id is text, not a number",
        "keep the id as text everywhere",
    ),
    (
        "leading-zeros-kept",
        "leading zeros were kept where the scheme drops them",
        RULE,
    ),
    (
        "account-id-case-changed",
        "the id was signed in another case",
        "sign the id as it is sent",
    ),
    (
        "account-id-blanks",
        "the id was signed with or without outer blanks",
        "trim the id where it is read",
    ),
    (
        "null-as-text",
        "a null field was rendered as None or null instead of empty",
        "render null as the scheme describes",
    ),
    (
        "boolean-capitalised",
        "a boolean was rendered as True or False",
        "render booleans as true and false",
    ),
    (
        "boolean-as-number",
        "a boolean was rendered as 1 or 0",
        "render booleans as true and false",
    ),
    (
        "amount-in-major-units",
        "the amount was signed as a decimal instead of minor units",
        "sign the amount as it is sent",
    ),
    (
        "amount-in-minor-units",
        "the amount was signed in minor units instead of as a decimal",
        "sign the amount as it is sent",
    ),
    (
        "field-escaped",
        "field values were escaped before joining",
        "join the plain values",
    ),
    (
        "field-not-trimmed",
        "a field was signed with or without outer blanks",
        "sign the field as the scheme describes",
    ),
    (
        "field-case-changed",
        "a field was signed in another case",
        "sign the field as it is sent",
    ),
    (
        "case-step-left-out",
        "a text was signed in another case than the scheme's",
        RULE,
    ),
    (
        "inner-digest-encoding-differs",
        "a digest inside the string is in another encoding",
        RULE,
    ),
    (
        "inner-digest-left-out",
        "a value was signed instead of its digest",
        RULE,
    ),
    (
        "canonical-json-style-differs",
        "the JSON was canonicalised in another style",
        RULE,
    ),
    (
        "canonical-json-left-out",
        "the JSON was signed as sent instead of in its canonical form",
        RULE,
    ),
    (
        "url-scheme-differs",
        "the application sees another scheme (http, https) than the provider signed",
        URL,
    ),
    (
        "url-host-differs",
        "the application sees another host than the provider signed",
        URL,
    ),
    ("url-port-differs", "the URLs differ in the port", URL),
    (
        "url-path-prefix-differs",
        "a proxy changed the first part of the path",
        URL,
    ),
    (
        "url-query-reencoded",
        "the query of the URL was decoded and encoded again",
        "take the query from the request line, before any parser",
    ),
    (
        "url-query-missing",
        "the configured URL lacks the query of the request",
        "append the query of the request line to the public URL",
    ),
    (
        "url-fragment-added",
        "the configured URL has a fragment",
        "leave the fragment out: it is never sent",
    ),
    (
        "url-case-differs",
        "the URLs differ in upper and lower case",
        URL,
    ),
];
