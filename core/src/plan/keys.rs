//! Credentials of one key, checked, and the key material made of them once.

use super::{Bound, Cache, Eval, Plan};
use crate::credentials::Credentials;
use crate::crypto::certificate::leaf_key;
use crate::crypto::{Asymmetric, HmacKey, JwsAlg, SigningKey, VerifyingKey};
use crate::recipe::{Algorithm, CredentialId, Direction, Hole, JwsHeaderValue, Part, Source};
use crate::{Error, Message, Result, Status};
use zeroize::Zeroizing;

/// Credential values by [`CredentialId`]; wiped when dropped.
#[derive(Clone, Default)]
pub(crate) struct CredentialValues(Vec<Option<Zeroizing<Vec<u8>>>>);

impl CredentialValues {
    /// The value of a credential, if it was given.
    pub(crate) fn get(&self, id: CredentialId) -> Option<&[u8]> {
        self.0.get(id.0 as usize)?.as_ref().map(|v| &v[..])
    }

    /// The values that the recipe knows, unchecked: for looking into what went wrong.
    pub(crate) fn unchecked(plan: &Plan, given: &Credentials) -> CredentialValues {
        let specs = plan.recipe.credentials.iter();
        let value = |name: &str| given.get(name).map(|v| Zeroizing::new(v.to_vec()));
        CredentialValues(specs.map(|spec| value(&spec.name)).collect())
    }

    /// Values in the order of the recipe.
    pub(crate) fn of(values: impl Iterator<Item = Option<Vec<u8>>>) -> CredentialValues {
        CredentialValues(values.map(|v| v.map(Zeroizing::new)).collect())
    }

    /// How many bytes all values hold.
    pub(super) fn len(&self) -> usize {
        self.0.iter().flatten().map(|value| value.len()).sum()
    }

    /// Replaces one value.
    pub(crate) fn set(&mut self, id: CredentialId, value: impl Into<Zeroizing<Vec<u8>>>) {
        if let Some(slot) = self.0.get_mut(id.0 as usize) {
            *slot = Some(value.into());
        }
    }

    /// Refuses names that the recipe does not know.
    pub(crate) fn check_names(plan: &Plan, given: &Credentials) -> Result<()> {
        let specs = &plan.recipe.credentials;
        let Some(unknown) = given.names().find(|n| specs.iter().all(|s| s.name != *n)) else {
            return Ok(());
        };
        // Who exchanged names and values gave a secret for a name.
        let like_a_name = |b: u8| b.is_ascii_lowercase() || b == b'_' || b == b'-';
        let (field, shown) = match unknown.len() <= 32 && unknown.bytes().all(like_a_name) {
            true => (unknown, unknown),
            false => ("credentials", "of the name that was given"),
        };
        let known: Vec<&str> = specs.iter().map(|s| s.name.as_str()).collect();
        Err(bad(
            field,
            format!(
                "{} has no credential {shown}; it has {}",
                plan.recipe.id,
                known.join(", ")
            ),
        ))
    }

    /// Refuses what [`CredentialValues::check`] refuses before it looks at any value.
    pub(crate) fn check_given(
        plan: &Plan,
        direction: Direction,
        given: &Credentials,
    ) -> Result<()> {
        Self::check_names(plan, given)?;
        let read = read_credentials(plan, direction);
        check_complete(plan, direction, given, false, &read)
    }

    /// Takes over the values that the recipe knows; unknown names, empty values and missing ones are refused.
    pub(crate) fn check(
        plan: &Plan,
        direction: Direction,
        given: &Credentials,
        external_key: bool,
    ) -> Result<CredentialValues> {
        Self::check_names(plan, given)?;
        let read = read_credentials(plan, direction);
        check_complete(plan, direction, given, external_key, &read)?;
        let specs = &plan.recipe.credentials;
        let mut values = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            let is_read = read.contains(&CredentialId(index as u8));
            let value = given.get(&spec.name);
            if let Some(value) = value {
                let name = &spec.name;
                let control = |b: &u8| *b < 0x20 || *b == 0x7f;
                if value.is_empty() && is_read && !(spec.public && spec.optional) {
                    return Err(bad(name, format!("credential {name} is empty")));
                }
                if spec.no_colon && value.contains(&b':') {
                    return Err(bad(
                        name,
                        format!("credential {name} must not hold a colon"),
                    ));
                }
                if spec.no_control && value.iter().any(control) {
                    return Err(bad(
                        name,
                        format!("credential {name} must not hold control characters"),
                    ));
                }
            }
            values.push(value.map(|v| Zeroizing::new(v.to_vec())));
        }
        Ok(CredentialValues(values))
    }
}

