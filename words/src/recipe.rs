//! A recipe's pieces in words.

use paysig::crypto::cipher::Cipher;
use paysig::crypto::{Asymmetric, Curve, EcdsaForm};
use paysig::recipe::{
    Algorithm, AlgorithmRule, Condition, Content, CredentialId, EvidenceKind, Field, FlowSpec,
    Handshake, HeaderSelect, Hole, LetId, Part, PathForm, Piece, Place, QueryForm, Recipe,
    SortedFrom, Source, Step, Template, UrlForm,
};

use crate::escape::visible;

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", visible(bytes))
}

/// The parts one after the other.
pub fn parts(recipe: &Recipe, flow: &FlowSpec, list: &[Part]) -> String {
    let words: Vec<String> = list.iter().map(|p| part(recipe, flow, p)).collect();
    words.join(" + ")
}

/// What a flow signs; a JWT's payload with the claims that the recipe makes of the message.
pub fn signed(recipe: &Recipe, flow: &FlowSpec) -> String {
    let mut text = parts(recipe, flow, &flow.message);
    let claims = flow.jws.iter().flat_map(|jws| &jws.claims);
    let claims: Vec<String> = claims
        .map(|(name, claim)| format!("{name} = {}", part(recipe, flow, claim)))
        .collect();
    if !claims.is_empty() {
        text.push_str(&format!(" with the claims {}", claims.join(", ")));
    }
    text
}

/// One part with its pipeline: `base64(sha512(credential api_password))`.
pub fn part(recipe: &Recipe, flow: &FlowSpec, part: &Part) -> String {
    let mut text = source(recipe, flow, &part.source);
    for step in &part.then {
        text = step_of(recipe, flow, step, &text);
    }
    match &part.when {
        Some(when) => format!("[{text} {}]", condition(when)),
        None => text,
    }
}

fn source(recipe: &Recipe, flow: &FlowSpec, source: &Source) -> String {
    let or = |missing: &Option<Box<[u8]>>| match missing {
        Some(text) => format!(" (or {})", quoted(text)),
        None => String::new(),
    };
    match source {
        Source::Literal(bytes) => quoted(bytes),
        Source::Method => "method".into(),
        Source::Path(form) => match form {
            PathForm::Raw => "path".into(),
            PathForm::Decoded => "percent-decoded path".into(),
            PathForm::Aws => "path, percent-encoded again".into(),
            PathForm::AwsS3 => "path, percent-encoded once".into(),
        },
        Source::Query { form, lead } => {
            let form = match form {
                QueryForm::Raw => "query",
                QueryForm::Decoded => "percent-decoded query",
                QueryForm::Form => "form-decoded query",
                QueryForm::Sorted => "re-encoded, sorted query",
            };
            match lead.is_empty() {
                true => form.into(),
                false => format!("{} and {form} if there is one", quoted(lead)),
            }
        }
        Source::Target => "path and query".into(),
        Source::Url(form) => match form {
            UrlForm::Full => "public URL",
            UrlForm::Scheme => "the public URL's scheme",
            UrlForm::Authority => "the public URL's host and port",
            UrlForm::Host => "the public URL's host",
            UrlForm::NoQuery => "public URL without query",
        }
        .into(),
        Source::Header { name, missing } => format!("header {name}{}", or(missing)),
        Source::Headers(block) => match &block.select {
            HeaderSelect::Prefix(prefix) => format!("every header {prefix}*, sorted"),
            HeaderSelect::List { names, .. } => {
                format!("the headers named in {}", part(recipe, flow, names))
            }
        },
        Source::HeaderNames(names) => {
            let mut all = names.list.clone();
            all.extend(names.prefix.iter().map(|p| format!("{p}*")));
            format!("the names of the headers present of {}", all.join(", "))
        }
        Source::Body => "body".into(),
        Source::CanonicalJson { style, from, drop } => {
            let of = match from {
                Some(from) => part(recipe, flow, from),
                None => "body".into(),
            };
            match drop.is_empty() {
                true => format!("{of} as {} JSON", style.name()),
                false => format!("{of} as {} JSON without {}", style.name(), drop.join(", ")),
            }
        }
        Source::Json(json) => match &json.from {
            Some(from) => format!("json {} of {}", json.path, part(recipe, flow, &from.0)),
            None => format!("json {}{}", json.path, or(&json.missing)),
        },
        Source::Leaves(_) => "every scalar of the JSON body, sorted by path".into(),
        Source::Form { name, missing } => format!("form {name}{}", or(missing)),
        Source::QueryField { name, missing } => format!("query {name}{}", or(missing)),
        Source::Sorted(sorted) => {
            let from = match sorted.from {
                SortedFrom::Form => "form fields",
                SortedFrom::Query => "query fields",
                SortedFrom::QueryAndForm => "query and form fields",
                SortedFrom::Json => "top-level JSON members",
            };
            format!("{from}, sorted by name")
        }
        Source::Timestamp(None) => "timestamp".into(),
        Source::Timestamp(Some(format)) => format!("timestamp as {format}"),
        Source::Nonce => "nonce".into(),
        Source::KeyId => "key id".into(),
        Source::Credential(id) => format!("credential {}", recipe.credential_name(*id)),
        Source::Payload => "payload".into(),
        Source::JwsHeader(name) => format!("JWS header {name}"),
        Source::Claim(name) => format!("claim {name}"),
        Source::SignatureInput(input) => {
            let names = input.components.join(", ");
            let params: Vec<&str> = input.params.iter().map(|p| p.name()).collect();
            let body = match input.with_body.is_empty() {
                true => String::new(),
                false => format!(", with a body {}", input.with_body.join(", ")),
            };
            format!("({names}{body}; {})", params.join(", "))
        }
        Source::SignatureBase(input) => {
            format!("RFC 9421 signature base of {}", part(recipe, flow, input))
        }
        Source::Let(id) => match flow.let_part(*id) {
            Some(value) => part(recipe, flow, value),
            None => recipe.let_name(*id).to_owned(),
        },
        Source::Group(list) => match list.is_empty() {
            true => "nothing".into(),
            false => parts(recipe, flow, list),
        },
    }
}

