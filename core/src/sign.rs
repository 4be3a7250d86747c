//! Signing: a message in, what must be added to it out.

use crate::credentials::Credentials;
use crate::draft::Draft;
use crate::explain::Explanation;
use crate::plan::keys::{CredentialValues, Material, Operation};
use crate::plan::{Plan, Takes};
use crate::recipe::{Algorithm, Direction, Flow, Place};
use crate::time::UnixMillis;
use crate::{Error, Message, Result, Status};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Everything that signing uses beside the message: nothing is taken from a clock or a random source.
#[derive(Clone, Copy, Default)]
pub struct SignOptions<'a> {
    /// The clock. Needed by schemes that sign a time, unless `timestamp_text` or the message holds it.
    pub now: Option<UnixMillis>,
    /// Message id, nonce or idempotency key; [`Signer::needs_nonce`] says whether the scheme cannot do without.
    pub nonce: Option<&'a str>,
    /// Signed and sent verbatim instead of a time made from `now`; neither parsed nor checked.
    pub timestamp_text: Option<&'a str>,
    /// The payload of schemes that sign one of their own (a JWT): JSON text.
    pub payload: Option<&'a [u8]>,
    /// Seconds until a JWT expires: adds `exp` to the payload.
    pub expires_in: Option<u32>,
    /// Fresh random bytes for RSA blinding, PSS salt and type 2 padding.
    pub seed: Option<&'a [u8; 32]>,
    /// The padding of RSA type 2 encryption, for byte-exact tests.
    pub padding: Option<&'a [u8]>,
}

impl std::fmt::Debug for SignOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOptions")
            .field("now", &self.now)
            .field("nonce", &self.nonce)
            .field("timestamp_text", &self.timestamp_text)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// Signs messages of one flow under one set of credentials. Immutable; share it between threads.
#[derive(Clone)]
pub struct Signer {
    pub(crate) plan: Arc<Plan>,
    pub(crate) credentials: CredentialValues,
    pub(crate) material: Material,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("scheme", &self.plan.recipe.id)
            .field("flow", &self.plan.flow.name())
            .finish_non_exhaustive()
    }
}

impl Signer {
    pub(crate) fn new(plan: Arc<Plan>, given: &Credentials, key_elsewhere: bool) -> Result<Signer> {
        match plan.sign_algorithm() {
            Algorithm::External => {
                return Err(Error::new(
                    Status::Unsupported,
                    format!("{} has no signature to make", plan.recipe.id),
                ));
            }
            Algorithm::RsaType2Decrypt => {
                return Err(Error::new(
                    Status::Unsupported,
                    "this algorithm only verifies",
                ));
            }
            Algorithm::ClientCredentials => {
                return Err(Error::new(
                    Status::Unsupported,
                    format!(
                        "{} obtains its token from an endpoint: use a token session",
                        plan.recipe.id
                    ),
                ));
            }
            _ => {}
        }
        let credentials = CredentialValues::check(&plan, Direction::Sign, given, key_elsewhere)?;
        let material = if key_elsewhere {
            Material::Elsewhere
        } else {
            plan.material(plan.sign_algorithm(), Direction::Sign, &credentials)?
        };
        Ok(Signer {
            plan,
            credentials,
            material,
        })
    }

    /// The scheme's id.
    pub fn scheme_id(&self) -> &str {
        &self.plan.recipe.id
    }

    /// The flow that this signer signs.
    pub fn flow(&self) -> Flow {
        self.plan.flow
    }

    /// Whether signing needs a nonce (a message id) that only the caller can give.
    pub fn needs_nonce(&self) -> bool {
        self.plan.needs_nonce
    }

    /// The options that this flow has a use for; others are refused.
    pub fn takes(&self) -> Takes {
        self.plan.takes
    }

    /// Whether [`SignOptions::seed`] is read: RSA and elliptic curves. Drawing random bytes costs more than an HMAC.
    pub fn needs_seed(&self) -> bool {
        matches!(self.operation(), Ok(Operation::Asymmetric(_)))
    }

    /// Signs one message. What was made (time, nonce) is in [`Signed::used`], so that what is sent is what was signed.
    pub fn sign(&self, message: &Message<'_>, options: &SignOptions<'_>) -> Result<Signed> {
        self.sign_any(message, options)
            .map_err(Error::while_signing)
    }

    fn sign_any(&self, message: &Message<'_>, options: &SignOptions<'_>) -> Result<Signed> {
        if self.plan.spec.each.is_some()
            && let Some(signed) = crate::batch::sign(self, message, options)?
        {
            return Ok(signed);
        }
        self.sign_one(message, options)
    }

    pub(crate) fn sign_one(
        &self,
        message: &Message<'_>,
        options: &SignOptions<'_>,
    ) -> Result<Signed> {
        let mut draft = Draft::empty(self, message, options);
        draft.begin(options)?;
        let signature = draft.signature(options)?;
        draft.place(&signature)?;
        Ok(draft.take_signed())
    }