fn check_complete(
    plan: &Plan,
    direction: Direction,
    given: &Credentials,
    external_key: bool,
    read: &[CredentialId],
) -> Result<()> {
    for (index, spec) in plan.recipe.credentials.iter().enumerate() {
        let needed = if spec.needed_for.is_empty() {
            read.contains(&CredentialId(index as u8))
        } else {
            spec.needed_for.contains(&(plan.flow, direction))
        };
        let missing = needed && !spec.optional && given.get(&spec.name).is_none();
        if missing && (spec.public || !external_key) {
            return Err(bad(
                &spec.name,
                format!("credential {} is missing", spec.name),
            ));
        }
    }
    Ok(())
}

fn bad(name: &str, why: String) -> Error {
    Error::field(Status::InvalidCredentials, name, why)
}

/// The credentials that a direction of the plan reads.
fn read_credentials(plan: &Plan, direction: Direction) -> Vec<CredentialId> {
    let mut ids: Vec<CredentialId> = plan.spec.key_id.into_iter().collect();
    let mut open: Vec<&Part> = plan.spec.message.iter().collect();
    open.extend(match direction {
        Direction::Sign => &plan.spec.sign_key,
        Direction::Verify => &plan.spec.verify_key,
    });
    let mut lets = Vec::new();
    for field in &plan.spec.fields {
        for hole in field.holes() {
            match hole {
                Hole::Credential(id) => ids.push(id),
                Hole::Let(id) => lets.push(id),
                _ => {}
            }
        }
    }
    open.extend(
        plan.spec
            .jws
            .iter()
            .flat_map(|j| j.claims.iter().map(|(_, part)| part)),
    );
    if let (Some(jws), Direction::Sign) = (&plan.spec.jws, direction) {
        for (_, value) in &jws.header {
            if let JwsHeaderValue::Part(part) = value {
                open.push(part);
            }
        }
    }
    if let Some(token) = &plan.spec.token {
        open.extend(token.headers.iter().flat_map(|(_, parts)| parts));
        open.extend(&token.body);
    }
    for require in &plan.spec.require {
        open.push(&require.value);
        open.extend(&require.equals);
    }
    if direction == Direction::Verify {
        open.extend(plan.spec.handshakes.iter().flat_map(|h| &h.answer));
    }
    let mut seen = Vec::new();
    loop {
        while let Some(part) = open.pop() {
            match part.source {
                Source::Credential(id) => ids.push(id),
                Source::Let(id) => lets.push(id),
                _ => {}
            }
            open.extend(part.children());
        }
        let Some(id) = lets.pop() else {
            return ids;
        };
        if !seen.contains(&id) {
            seen.push(id);
            open.extend(plan.spec.let_part(id));
        }
    }
}

/// What an algorithm works with.
#[derive(Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "the HMAC state is read on every call, so it stands inline"
)]
pub(crate) enum Material {
    /// Prepared inner and outer state.
    Hmac(HmacKey),
    /// The secret stands in the text.
    Keyless,
    Signing(SigningKey),
    Verifying(VerifyingKey),
    #[cfg(feature = "provider-side")]
    Decrypting(crate::crypto::DecryptingKey),
    /// The key itself is sent.
    Token(Zeroizing<Vec<u8>>),
    /// The key depends on the message: computed for each.
    PerMessage,
    /// The key lives elsewhere: `prepare` and `finish` only.
    Elsewhere,
}

/// The plain operation behind an algorithm of a recipe.
pub(crate) enum Operation {
    Hmac(crate::crypto::Hash),
    Digest(crate::crypto::Hash),
    Asymmetric(Asymmetric),
    Decrypt,
    Token,
}

impl Plan {
    /// The plain operation behind an algorithm; none where there is nothing to compute.
    pub(crate) fn operation(&self, algorithm: Algorithm) -> Option<Operation> {
        Some(match algorithm {
            Algorithm::Hmac(hash) => Operation::Hmac(hash),
            Algorithm::Digest(hash) => Operation::Digest(hash),
            Algorithm::Asymmetric(a) => Operation::Asymmetric(a),
            Algorithm::RsaType2Decrypt => Operation::Decrypt,
            Algorithm::Jws => match jws_hash(self.spec.jws.as_ref()?.alg) {
                Ok(hash) => Operation::Hmac(hash),
                Err(asymmetric) => Operation::Asymmetric(asymmetric),
            },
            Algorithm::Token | Algorithm::Basic | Algorithm::ClientCredentials => Operation::Token,
            Algorithm::External => return None,
        })
    }

