//! The recipe language as types. A recipe is parsed into these once; every plan runs over them.
//!
//! Names are resolved while parsing: a credential, a let and a JSON path are indices from then on.

use crate::Status;
use crate::crypto::{Asymmetric, Encoding, Hash, JwsAlg};
use crate::text::{ByteSet, JsonPaths, JsonStyle};
use crate::time::TimeFormat;

/// Index into [`Recipe::credentials`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CredentialId(pub u8);

/// Index into [`Recipe::lets`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LetId(pub u8);

/// Where in the recipe text something stands, for errors: 1-based line, 0 if unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Line(pub u32);

/// Who sends the message to whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// Client to provider.
    Request,
    /// Provider to client.
    Webhook,
    /// The provider's signed answer; method and target are those of the request.
    Response,
}

impl Flow {
    /// All flows.
    pub const ALL: [Flow; 3] = [Flow::Request, Flow::Webhook, Flow::Response];

    /// `request`, `webhook` or `response`.
    pub const fn name(self) -> &'static str {
        match self {
            Flow::Request => "request",
            Flow::Webhook => "webhook",
            Flow::Response => "response",
        }
    }

    /// The flow of a name.
    pub fn from_name(name: &str) -> Option<Flow> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// Signing or verifying.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// Making a signature.
    Sign,
    /// Judging one.
    Verify,
}

/// A whole recipe.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// `provider` or `provider-product`: lower-case letters, digits and hyphens.
    pub id: String,
    /// The name that people know: `Stripe webhooks`.
    pub name: String,
    /// Addresses or titles of the documents that state the rule.
    pub documents: Vec<String>,
    /// What the rule was checked against.
    pub evidence: Option<Evidence>,
    /// What a user should know beyond the rule; shown by `show`.
    pub notes: Vec<String>,
    /// All credentials, in the order of the recipe.
    pub credentials: Vec<CredentialSpec>,
    /// The names of all lets of all flows.
    pub lets: Vec<String>,
    /// By [`Flow`]: request, webhook, response.
    pub flows: [Option<FlowSpec>; 3],
}

impl Recipe {
    /// One flow, if the scheme has it.
    pub fn flow(&self, flow: Flow) -> Option<&FlowSpec> {
        self.flows[flow as usize].as_ref()
    }

    /// The name of a credential.
    pub fn credential_name(&self, id: CredentialId) -> &str {
        self.credentials
            .get(id.0 as usize)
            .map_or("?", |c| c.name.as_str())
    }

    /// The name of a let.
    pub fn let_name(&self, id: LetId) -> &str {
        self.lets.get(id.0 as usize).map_or("?", String::as_str)
    }
}

/// What a recipe was checked against, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// How sure it is.
    pub kind: EvidenceKind,
    /// In words: which SDK and version, which page.
    pub note: String,
}

/// How a recipe was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// `official-vector`: values published by the provider, or asserted in its SDK's own tests, are reproduced.
    OfficialVector,
    /// `sdk-run`: the provider's genuine SDK was run and agrees.
    SdkRun,
    /// `sdk-read`: read in the provider's SDK.
    SdkRead,
    /// `documents`: read in the provider's documents.
    Documents,
    /// `integrations`: several independent integrations agree; no provider document was read.
    Integrations,
    /// `unconfirmed`: a reading that nothing confirms.
    Unconfirmed,
}

impl EvidenceKind {
    /// All kinds, best first.
    pub const ALL: [EvidenceKind; 6] = [
        EvidenceKind::OfficialVector,
        EvidenceKind::SdkRun,
        EvidenceKind::SdkRead,
        EvidenceKind::Documents,
        EvidenceKind::Integrations,
        EvidenceKind::Unconfirmed,
    ];

