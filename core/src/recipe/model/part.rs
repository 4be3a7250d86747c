//! Where the bytes of a string to sign come from.

use super::{CredentialId, LetId, Line, Step};
use crate::text::{JsonPaths, JsonStyle};
use crate::time::TimeFormat;

/// A piece of a string to sign, of a key, or of any other value: where it comes from, and what is done to it.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where the bytes come from.
    pub source: Source,
    /// Left out (empty) unless this holds.
    pub when: Option<Condition>,
    /// Applied one after the other to the whole value.
    pub then: Vec<Step>,
    /// Where it stands in the recipe.
    pub line: Line,
}

/// Where the bytes of a part come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// `"text"`
    Literal(Box<[u8]>),
    /// `{ method = true }`: as given.
    Method,
    /// `{ path = "raw" | "decoded" | "aws" | "aws-s3" }`
    Path(PathForm),
    /// `{ query = "raw" | "decoded" | "form" | "sorted", lead = "?" }`: nothing, not even the lead, if the target has no `?`.
    Query {
        /// How it is written.
        form: QueryForm,
        /// Put before it where there is a query.
        lead: Box<[u8]>,
    },
    /// `{ target = "raw" }`: path and query as on the wire.
    Target,
    /// `{ url = true | "scheme" | "authority" | "host" | "no-query" }`: the public URL from configuration, or a piece of it.
    Url(UrlForm),
    /// `{ header = "Content-Type", missing = "" }`: as given (the step `trim` takes outer blanks away); must be there unless `missing` is given; once only.
    Header {
        /// In lower case.
        name: String,
        /// Used where the header is absent.
        missing: Option<Box<[u8]>>,
    },
    /// `{ headers = { prefix | list, ... } }`: a block of header lines.
    Headers(HeaderBlock),
    /// `{ header_names = { list, prefix, join } }`: the names of the headers that are there.
    HeaderNames(HeaderNames),
    /// `{ body = "raw" }`
    Body,
    /// `{ canonical_json = "sorted-compact" }`: the body, or `from`, re-written in a named style; members `drop` left out.
    CanonicalJson {
        /// The writer to imitate.
        style: JsonStyle,
        /// Another text than the body.
        from: Option<Box<Part>>,
        /// Top-level members that are left out.
        drop: Vec<String>,
    },
    /// `{ json = "amount.value", missing = "", null = "", from = ... }`: one scalar of the body (or of `from`), numbers as spelled.
    Json(JsonPart),
    /// `{ leaves = { sep, kv, drop, drop_empty } }`: all scalar leaves of the JSON body, sorted by path.
    Leaves(Leaves),
    /// `{ form = "txnid", missing = "" }`: one decoded field of a form body.
    Form {
        /// Field name.
        name: String,
        /// Used where it is absent.
        missing: Option<Box<[u8]>>,
    },
    /// `{ query_field = "id", missing = "" }`: one decoded field of the query.
    QueryField {
        /// Field name.
        name: String,
        /// Used where it is absent.
        missing: Option<Box<[u8]>>,
    },
    /// `{ sorted = { from, kv, sep, drop, drop_empty, unique, only_values } }`: all fields of a form, a query or a flat JSON object, sorted by name.
    Sorted(Sorted),
    /// `{ timestamp = true }`: the text that travels; `{ timestamp = "ymd" }`: the same instant in another format.
    Timestamp(Option<TimeFormat>),
    /// `{ nonce = true }`: message id, nonce or idempotency key.
    Nonce,
    /// `{ key_id = true }`
    KeyId,
    /// `{ credential = "partner_id" }`
    Credential(CredentialId),
    /// `{ payload = true }`: what a JWS carries when the wire has no body of its own.
    Payload,
    /// `{ jws_header = "tl_headers" }`: a text member of the JWS header.
    JwsHeader(String),
    /// `{ claim = "request_body_sha256" }`: a scalar of the JWS payload; only in `require`.
    Claim(String),
    /// `{ signature_input = { components, with_body, params, tag, expires } }`: the value of `Signature-Input` (RFC 9421); only as
    /// a let that a field `covered` carries.
    SignatureInput(SignatureInput),
    /// `{ signature_base = { let = "input" } }`: the signature base (RFC 9421, 2.5) of such a value.
    SignatureBase(Box<Part>),
    /// `{ let = "name" }`
    Let(LetId),
    /// `{ group = [ ... ] }`
    Group(Vec<Part>),
}

/// What a signing side writes into `Signature-Input`.
#[derive(Clone, Debug)]
pub struct SignatureInput {
    /// Component identifiers without the quotes of their names: `@method`, `content-digest`, `@query-param;name="id"`.
    pub components: Vec<String>,
    /// More of them, where there is a body.
    pub with_body: Vec<String>,
    /// In the order of writing; all must be there when reading.
    pub params: Vec<Param>,
}

/// A signature parameter (RFC 9421, 2.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Param {
    /// `created`: the time.
    Created,
    /// `expires`: so many seconds after it.
    Expires(u32),
    /// `keyid`
    KeyId,
    /// `nonce`
    Nonce,
    /// `alg`: the registered name of the algorithm; where a sender gives it, it must be that.
    Alg,
    /// `tag`: this text.
    Tag(String),
}

impl Param {
    /// The name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Param::Created => "created",
            Param::Expires(_) => "expires",
            Param::KeyId => "keyid",
            Param::Nonce => "nonce",
            Param::Alg => "alg",
            Param::Tag(_) => "tag",
        }
    }
}