fn step_of(recipe: &Recipe, flow: &FlowSpec, step: &Step, on: &str) -> String {
    let call = |name: &str| format!("{name}({on})");
    match step {
        Step::Upper => call("upper"),
        Step::Lower => call("lower"),
        Step::Trim => call("trim"),
        Step::StripWhiteSpace => call("strip-white-space"),
        Step::Reverse => call("reverse"),
        Step::Hash(hash) => call(hash.name()),
        Step::Crc32Decimal => call("crc32"),
        Step::Encode(encoding) => call(encoding.name()),
        Step::Decode(encoding) => call(&format!("{}-decode", encoding.name())),
        Step::JsonStringEscape => call("json-string-escape"),
        Step::JsonStringEscapeNet => call("json-string-escape-net"),
        Step::PercentEncode => call("percent-encode"),
        Step::PercentDecode => call("percent-decode"),
        Step::PercentDecodeOnly(bytes) => {
            format!("({on} with only {} percent-decoded)", quoted(bytes))
        }
        Step::DecimalInteger => call("decimal-integer"),
        Step::Decimals(digits) => call(&format!("decimals-{digits}")),
        Step::Only { class, min, max } => {
            format!("({on}, {min} to {max} of {})", class.name())
        }
        Step::Latin1ToUtf8 => call("latin1-to-utf8"),
        Step::StripPrefix { prefix, .. } => format!("({on} without the prefix {})", quoted(prefix)),
        Step::StripSuffix { suffix, .. } => format!("({on} without the suffix {})", quoted(suffix)),
        Step::CurrencyDecimals(currency) => format!(
            "({on} with the decimals of {})",
            parts(recipe, flow, currency)
        ),
        Step::RemoveFirst(text) => format!("({on} without the first {})", quoted(text)),
        Step::Take(bytes) => format!("(the first {bytes} bytes of {on})"),
        Step::AfterLast(text) => format!("({on} after the last {})", quoted(text)),
        Step::Piece { index, separator } => {
            format!("(piece {} of {on} at {})", index + 1, quoted(separator))
        }
        Step::HmacAsKey { hash, data } => {
            format!(
                "hmac-{}(key {on}, {})",
                hash.name(),
                parts(recipe, flow, data)
            )
        }
        Step::HmacAsData { hash, key } => {
            format!(
                "hmac-{}(key {}, {on})",
                hash.name(),
                parts(recipe, flow, key)
            )
        }
        Step::CipherAsKey { cipher, data } => {
            let name = match cipher {
                Cipher::Des3 => "3des-cbc",
                Cipher::Aes128 => "aes128-cbc",
            };
            format!("{name}(key {on}, {})", parts(recipe, flow, data))
        }
    }
}

/// `when the method is POST`.
pub fn condition(when: &Condition) -> String {
    format!("when {}", conditions(when).join(" and "))
}

