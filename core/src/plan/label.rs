//! What parts and steps are called in errors, explanations and reports.

use super::Plan;
use crate::recipe::{Part, PathForm, QueryForm, Source, Step, UrlForm};

impl Part {
    /// Whether the value comes from the message (not only from credentials and the recipe).
    pub(crate) fn reads_message(&self) -> bool {
        match &self.source {
            Source::Literal(_) | Source::Credential(_) | Source::KeyId => false,
            Source::Group(parts) => parts.iter().any(Part::reads_message),
            _ => true,
        }
    }

    /// Whether this part itself reads the body.
    pub(crate) fn reads_body(&self) -> bool {
        match &self.source {
            Source::Body | Source::Leaves(_) | Source::Form { .. } => true,
            Source::CanonicalJson { from, .. } => from.is_none(),
            Source::Json(json) => json.from.is_none(),
            Source::Sorted(sorted) => sorted.from != crate::recipe::SortedFrom::Query,
            _ => false,
        }
    }
}

impl Plan {
    /// What errors call the place that a part reads: `X-Date`, `json:amount.value`, `form:hash`, a credential's name.
    pub(crate) fn field_of(&self, part: &Part) -> String {
        match &part.source {
            Source::Header { name, .. } => name.clone(),
            Source::Json(json) => format!("json:{}", json.path),
            Source::Form { name, .. } => format!("form:{name}"),
            Source::QueryField { name, .. } => format!("query:{name}"),
            Source::JwsHeader(name) => format!("jws:{name}"),
            Source::Credential(id) => self.recipe.credential_name(*id).to_owned(),
            _ => self.label(part),
        }
    }

    /// A part's name: `method`, `header content-type`, `json amount.value`, `let canonical`.
    pub(crate) fn label(&self, part: &Part) -> String {
        match &part.source {
            Source::Literal(_) => "literal".into(),
            Source::Method => "method".into(),
            Source::Path(PathForm::Raw) => "path".into(),
            Source::Path(PathForm::Decoded) => "path, percent-decoded".into(),
            Source::Path(_) => "path, AWS form".into(),
            Source::Query { form, .. } => match form {
                QueryForm::Raw => "query".into(),
                QueryForm::Decoded => "query, percent-decoded".into(),
                QueryForm::Form => "query, form-decoded".into(),
                QueryForm::Sorted => "query, sorted".into(),
            },
            Source::Target => "target".into(),
            Source::Url(UrlForm::Full) => "url".into(),
            Source::Url(UrlForm::Scheme) => "url scheme".into(),
            Source::Url(UrlForm::Authority) => "url authority".into(),
            Source::Url(UrlForm::Host) => "url host".into(),
            Source::Url(UrlForm::NoQuery) => "url without query".into(),
            Source::Header { name, .. } => format!("header {name}"),
            Source::Headers(_) => "headers".into(),
            Source::HeaderNames(_) => "header names".into(),
            Source::Body => "body".into(),
            Source::CanonicalJson { style, .. } => format!("body as JSON, {}", style.name()),
            Source::Json(json) => format!("json {}", json.path),
            Source::Leaves(_) => "json leaves".into(),
            Source::Form { name, .. } => format!("form {name}"),
            Source::QueryField { name, .. } => format!("query {name}"),
            Source::Sorted(_) => "sorted fields".into(),
            Source::Timestamp(None) => "timestamp".into(),
            Source::Timestamp(Some(format)) => format!("timestamp as {}", format.name()),
            Source::Nonce => "nonce".into(),
            Source::KeyId => "key id".into(),
            Source::Credential(id) => format!("credential {}", self.recipe.credential_name(*id)),
            Source::Payload => "payload".into(),
            Source::JwsHeader(name) => format!("jws header {name}"),
            Source::Claim(path) => format!("claim {path}"),
            Source::SignatureInput(_) => "signature input".into(),
            Source::SignatureBase(_) => "signature base".into(),
            Source::Let(id) => self.recipe.let_name(*id).to_owned(),
            Source::Group(_) => "group".into(),
        }
    }
}

impl Step {
    /// The name as recipes write it.
    pub fn name(&self) -> &'static str {
        use crate::crypto::Encoding;
        match self {
            Step::Upper => "upper",
            Step::Lower => "lower",
            Step::Trim => "trim",
            Step::StripWhiteSpace => "strip-white-space",
            Step::Reverse => "reverse",
            Step::Hash(hash) => hash.name(),
            Step::Crc32Decimal => "crc32-decimal",
            Step::Encode(encoding) => encoding.name(),
            Step::Decode(Encoding::Hex | Encoding::HexUpper) => "hex-decode",
            Step::Decode(Encoding::Base64Url | Encoding::Base64UrlPadded) => "base64url-decode",
            Step::Decode(_) => "base64-decode",
            Step::JsonStringEscape => "json-string-escape",
            Step::JsonStringEscapeNet => "json-string-escape-net",
            Step::PercentEncode => "percent-encode",
            Step::PercentDecode => "percent-decode",
            Step::DecimalInteger => "decimal-integer",
            Step::Decimals(_) => "decimals",
            Step::Only { .. } => "only",
            Step::Latin1ToUtf8 => "latin1-to-utf8",
            Step::StripPrefix { .. } => "strip-prefix",
            Step::StripSuffix { .. } => "strip-suffix",
            Step::CurrencyDecimals(_) => "currency-decimals",
            Step::RemoveFirst(_) => "remove-first",
            Step::Take(_) => "take",
            Step::AfterLast(_) => "after-last",
            Step::PercentDecodeOnly(_) => "percent-decode-only",
            Step::Piece { .. } => "piece",
            Step::HmacAsKey { .. } => "hmac-with-this-as-key",
            Step::HmacAsData { .. } => "hmac-of-this",
            Step::CipherAsKey { cipher, .. } => cipher.step(),
        }
    }
}