    /// The name that recipes use.
    pub const fn name(self) -> &'static str {
        match self {
            EvidenceKind::OfficialVector => "official-vector",
            EvidenceKind::SdkRun => "sdk-run",
            EvidenceKind::SdkRead => "sdk-read",
            EvidenceKind::Documents => "documents",
            EvidenceKind::Integrations => "integrations",
            EvidenceKind::Unconfirmed => "unconfirmed",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<EvidenceKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One credential.
#[derive(Clone, Debug)]
pub struct CredentialSpec {
    /// `key_id`, `secret`, ...
    pub name: String,
    /// Public values may be shown and may reach the wire.
    pub public: bool,
    /// Which flows and directions need it; empty: all whose plan reads it.
    pub needed_for: Vec<(Flow, Direction)>,
    /// May be left out even where it is read; then it counts as empty.
    pub optional: bool,
    /// RFC 7617 user names hold no colon.
    pub no_colon: bool,
    /// Refuse control characters (0x00-0x1F and 0x7F).
    pub no_control: bool,
    /// What to put here, for people.
    pub about: Option<String>,
    /// Where it stands.
    pub line: Line,
}

/// One flow of a recipe, as written.
#[derive(Clone, Debug)]
pub struct FlowSpec {
    /// Which algorithm signs and which verifies.
    pub algorithm: AlgorithmRule,
    /// The credential that names the key on the wire.
    pub key_id: Option<CredentialId>,
    /// The key of the signing side: an expression over credentials (rarely the message).
    pub sign_key: Option<Part>,
    /// The key of the verifying side.
    pub verify_key: Option<Part>,
    /// How the signature is written.
    pub write_encoding: Encoding,
    /// How it may be written by others; the first that fits is taken.
    pub read_encodings: Vec<Encoding>,
    /// The time that the scheme carries, if any.
    pub timestamp: Option<TimestampSpec>,
    /// How long replay keys must be kept where no time is signed, in seconds.
    pub retention_seconds: Option<u64>,
    /// The string to sign.
    pub message: Vec<Part>,
    /// Named values by [`LetId`].
    pub lets: Vec<Option<Part>>,
    /// What is written when signing and read when verifying.
    pub fields: Vec<Field>,
    /// What must hold after the signature was found right.
    pub require: Vec<Require>,
    /// JWS settings where the algorithm is `jws`.
    pub jws: Option<JwsSpec>,
    /// A body that holds several separately signed items.
    pub each: Option<Each>,
    /// The token endpoint where the algorithm is `client-credentials`.
    pub token: Option<TokenSpec>,
    /// Where unknown keys may be fetched from.
    pub fetch: Option<FetchSpec>,
    /// Messages of this flow that need an answer instead of a verdict (endpoint checks), as recipe data.
    pub handshakes: Vec<Handshake>,
    /// Why nothing can be verified, where the algorithm is `external`.
    pub unverifiable: Option<String>,
    /// How strict the target must be when signing.
    pub target: TargetRule,
    /// Opt-in departures by name.
    pub variants: Vec<Variant>,
    /// Lint warnings that are accepted, with the reason.
    pub acknowledge: Vec<(String, String)>,
    /// Where the flow stands.
    pub line: Line,
}

/// The algorithm of a flow.
#[derive(Clone, Debug)]
pub enum AlgorithmRule {
    /// Fixed by the recipe.
    Fixed {
        /// For signing.
        sign: Algorithm,
        /// For verifying.
        verify: Algorithm,
    },
    /// Named by the sender, within this map; callers can narrow it. The name travels in an `{ algorithm = true }` hole.
    Named {
        /// Name on the wire to algorithm.
        map: Vec<(String, Algorithm)>,
        /// The name that signing uses.
        sign: usize,
    },
}

impl AlgorithmRule {
    /// All algorithms that can occur.
    pub fn all(&self) -> Vec<Algorithm> {
        match self {
            AlgorithmRule::Fixed { sign, verify } => vec![*sign, *verify],
            AlgorithmRule::Named { map, .. } => map.iter().map(|(_, a)| *a).collect(),
        }
    }
}

/// How a string to sign becomes a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// `hmac-sha256`, ...
    Hmac(Hash),
    /// `digest-sha512`, ...: no key, the secret stands in the text.
    Digest(Hash),
    /// `rsa-sha256`, `rsa-pss-sha256`, `ecdsa-p256-sha256` (DER), `ecdsa-p256-sha256-p1363`, `ed25519`, `rsa-type1`, `rsa-type2-encrypt`.
    Asymmetric(Asymmetric),
    /// `rsa-type2-decrypt`: the provider's side of `rsa-type2-encrypt`; feature `provider-side`.
    RsaType2Decrypt,
    /// `jws`: the algorithm is the one pinned in the `jws` block.
    Jws,
    /// `token`: the key itself is sent.
    Token,
    /// `basic`: RFC 7617; the key is `user:password`, itself sent.
    Basic,
    /// `client-credentials`: a bearer token from a token endpoint.
    ClientCredentials,
    /// `external`: nothing here can be verified; says why.
    External,
}

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
    /// `{ header = "Content-Type", missing = "" }`: outer blanks trimmed; must be there unless `missing` is given; once only.
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
    /// Index into the plan's paths; for `from`, 0 in `paths`.
    pub slot: usize,
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

/// One step of a pipeline.
#[derive(Clone, Debug)]
pub enum Step {
    /// `upper`: ASCII letters.
    Upper,
    /// `lower`: ASCII letters.
    Lower,
    /// `trim`: outer ASCII white space.
    Trim,
    /// `strip-white-space`: every ASCII white space.
    StripWhiteSpace,
    /// `reverse`: bytes in reverse order.
    Reverse,
    /// `md5`, `sha1`, `sha256`, `sha384`, `sha512`, `sha3-512`.
    Hash(Hash),
    /// `crc32-decimal`: CRC-32 (IEEE) as decimal text.
    Crc32Decimal,
    /// `hex`, `HEX`, `base64`, `base64url`, ...
    Encode(Encoding),
    /// `hex-decode`, `base64-decode`, `base64url-decode`: strict.
    Decode(Encoding),
    /// `json-string-escape`: as inside a JSON string, non-ASCII kept.
    JsonStringEscape,
    /// `percent-encode`: all but unreserved characters, upper-case hex.
    PercentEncode,
    /// `percent-decode`
    PercentDecode,
    /// `{ percent-decode-only = ":/?" }`: only these bytes; other escapes stay as they are written.
    PercentDecodeOnly(Box<[u8]>),
    /// `decimal-integer`: digits only, leading zeros dropped.
    DecimalInteger,
    /// `{ decimals = 2 }`: a decimal number with exactly so many fraction digits (cut zeros or add them; anything else is malformed).
    Decimals(u8),
    /// `latin1-to-utf8`
    Latin1ToUtf8,
    /// `{ strip-prefix = "whsec_" }`: must be there; with `optional = true` only if it is there.
    StripPrefix {
        /// The prefix.
        prefix: Box<[u8]>,
        /// May be absent.
        optional: bool,
    },
    /// `{ strip-suffix = "0" }`: must be there; with `optional = true` only if it is there.
    StripSuffix {
        /// The suffix.
        suffix: Box<[u8]>,
        /// May be absent.
        optional: bool,
    },
    /// `{ currency-decimals = { json = "currency" } }`: as `decimals`, with as many fraction digits as ISO 4217 gives the currency
    /// whose code the parts spell; two for codes that are not in its list.
    CurrencyDecimals(Vec<Part>),
    /// `{ remove-first = "-" }`: the first occurrence.
    RemoveFirst(Box<[u8]>),
    /// `{ take = 32 }`: the first bytes.
    Take(usize),
    /// `{ after-last = "." }`: what follows the last occurrence; the whole if there is none.
    AfterLast(Box<[u8]>),
    /// `{ piece = 3, of = "/" }`: one of the pieces between separators, counted from 0; must be there and not empty.
    Piece {
        /// Which.
        index: usize,
        /// The separator.
        separator: Box<[u8]>,
    },
    /// `{ hmac-with-this-as-key = { hash, data } }`
    HmacAsKey {
        /// The digest.
        hash: Hash,
        /// What is authenticated.
        data: Vec<Part>,
    },
    /// `{ hmac-of-this = { hash, key } }`
    HmacAsData {
        /// The digest.
        hash: Hash,
        /// The key.
        key: Vec<Part>,
    },
    /// `{ des3-cbc-with-this-as-key = { data } }`: zero IV, zero padding (Redsys).
    Des3AsKey {
        /// What is encrypted.
        data: Vec<Part>,
    },
}

/// A place on the wire that is written when signing and read when verifying.
#[derive(Clone, Debug)]
pub struct Field {
    /// So that variants can replace it.
    pub name: Option<String>,
    /// Where.
    pub place: Place,
    /// Other names of the same kind of place, tried when reading.
    pub or: Vec<String>,
    /// What.
    pub content: Content,
    /// What a value that the caller set means when signing.
    pub caller: Caller,
    /// Only then.
    pub when: Option<Condition>,
    /// May be absent when reading; made when signing only if its nonce was given.
    pub optional: bool,
    /// `repeat = ","`: the value may stand there several times with this between, one that is right is enough; with a comma
    /// a header may itself occur several times too (RFC 9110, 5.3). Written once.
    pub repeat: Option<Box<[u8]>>,
    /// JSON: no other top-level member may stand beside it.
    pub alone: bool,
    /// JSON: written as a number if it is one.
    pub number: bool,
    /// The signature's hole may hold several signatures, separated so, of which one must fit.
    pub several: Option<Box<[u8]>>,
    /// Texts that get a verdict of their own.
    pub reject: Vec<Reject>,
    /// Lets whose value is taken from the wire instead of compared ...
    pub take: Vec<Take>,
    /// Where it stands.
    pub line: Line,
}

/// A let taken from the wire, and what the taken list must hold.
#[derive(Clone, Debug)]
pub struct Take {
    /// Which.
    pub let_id: LetId,
    /// Separator of the list.
    pub split: Box<[u8]>,
    /// Names that must be in it (lower case), whether or not the header is there.
    pub list: Vec<String>,
    /// Every present header with one of these prefixes must be in it.
    pub prefix: Vec<String>,
}

/// A place on the wire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// As the recipe spells it.
    Header(String),
    /// A query field.
    Query(String),
    /// A JSON member by dotted path.
    Json(String),
    /// A form field.
    Form(String),
    /// A cookie of the Cookie header.
    Cookie(String),
}