/// How a path is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathForm {
    /// As on the wire.
    Raw,
    /// Percent-decoded.
    Decoded,
    /// AWS: every byte of the wire path but unreserved ones and `/` percent-encoded (again).
    Aws,
    /// AWS S3: encoded once.
    AwsS3,
}

/// How a query is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QueryForm {
    /// As on the wire.
    Raw,
    /// Percent-decoded, `+` kept.
    Decoded,
    /// Form-decoded: `+` is a blank.
    Form,
    /// AWS: names and values re-encoded, sorted.
    Sorted,
}

/// A piece of the public URL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UrlForm {
    /// The whole.
    Full,
    /// `https`
    Scheme,
    /// Host and port as written, lower case.
    Authority,
    /// Host without port, lower case.
    Host,
    /// Up to the query.
    NoQuery,
}

/// A block of header lines.
#[derive(Clone, Debug)]
pub struct HeaderBlock {
    /// Which headers.
    pub select: HeaderSelect,
    /// CR LF and the blanks after it become one blank.
    pub unfold: bool,
    /// Runs of blanks become one.
    pub collapse: bool,
    /// Keep the names as the list spells them instead of lower-casing them.
    pub names_as_written: bool,
    /// Between name and value.
    pub kv: Box<[u8]>,
    /// After each line.
    pub end: Box<[u8]>,
    /// Between lines only, not after the last one.
    pub join: bool,
    /// Left out: the names (`false` for schemes that sign values only).
    pub with_names: bool,
}

/// Which headers a block takes.
#[derive(Clone, Debug)]
pub enum HeaderSelect {
    /// Every header whose lower-case name starts so, sorted by lower-case name, duplicates in the order of the wire.
    Prefix(String),
    /// The names in this value, split here; each must be there.
    List {
        /// Usually a let.
        names: Box<Part>,
        /// One separator.
        split: Box<[u8]>,
        /// `(request-target)` and the like: lines that are not headers.
        pseudo: Vec<(String, Part)>,
    },
}

/// The names of present headers.
#[derive(Clone, Debug)]
pub struct HeaderNames {
    /// Exact names, as the recipe writes them.
    pub list: Vec<String>,
    /// Every present header with one of these prefixes (lower case).
    pub prefix: Vec<String>,
    /// Between names.
    pub join: Box<[u8]>,
    /// The order and spelling of `list`; otherwise lower case and sorted.
    pub as_written: bool,
}

/// One scalar of a JSON text.
#[derive(Clone, Debug)]
pub struct JsonPart {
    /// Dotted path.
    pub path: String,
    /// Index into the plan's paths; none before the plan is made, and none with `from`.
    pub slot: Option<usize>,
    /// Read from this value instead of the body.
    pub from: Option<Box<(Part, JsonPaths)>>,
    /// Used where the member is absent.
    pub missing: Option<Box<[u8]>>,
    /// Used where it is null.
    pub null: Option<Box<[u8]>>,
    /// Take objects and arrays verbatim as they stand in the text.
    pub verbatim: bool,
}

/// All scalar leaves of a JSON text.
#[derive(Clone, Debug)]
pub struct Leaves {
    /// Between leaves.
    pub sep: Box<[u8]>,
    /// Between path and value; None: values only.
    pub kv: Option<Box<[u8]>>,
    /// Paths left out.
    pub drop: Vec<String>,
    /// Empty and null values are left out.
    pub drop_empty: bool,
    /// Sorted by value (bytes) instead of by path.
    pub by_value: bool,
}

/// All fields of a flat source, sorted by name.
#[derive(Clone, Debug)]
pub struct Sorted {
    /// Which source.
    pub from: SortedFrom,
    /// Between name and value.
    pub kv: Box<[u8]>,
    /// Between fields.
    pub sep: Box<[u8]>,
    /// Names left out (the signature itself is always left out).
    pub drop: Vec<String>,
    /// Fields without a value are left out.
    pub drop_empty: bool,
    /// Same name and value count once.
    pub unique: bool,
    /// Values without names.
    pub only_values: bool,
    /// Only names with one of these prefixes; empty: all.
    pub prefix: Vec<String>,
    /// How names and values are escaped.
    pub encode: FieldEscape,
}

/// How [`Sorted`] writes what it has decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FieldEscape {
    /// As decoded.
    #[default]
    None,
    /// `true`: values percent-encoded, all but unreserved characters (RFC 3986).
    Percent,
    /// `"php"`: names and values as PHP's `http_build_query` writes them: a blank is `+`, letters, digits and `-_.` stay.
    Php,
}

/// Source of [`Sorted`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SortedFrom {
    /// The form body.
    Form,
    /// The query.
    Query,
    /// Both, as one list.
    QueryAndForm,
    /// The top-level scalars of the JSON body.
    Json,
}

/// When a part, a field or a requirement counts. All given members must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The method is one of these (upper case).
    pub method: Option<Vec<String>>,
    /// The Content-Type is (or is not) `application/x-www-form-urlencoded`.
    pub form: Option<bool>,
    /// There is (or is not) a body.
    pub body: Option<bool>,
    /// The query has this field.
    pub query: Option<String>,
    /// The query lacks this field.
    pub no_query: Option<String>,
    /// This header is there (lower case).
    pub header: Option<String>,
    /// This header is not there (lower case).
    pub no_header: Option<String>,
}
