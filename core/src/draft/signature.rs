//! What is signed of a draft, and signing it.

use super::Draft;
use crate::crypto::Digest;
use crate::explain::{Explanation, Recorder};
use crate::jws;
use crate::plan::Plan;
use crate::plan::keys::{Material, Operation};
use crate::plan::sink::{Collect, Gather, Sink};
use crate::recipe::{Algorithm, Direction};
use crate::sign::SignOptions;
use crate::{Error, Result, Status};

/// A finished signature in its three forms.
pub(crate) enum Signature {
    Digest(Digest),
    Bytes(Vec<u8>),
    /// Already text: a JWS.
    Text(Vec<u8>),
}

impl Draft<'_> {
    fn gather<S: Sink>(&self, sink: &mut S) -> Result<()> {
        self.with_eval(|eval| eval.fill(sink, |sink| eval.parts(&eval.plan.spec.message, sink)))
    }

    /// What is signed before and after the body, for plans that read it once.
    pub(crate) fn around_body(&self) -> Result<(Collect, Collect)> {
        let plan = &*self.signer.plan;
        self.with_eval(|eval| plan.around_body(eval))
    }

    /// The message part of what is signed, without JWS wrapping.
    fn collected(&self) -> Result<Collect> {
        let mut all = Collect::default();
        self.gather(&mut all)?;
        Ok(all)
    }

    /// The exact bytes under the signature.
    pub(crate) fn string_to_sign(&self) -> Result<Vec<u8>> {
        let mut message = self.collected()?;
        Ok(match (&self.signer.plan.spec.jws, &self.jws_header) {
            (Some(spec), Some(header)) => jws::signing_input(spec, header, &message.bytes),
            _ => message.take(),
        })
    }

    /// Makes the signature.
    pub(crate) fn signature(&self, options: &SignOptions<'_>) -> Result<Signature> {
        let plan = &*self.signer.plan;
        let per_message;
        let material = match &self.signer.material {
            Material::PerMessage => {
                let operation = self.signer.operation()?;
                per_message = self.with_eval(|eval| match &plan.spec.sign_key {
                    Some(part) => plan.material_for(eval, part, &operation, Direction::Sign),
                    None => Err(Error::new(Status::InvalidRecipe, "no key")),
                })?;
                &per_message
            }
            prepared => prepared,
        };
        if plan.spec.jws.is_some() {
            let input = self.string_to_sign()?;
            let raw = sign_bytes(plan, material, &input, options)?;
            return Ok(self.finish_outside(&input, &raw));
        }
        match material {
            Material::Hmac(key) => {
                let mut sink = Gather::new(key);
                self.gather(&mut sink)?;
                Ok(Signature::Digest(sink.finish()))
            }
            Material::Keyless => {
                let Operation::Digest(hash) = self.signer.operation()? else {
                    return Err(Error::new(Status::Internal, "keyless without digest"));
                };
                let mut sink = Gather::new(hash);
                self.gather(&mut sink)?;
                Ok(Signature::Digest(sink.finish()))
            }
            Material::Signing(key) => {
                if let Some(hash) = key.algorithm().prehash() {
                    let mut sink = Gather::new(hash);
                    self.gather(&mut sink)?;
                    let signature = key.sign_digest(&sink.finish(), options.seed);
                    return Ok(Signature::Bytes(signature.map_err(signing_failed)?));
                }
                let message = self.collected()?;
                Ok(Signature::Bytes(sign_bytes(
                    plan,
                    material,
                    &message.bytes,
                    options,
                )?))
            }
            Material::Token(token) => Ok(Signature::Bytes(token.to_vec())),
            _ => Err(Error::new(
                Status::InvalidOption,
                "the key lives elsewhere: use prepare and finish",
            )),
        }
    }

    /// Wraps a signature made elsewhere as the scheme sends it.
    pub(crate) fn finish_outside(&self, to_sign: &[u8], raw: &[u8]) -> Signature {
        match &self.signer.plan.spec.jws {
            Some(spec) => Signature::Text(jws::compact(spec, to_sign, raw)),
            None => Signature::Bytes(raw.to_vec()),
        }
    }

    pub(crate) fn operation(&self) -> Result<Operation> {
        self.signer.operation()
    }

    pub(crate) fn algorithm_name(&self) -> String {
        match (
            self.signer.plan.sign_algorithm(),
            &self.signer.plan.spec.jws,
        ) {
            (Algorithm::Jws, Some(spec)) => format!("jws {}", spec.alg.name()),
            (algorithm, _) => algorithm.name(),
        }
    }

    /// What is signed, with the origin of every byte.
    pub(crate) fn explain(&self) -> Result<Explanation> {
        let plan = &*self.signer.plan;
        let mut recorder = Recorder::new(plan);
        self.gather(&mut recorder)?;
        let covered = self.with_eval(|eval| Ok(crate::covered::coverage(eval)))?;
        Ok(recorder.finish(self.jws_header.as_ref(), covered))
    }
}

pub(crate) fn signing_failed(error: crate::crypto::SignError) -> Error {
    Error::new(
        Status::InvalidCredentials,
        format!("signing failed: {error}"),
    )
}

/// Signs gathered bytes.
fn sign_bytes(
    plan: &Plan,
    material: &Material,
    bytes: &[u8],
    options: &SignOptions<'_>,
) -> Result<Vec<u8>> {
    match material {
        Material::Hmac(key) => Ok(key.mac(bytes).to_vec()),
        Material::Signing(key) => match key.algorithm().prehash() {
            Some(hash) => key.sign_digest(&hash.digest(bytes), options.seed),
            None => key.sign_message(bytes, options.seed, options.padding),
        }
        .map_err(signing_failed),
        _ => Err(Error::new(
            Status::InvalidOption,
            format!(
                "the key of {} lives elsewhere: use prepare and finish",
                plan.recipe.id
            ),
        )),
    }
}