impl Place {
    /// For errors and reports: `X-Date`, `json:sec_key`, `query:signature`.
    pub fn label(&self) -> String {
        match self {
            Place::Header(name) => name.clone(),
            Place::Query(name) => format!("query:{name}"),
            Place::Json(path) => format!("json:{path}"),
            Place::Form(name) => format!("form:{name}"),
            Place::Cookie(name) => format!("cookie:{name}"),
        }
    }
}

/// What stands in a field.
#[derive(Clone, Debug)]
pub enum Content {
    /// One value.
    Template(Template),
    /// Items with keys: `t=...,v1=...`.
    Items(Items),
    /// `covered = { label, let, require, with_body }`: one member of `Signature-Input` (RFC 9421).
    Covered(Covered),
}

/// The member of `Signature-Input` that belongs to this flow's signature.
#[derive(Clone, Debug)]
pub struct Covered {
    /// `sig1`
    pub label: String,
    /// What it holds: computed when signing, taken from the wire when verifying.
    pub input: LetId,
    /// Components that must be covered.
    pub require: Vec<String>,
    /// Components that must be covered where there is a body.
    pub with_body: Vec<String>,
    /// Parameters that must be there.
    pub params: Vec<Param>,
}

impl Covered {
    fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        let of_params = self.params.iter().filter_map(|param| match param {
            Param::Created => Some(Hole::Timestamp(None)),
            Param::KeyId => Some(Hole::KeyId),
            Param::Nonce => Some(Hole::Nonce),
            _ => None,
        });
        std::iter::once(Hole::Let(self.input)).chain(of_params)
    }
}