    /// The first half of signing with a key that lives elsewhere (an HSM, a KMS): which bytes to sign, and by what operation.
    pub fn prepare<'a>(
        &'a self,
        message: &'a Message<'a>,
        options: &'a SignOptions<'a>,
    ) -> Result<Prepared<'a>> {
        let draft = Draft::new(self, message, options).map_err(Error::while_signing)?;
        let to_sign = draft.string_to_sign().map_err(Error::while_signing)?;
        Ok(Prepared { draft, to_sign })
    }

    /// What would be signed, byte by byte, without signing it; of a batch, its first item.
    pub fn explain(&self, message: &Message<'_>, options: &SignOptions<'_>) -> Result<Explanation> {
        let explained = crate::batch::first(&self.plan, message).and_then(|(message, items)| {
            let explanation = Draft::new(self, &message, options)?.explain()?;
            Ok(explanation.of_batch(items))
        });
        explained.map_err(Error::while_signing)
    }

    pub(crate) fn operation(&self) -> Result<Operation> {
        let algorithm = self.plan.sign_algorithm();
        self.plan
            .operation(algorithm)
            .ok_or_else(|| Error::new(Status::Unsupported, "this scheme has no signature to make"))
    }
}

/// A message that is ready but for the signature, made by a key that lives elsewhere.
pub struct Prepared<'a> {
    draft: Draft<'a>,
    to_sign: Vec<u8>,
}

impl Prepared<'_> {
    /// The bytes to sign: the whole string, not its digest.
    pub fn string_to_sign(&self) -> &[u8] {
        &self.to_sign
    }

    /// The algorithm as recipes write it: `hmac-sha256`, `rsa-sha256`, `jws ES512`.
    pub fn algorithm(&self) -> String {
        self.draft.algorithm_name()
    }

    /// Takes the raw signature bytes and gives what must be added to the message.
    pub fn finish(mut self, signature: &[u8]) -> Result<Signed> {
        if signature.is_empty() {
            return Err(Error::field(
                Status::InvalidOption,
                "signature",
                "the signature is empty",
            ));
        }
        if let Operation::Hmac(hash) = self.draft.operation()?
            && signature.len() != hash.output_len()
        {
            return Err(Error::field(
                Status::InvalidOption,
                "signature",
                format!(
                    "the signature must be the raw {} bytes of the MAC",
                    hash.output_len()
                ),
            ));
        }
        let signature = self.draft.finish_outside(&self.to_sign, signature);
        self.draft.place(&signature).map_err(Error::while_signing)?;
        Ok(self.draft.take_signed())
    }
}

/// What signing adds to a message, and everything it used.
#[derive(Clone)]
pub struct Signed {
    pub(crate) plan: Arc<Plan>,
    /// Time text, nonce, key id and the header values.
    pub(crate) text: Vec<u8>,
    pub(crate) used: [Option<Range<usize>>; 3],
    /// Field index and value.
    pub(crate) headers: SmallVec<[(usize, Range<usize>); 6]>,
    pub(crate) target: Option<Vec<u8>>,
    pub(crate) url: Option<String>,
    pub(crate) body: Option<Vec<u8>>,
    /// Field index and JSON text of each member added.
    pub(crate) members: Vec<(usize, String)>,
}

/// The values that signing used, whether given or made.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Used {
    /// The time text as signed.
    pub timestamp: Option<String>,
    /// Message id, nonce or idempotency key.
    pub nonce: Option<String>,
    /// The key id as sent.
    pub key_id: Option<String>,
}

impl Signed {
    /// The headers to add, in the order of the recipe.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().filter_map(|(field, range)| {
            let name = match &self.plan.spec.fields.get(*field)?.place {
                Place::Header(name) => name.as_str(),
                Place::Cookie(_) => "Cookie",
                _ => return None,
            };
            Some((name, self.text.get(range.clone())?))
        })
    }

    /// The value of one added header, any case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// The target to send instead of the message's, where something was added to the query.
    pub fn target(&self) -> Option<&[u8]> {
        self.target.as_deref()
    }

    /// The public URL with the same additions, where the message had one.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The body to send instead of the message's, where members or form fields were added.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The JSON members that were added, as a JSON object: `{"sec_key":"..."}`; none where none was.
    pub fn body_members(&self) -> Option<String> {
        if self.members.is_empty() {
            return None;
        }
        let members: Vec<(&str, &str)> = self
            .members
            .iter()
            .filter_map(
                |(field, value)| match &self.plan.spec.fields.get(*field)?.place {
                    Place::Json(path) => Some((path.as_str(), value.as_str())),
                    _ => None,
                },
            )
            .collect();
        let object = crate::text::json_edit::insert_members(b"{}", &members).ok()?;
        String::from_utf8(object).ok()
    }

    /// Time, nonce and key id as used.
    pub fn used(&self) -> Used {
        let text = |used: Cow<'_, [u8]>| crate::text::lossy(&used).into_owned();
        let [timestamp, nonce, key_id] = self.used_text().map(|used| used.map(text));
        Used {
            timestamp,
            nonce,
            key_id,
        }
    }

    /// The same three as the bytes of their UTF-8, borrowed.
    pub fn used_text(&self) -> [Option<Cow<'_, [u8]>>; 3] {
        self.used.each_ref().map(|range| {
            let bytes = self.text.get(range.clone()?)?;
            Some(match bytes.is_ascii() {
                true => Cow::Borrowed(bytes),
                false => Cow::Owned(crate::text::lossy(bytes).into_owned().into_bytes()),
            })
        })
    }
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers().map(|(n, _)| n).collect();
        f.debug_struct("Signed")
            .field("scheme", &self.plan.recipe.id)
            .field("headers", &names)
            .field("target", &self.target.is_some())
            .field("body", &self.body.is_some())
            .finish_non_exhaustive()
    }
}
