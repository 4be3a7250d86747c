//! One flow of a recipe, its time, variants, demands and the settings that only some schemes have.

use super::{AlgorithmRule, Condition, CredentialId, Field, JwsSpec, LetId, Line, Part};
use crate::Status;
use crate::crypto::Encoding;
use crate::time::TimeFormat;

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

impl FlowSpec {
    /// The let's value, where this flow defines it.
    pub fn let_part(&self, id: LetId) -> Option<&Part> {
        self.lets.get(id.0 as usize).and_then(Option::as_ref)
    }
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

/// A batch: an array of separately signed items.
#[derive(Clone, Debug)]
pub struct Each {
    /// Dotted path of the array. Absent from the body: the body is one bare item.
    pub path: String,
    /// Member of each element that is the item; None: the element itself.
    pub item: Option<String>,
    /// Index of `path` among the plan's JSON paths; none before the plan is made.
    pub slot: Option<usize>,
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
    /// Further: there is no such JSON member.
    pub without: Option<String>,
    /// Whether the message must be verified first.
    pub signed: bool,
    /// Content-Type of the answer.
    pub content_type: String,
    /// Body of the answer.
    pub answer: Vec<Part>,
}