/// A list of keyed items inside one field.
#[derive(Clone, Debug)]
pub struct Items {
    /// Before the list: `Signature `.
    pub lead: Box<[u8]>,
    /// Between whole lists, where a sender may write several that agree in all but the signature.
    pub groups: Option<Box<[u8]>>,
    /// Between items: `,` or a blank. Blanks after it are allowed when reading.
    pub item: Box<[u8]>,
    /// Between key and value.
    pub kv: Box<[u8]>,
    /// Values stand in double quotes.
    pub quoted: bool,
    /// In the order of writing.
    pub entries: Vec<(String, Template)>,
}

/// Literals and holes, alternating as the recipe has them; two holes never touch.
#[derive(Clone, Debug)]
pub struct Template {
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Must stand there.
    Literal(Box<[u8]>),
    /// Is filled in, and read back.
    Hole(Hole, ByteSet),
}

/// What fills a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hole {
    /// The encoded signature.
    Signature,
    /// The time text, or the same instant in another format.
    Timestamp(Option<TimeFormat>),
    /// The nonce.
    Nonce,
    /// The key id.
    KeyId,
    /// A public credential (any in token and Basic schemes).
    Credential(CredentialId),
    /// A let: compared when reading, unless the field takes it.
    Let(LetId),
    /// The sender's name of the algorithm.
    Algorithm,
}