/// Which messages are an endpoint check, and whether they are signed: `when the body's type is "ping"; signed`.
pub fn handshake(handshake: &Handshake) -> String {
    let mut all = conditions(&handshake.when);
    if let Some((path, text)) = &handshake.json {
        all.push(format!("the body's {path} is {text:?}"));
    }
    if let Some(path) = &handshake.without {
        all.push(format!("the body has no {path}"));
    }
    let signed = if handshake.signed {
        "signed"
    } else {
        "not signed"
    };
    match all.is_empty() {
        true => signed.to_owned(),
        false => format!("when {}; {signed}", all.join(" and ")),
    }
}

fn conditions(when: &Condition) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(methods) = &when.method {
        all.push(format!("the method is {}", methods.join(" or ")));
    }
    let mut whether = |flag: Option<bool>, yes: &str, no: &str| {
        if let Some(flag) = flag {
            all.push(if flag { yes } else { no }.to_owned());
        }
    };
    whether(when.form, "the body is a form", "the body is no form");
    whether(when.body, "there is a body", "there is no body");
    if let Some(name) = &when.query {
        all.push(format!("the query has {name}"));
    }
    if let Some(name) = &when.no_query {
        all.push(format!("the query has no {name}"));
    }
    if let Some(name) = &when.header {
        all.push(format!("there is a header {name}"));
    }
    if let Some(name) = &when.no_header {
        all.push(format!("there is no header {name}"));
    }
    all
}

/// A field as it stands on the wire: `Authorization: D24 {signature}`.
pub fn field(recipe: &Recipe, field: &Field) -> String {
    let value = match &field.content {
        Content::Template(t) => template(recipe, t),
        Content::Items(items) => {
            let entries: Vec<String> = items
                .entries
                .iter()
                .map(|(key, t)| {
                    let value = template(recipe, t);
                    let kv = visible(&items.kv);
                    match items.quoted {
                        true => format!("{key}{kv}\"{value}\""),
                        false => format!("{key}{kv}{value}"),
                    }
                })
                .collect();
            format!(
                "{}{}",
                visible(&items.lead),
                entries.join(&visible(&items.item))
            )
        }
        Content::Covered(covered) => {
            format!("{}={{{}}}", covered.label, recipe.let_name(covered.input))
        }
    };
    let mut text = format!("{}: {value}", field.place.label());
    if !field.or.is_empty() {
        text.push_str(&format!(" (read also from {})", field.or.join(", ")));
    }
    if let Some(when) = &field.when {
        text.push_str(&format!(" ({})", condition(when)));
    } else if field.optional {
        text.push_str(" (optional)");
    }
    text
}

fn template(recipe: &Recipe, template: &Template) -> String {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(bytes) => visible(bytes),
            Piece::Hole(hole, _) => format!(
                "{{{}}}",
                match hole {
                    Hole::Signature => "signature".to_owned(),
                    Hole::Timestamp(None) => "timestamp".to_owned(),
                    Hole::Timestamp(Some(format)) => format!("timestamp as {format}"),
                    Hole::Nonce => "nonce".to_owned(),
                    Hole::KeyId => "key id".to_owned(),
                    Hole::Credential(id) => recipe.credential_name(*id).to_owned(),
                    Hole::Let(id) => recipe.let_name(*id).to_owned(),
                    Hole::Algorithm => "algorithm".to_owned(),
                }
            ),
        })
        .collect()
}

/// The algorithm of a flow.
pub fn algorithm(flow: &FlowSpec) -> String {
    match &flow.algorithm {
        AlgorithmRule::Fixed { sign, verify } if sign == verify => algorithm_name(flow, *sign),
        AlgorithmRule::Fixed { sign, verify } => format!(
            "{} to sign, {} to verify",
            algorithm_name(flow, *sign),
            algorithm_name(flow, *verify)
        ),
        AlgorithmRule::Named { map, .. } => {
            let names: Vec<String> = map
                .iter()
                .map(|(name, a)| format!("{name} = {}", algorithm_name(flow, *a)))
                .collect();
            format!("named by the sender, one of {}", names.join(", "))
        }
    }
}