    /// Makes the key material of one set of credentials for one algorithm.
    pub(crate) fn material(
        &self,
        algorithm: Algorithm,
        direction: Direction,
        credentials: &CredentialValues,
    ) -> Result<Material> {
        let key = match direction {
            Direction::Sign => &self.spec.sign_key,
            Direction::Verify => &self.spec.verify_key,
        };
        let Some(operation) = self.operation(algorithm) else {
            return Ok(Material::Keyless);
        };
        if matches!(operation, Operation::Digest(_)) {
            return Ok(Material::Keyless);
        }
        let Some(part) = key else {
            return Err(Error::new(
                Status::InvalidRecipe,
                format!("{} {} names no key", self.recipe.id, self.flow.name()),
            ));
        };
        if !self.is_static(part, 0) {
            return Ok(Material::PerMessage);
        }
        let nothing = Message::new("", "", &[], b"");
        let bound = Bound::default();
        let cache = Cache::default();
        let eval = Eval::new(self, &nothing, credentials, &bound, &cache).of_credentials();
        self.material_for(&eval, part, &operation, direction)
    }

    /// Makes key material with a message at hand.
    pub(crate) fn material_for(
        &self,
        eval: &Eval<'_, '_>,
        part: &Part,
        operation: &Operation,
        direction: Direction,
    ) -> Result<Material> {
        let name = self.key_name(part);
        let mut value = eval.value(part)?;
        if value.bytes.is_empty() {
            // Made of a credential and the message, and credentials are not empty: the message is at fault.
            if !self.is_static(part, 0) {
                let status = match direction {
                    Direction::Sign => Status::InvalidMessage,
                    Direction::Verify => Status::MalformedField,
                };
                return Err(Error::field(
                    status,
                    self.message_label(part),
                    "the value that the key is made of is empty",
                ));
            }
            return Err(bad(
                &name,
                format!("the key made of credential {name} is empty"),
            ));
        }
        let wrong = |e: crate::crypto::KeyError| bad(&name, format!("credential {name}: {e}"));
        Ok(match (operation, direction) {
            (Operation::Hmac(hash), _) => Material::Hmac(HmacKey::new(*hash, &value.bytes)),
            (Operation::Asymmetric(a), Direction::Sign) => {
                Material::Signing(SigningKey::parse(*a, &value.bytes).map_err(wrong)?)
            }
            (Operation::Asymmetric(a), Direction::Verify) => {
                let names = self.spec.fetch.as_ref().map(|f| &f.certificate_names);
                if names.is_some_and(|names| !names.is_empty()) {
                    // The certificate that is judged must be the one whose key counts.
                    value.bytes = leaf_key(&value.bytes).map_err(wrong)?;
                }
                Material::Verifying(VerifyingKey::parse(*a, &value.bytes).map_err(wrong)?)
            }
            #[cfg(feature = "provider-side")]
            (Operation::Decrypt, Direction::Verify) => Material::Decrypting(
                crate::crypto::DecryptingKey::parse(&value.bytes).map_err(wrong)?,
            ),
            (Operation::Decrypt, _) => {
                return Err(Error::new(
                    Status::Unsupported,
                    "decrypting requests is the provider's side, which this build leaves out",
                ));
            }
            (Operation::Token, _) => Material::Token(Zeroizing::new(value.take())),
            (Operation::Digest(_), _) => Material::Keyless,
        })
    }

    /// Whether a key is made of credentials and literals only.
    fn is_static(&self, part: &Part, depth: u32) -> bool {
        if depth > 32 {
            return false;
        }
        let own = match &part.source {
            Source::Literal(_) | Source::Credential(_) | Source::KeyId | Source::Group(_) => true,
            Source::Let(id) => self
                .spec
                .let_part(*id)
                .is_some_and(|p| self.is_static(p, depth + 1)),
            _ => false,
        };
        own && part.when.is_none() && part.children().iter().all(|c| self.is_static(c, depth + 1))
    }

    /// The part of the message that a key is made of, for errors.
    fn message_label(&self, part: &Part) -> String {
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if let Source::Let(id) = part.source {
                open.extend(self.spec.let_part(id));
            } else if !matches!(part.source, Source::Group(_)) && part.reads_message() {
                return self.field_of(part);
            }
            open.extend(part.children());
        }
        "key".to_owned()
    }

    /// The credential that a key is made of, for errors.
    fn key_name(&self, part: &Part) -> String {
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if let Source::Credential(id) = part.source {
                return self.recipe.credential_name(id).to_owned();
            }
            open.extend(part.children());
            if let Source::Let(id) = part.source {
                open.extend(self.spec.let_part(id));
            }
        }
        "key".to_owned()
    }
}

fn jws_hash(alg: JwsAlg) -> std::result::Result<crate::crypto::Hash, Asymmetric> {
    match (alg.hmac(), alg.asymmetric()) {
        (Some(hash), _) => Ok(hash),
        (None, Some(asymmetric)) => Err(asymmetric),
        (None, None) => Ok(crate::crypto::Hash::Sha256),
    }
}