/// What a value that the caller set means when signing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Caller {
    /// `refuse` (default): the caller must not set it.
    #[default]
    Refuse,
    /// `adopt`: the caller's text is kept verbatim; made where absent.
    Adopt,
    /// `require`: the caller must set it.
    Require,
}

/// A text at the beginning of a field that gets a verdict of its own.
#[derive(Clone, Debug)]
pub struct Reject {
    /// `GCS v1Client:`
    pub prefix: Box<[u8]>,
    /// The verdict.
    pub status: Status,
    /// For people.
    pub about: String,
}

/// Something that must hold after the signature was found right.
#[derive(Clone, Debug)]
pub struct Require {
    /// The value.
    pub value: Part,
    /// One of these.
    pub equals: Vec<Part>,
    /// The verdict otherwise.
    pub status: Status,
    /// Only then.
    pub when: Option<Condition>,
    /// For people.
    pub about: Option<String>,
}

/// JWS settings (RFC 7515).
#[derive(Clone, Debug)]
pub struct JwsSpec {
    /// Pinned: no other is ever accepted.
    pub alg: JwsAlg,
    /// The protected header, in the order of writing, `alg` included.
    pub header: Vec<(String, JwsHeaderValue)>,
    /// The payload segment is empty on the wire; it is the message.
    pub detached: bool,
    /// RFC 7797: the payload is signed as it is (`b64: false`, `crit: ["b64"]` are written and demanded).
    pub unencoded: bool,
    /// Names that a list in the header must hold.
    pub require: Vec<JwsRequire>,
}

/// A value in a JWS header.
#[allow(clippy::large_enum_variant)] // a handful of them in a whole recipe
#[derive(Clone, Debug)]
pub enum JwsHeaderValue {
    /// Fixed text; demanded when verifying, `typ` excepted.
    Text(String),
    /// The key id; selects the key when verifying.
    KeyId,
    /// Computed when signing, not compared when verifying.
    Part(Part),
}

/// `{ in = "tl_headers", header = "idempotency-key" }`
#[derive(Clone, Debug)]
pub struct JwsRequire {
    /// Header member that holds a comma-separated list.
    pub member: String,
    /// A name that must be in it, without case.
    pub holds: String,
}

/// A batch: an array of separately signed items.
#[derive(Clone, Debug)]
pub struct Each {
    /// Dotted path of the array. Absent from the body: the body is one bare item.
    pub path: String,
    /// Member of each element that is the item; None: the element itself.
    pub item: Option<String>,
    /// Index of `path` among the plan's JSON paths.
    pub slot: usize,
}