fn algorithm_name(flow: &FlowSpec, algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Hmac(hash) => format!("HMAC with {}", hash.name()),
        Algorithm::Digest(hash) => format!("{} over text that holds the secret", hash.name()),
        Algorithm::Asymmetric(a) => asymmetric(a),
        Algorithm::RsaType2Decrypt => "RSA decryption of a type-2 block".into(),
        Algorithm::Jws => match &flow.jws {
            Some(jws) => format!(
                "JWS {}{}",
                jws.alg.name(),
                if jws.detached {
                    ", payload detached"
                } else {
                    ""
                }
            ),
            None => "JWS".into(),
        },
        Algorithm::Token => "none: the token itself is sent".into(),
        Algorithm::Basic => "none: HTTP Basic, user name and password are sent".into(),
        Algorithm::ClientCredentials => {
            "none: a bearer token from a token endpoint (OAuth 2 client credentials)".into()
        }
        Algorithm::External => "outside of the message; nothing here can be verified".into(),
    }
}

fn asymmetric(algorithm: Asymmetric) -> String {
    match algorithm {
        Asymmetric::RsaPkcs1(hash) => format!("RSA PKCS#1 v1.5 with {}", hash.name()),
        Asymmetric::RsaPss(hash) => format!("RSA-PSS with {}", hash.name()),
        Asymmetric::Ecdsa(curve, hash, form) => {
            let curve = match curve {
                Curve::P256 => "P-256",
                Curve::P384 => "P-384",
                Curve::P521 => "P-521",
                Curve::Secp256k1 => "secp256k1",
            };
            let form = match form {
                EcdsaForm::Der => "DER",
                EcdsaForm::P1363 => "r and s joined",
            };
            format!("ECDSA {curve} with {}, {form}", hash.name())
        }
        Asymmetric::Ed25519 => "Ed25519".into(),
        Asymmetric::RsaType1 => "RSA type-1 block over the text itself (no DigestInfo)".into(),
        Asymmetric::RsaType2 => "RSA PKCS#1 v1.5 encryption of the text".into(),
    }
}

/// What a recipe was checked against.
pub fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::OfficialVector => "reproduces values that the provider published",
        EvidenceKind::SdkRun => "agrees with the provider's SDK, which was run",
        EvidenceKind::SdkRead => "read in the provider's SDK",
        EvidenceKind::Documents => "read in the provider's documents",
        EvidenceKind::Integrations => "read in independent integrations",
        EvidenceKind::Unconfirmed => "UNCONFIRMED: nothing confirms this reading",
    }
}

/// What a flow's string to sign reads of the message, and what not.
#[derive(Default)]
pub struct Reach {
    method: bool,
    path: bool,
    query: bool,
    headers: Vec<String>,
    body: bool,
    members: Vec<String>,
    timestamp: bool,
    nonce: bool,
    key_id: bool,
    credentials: Vec<CredentialId>,
    lets: Vec<LetId>,
}

impl Reach {
    /// Of a flow.
    pub fn of(flow: &FlowSpec) -> Self {
        let mut reach = Reach::default();
        let claims = flow.jws.iter().flat_map(|jws| &jws.claims);
        let signed = flow.message.iter().chain(claims.map(|(_, part)| part));
        signed.for_each(|p| reach.add(flow, p));
        for field in &flow.fields {
            reach.add_field(flow, field);
        }
        reach
    }

    fn add(&mut self, flow: &FlowSpec, part: &Part) {
        if part.is_cut() {
            return;
        }
        match &part.source {
            Source::Method => self.method = true,
            Source::Path(_) | Source::Url(UrlForm::NoQuery) => self.path = true,
            Source::Query { .. } => self.query = true,
            Source::Target | Source::Url(UrlForm::Full) => (self.path, self.query) = (true, true),
            Source::Header { name, .. } => self.headers.push(name.clone()),
            Source::Headers(block) => self.headers.push(match &block.select {
                HeaderSelect::Prefix(prefix) => format!("{prefix}*"),
                HeaderSelect::List { .. } => "those it names".into(),
            }),
            Source::Body | Source::Leaves(_) | Source::CanonicalJson { from: None, .. } => {
                self.body = true;
            }
            Source::Sorted(sorted) => match sorted.from {
                SortedFrom::Query => self.query |= sorted.prefix.is_empty(),
                _ if !sorted.prefix.is_empty() => {
                    let prefixes = sorted.prefix.iter().map(|prefix| format!("{prefix}*"));
                    self.members.extend(prefixes);
                }
                SortedFrom::Form | SortedFrom::Json => self.body = true,
                SortedFrom::QueryAndForm => (self.query, self.body) = (true, true),
            },
            Source::Json(json) if json.from.is_none() => self.members.push(json.path.clone()),
            Source::Form { name, .. } => self.members.push(name.clone()),
            Source::QueryField { .. } => self.query = true,
            Source::Timestamp(_) => self.timestamp = true,
            Source::Nonce => self.nonce = true,
            Source::KeyId => self.key_id = true,
            Source::Credential(id) => self.credentials.push(*id),
            Source::SignatureInput(input) => {
                for name in input.components.iter().chain(&input.with_body) {
                    match name.split(';').next().unwrap_or_default() {
                        "@method" => self.method = true,
                        "@path" => self.path = true,
                        "@query" => self.query = true,
                        "@request-target" | "@target-uri" => (self.path, self.query) = (true, true),
                        "content-digest" => self.body = true,
                        name if !name.starts_with('@') => self.headers.push(name.to_owned()),
                        _ => {}
                    }
                }
                self.timestamp = true;
                self.key_id = true;
            }
            Source::Let(id) => {
                self.lets.push(*id);
                if let Some(value) = flow.let_part(*id) {
                    self.add(flow, value);
                }
            }
            _ => {}
        }
        for child in part.whole_children() {
            self.add(flow, child);
        }
    }