/// A client-credentials token endpoint (RFC 6749 section 4.4).
#[derive(Clone, Debug)]
pub struct TokenSpec {
    /// `POST`
    pub method: String,
    /// `/api/token`
    pub target: String,
    /// Headers of the token request: name and template of parts.
    pub headers: Vec<(String, Vec<Part>)>,
    /// The body.
    pub body: Vec<Part>,
    /// Member of the answer that holds the token.
    pub token: String,
    /// Member that holds the lifetime in seconds.
    pub expires_in: String,
    /// Part of the lifetime after which a new token is fetched, in percent.
    pub refresh_percent: u8,
}

/// Where unknown keys may be fetched from.
#[derive(Clone, Debug)]
pub struct FetchSpec {
    /// The wire value that names the address; None: the host knows where to look the key id up.
    pub url: Option<Part>,
    /// Exact host names, or `*.paypal.com`.
    pub hosts: Vec<String>,
    /// The fetched certificate must carry one of these names.
    pub certificate_names: Vec<String>,
}

/// A message that needs an answer instead of a verdict.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// For people.
    pub about: String,
    /// Which messages.
    pub when: Condition,
    /// Further: this JSON member has this text; numbers and booleans as they are spelled.
    pub json: Option<(String, String)>,
    /// Whether the message must be verified first.
    pub signed: bool,
    /// Content-Type of the answer.
    pub content_type: String,
    /// Body of the answer.
    pub answer: Vec<Part>,
}

/// How strict the target must be when signing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TargetRule {
    /// `strict` (default where path, query or target are signed): starts with `/`, no blank or character that is never sent as it is, no dot segments, no fragment.
    #[default]
    Strict,
    /// `any`: only control characters are refused.
    Any,
}

/// An opt-in departure that some real client uses; never widens what is accepted otherwise.
#[derive(Clone, Debug)]
pub struct Variant {
    /// `query-raw`
    pub name: String,
    /// For people.
    pub about: Option<String>,
    /// Lets that are replaced.
    pub lets: Vec<(LetId, Part)>,
    /// Fields that are replaced, by name.
    pub fields: Vec<Field>,
    /// Another signing key.
    pub sign_key: Option<Part>,
    /// Another verifying key.
    pub verify_key: Option<Part>,
    /// Another time.
    pub timestamp: Option<TimestampSpec>,
    /// Where it stands.
    pub line: Line,
}

/// The time that a scheme carries.
#[derive(Clone, Debug)]
pub struct TimestampSpec {
    /// How it is written.
    pub format: TimeFormat,
    /// How it may be written by others.
    pub accept: Vec<TimeFormat>,
    /// Seconds that a message may be older or newer than the clock.
    pub tolerance_seconds: u32,
    /// Who says so.
    pub tolerance_by: ToleranceBy,
}

/// Whose tolerance it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToleranceBy {
    /// The provider documents it.
    Provider,
    /// paysig's own default, 300 s: the provider documents none.
    Paysig,
}

impl Content {
    /// The holes of the value or of all items.
    pub fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        let (templates, covered): (Vec<&Template>, _) = match self {
            Content::Template(template) => (vec![template], None),
            Content::Items(items) => (items.entries.iter().map(|(_, t)| t).collect(), None),
            Content::Covered(covered) => (Vec::new(), Some(covered)),
        };
        let holes = templates.into_iter().flat_map(Template::holes);
        holes.chain(covered.into_iter().flat_map(Covered::holes))
    }

    /// Whether the signature stands in it.
    pub fn has_signature(&self) -> bool {
        self.holes().any(|hole| hole == Hole::Signature)
    }
}

impl FlowSpec {
    /// The let's value, where this flow defines it.
    pub fn let_part(&self, id: LetId) -> Option<&Part> {
        self.lets.get(id.0 as usize).and_then(Option::as_ref)
    }
}