    /// A field whose value is signed as the value that it carries: the time in X-Date.
    fn add_field(&mut self, flow: &FlowSpec, field: &Field) {
        let templates: Vec<&Template> = match &field.content {
            Content::Template(t) => vec![t],
            Content::Items(items) => items.entries.iter().map(|(_, t)| t).collect(),
            Content::Covered(_) => return,
        };
        let mut holes = templates
            .iter()
            .flat_map(|t| &t.pieces)
            .filter_map(|piece| match piece {
                Piece::Hole(hole, _) => Some(hole),
                Piece::Literal(_) => None,
            });
        let signed = |hole: &Hole| match hole {
            Hole::Timestamp(_) => self.timestamp,
            Hole::Nonce => self.nonce,
            Hole::KeyId => {
                self.key_id || flow.key_id.is_some_and(|id| self.credentials.contains(&id))
            }
            Hole::Credential(id) => self.credentials.contains(id),
            Hole::Let(id) => self.lets.contains(id),
            Hole::Signature | Hole::Algorithm => false,
        };
        if !holes.all(signed) {
            return;
        }
        match &field.place {
            Place::Header(name) => self.headers.push(name.to_ascii_lowercase()),
            Place::Json(name) | Place::Form(name) => self.members.push(name.clone()),
            Place::Query(_) | Place::Cookie(_) => {}
        }
    }

    /// What is not covered.
    pub fn open(&self) -> String {
        let mut open = Vec::new();
        for (covered, name) in [
            (self.method, "method"),
            (self.path, "path"),
            (self.query, "query"),
        ] {
            if !covered {
                open.push(name.to_owned());
            }
        }
        if !self.body {
            open.push(match self.members.is_empty() {
                true => "BODY".to_owned(),
                false => format!("body members other than {}", self.members.join(", ")),
            });
        }
        open.push(match self.headers.is_empty() {
            true => "headers".to_owned(),
            false => format!("headers other than {}", self.headers.join(", ")),
        });
        open.join(", ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Reach;
    use paysig::{Flow, Scheme};

    #[test]
    fn what_is_cut_is_open() {
        let open = |body: &str| {
            let text = format!(
                "id = \"x\"\nname = \"X\"\n[credentials]\nsecret = {{}}\n[webhook]\nalgorithm = \"hmac-sha256\"\n\
                 key = {{ credential = \"secret\" }}\nencoding = \"hex\"\nmessage = [{{ method = true }}, {body}]\n\
                 field = [{{ header = \"S\", value = [{{ signature = true }}] }}]\n"
            );
            let scheme = Scheme::from_toml(&text, "x.toml").unwrap();
            Reach::of(scheme.recipe().flow(Flow::Webhook).unwrap()).open()
        };
        for cut in [
            "{ body = \"raw\", then = [{ take = 4 }] }",
            "{ body = \"raw\", then = [{ after-last = \".\" }] }",
            "{ group = [{ json = \"a\" }], then = [{ piece = 0, of = \".\" }] }",
            "{ json = \"a\", from = { header = \"X\" } }",
        ] {
            assert_eq!(open(cut), "path, query, BODY, headers", "{cut}");
        }
        let some = "{ sorted = { from = \"form\", prefix = [\"x_\"] } }";
        assert_eq!(
            open(some),
            "path, query, body members other than x_*, headers"
        );
        let whole = "{ body = \"raw\", then = [\"lower\"] }";
        assert_eq!(open(whole), "path, query, headers");
    }
}
