//! Options: pairs of a name and a value in text, checked strictly.

use crate::edge;
use crate::input::{option, utf8};
use crate::pairs::Pairs;
use paysig::recipe::suggest;
use paysig::{Result, SignOptions, Signer, UnixMillis, Verifier};
use zeroize::Zeroizing;

fn unknown(name: &str, known: &[&str]) -> paysig::Error {
    let hint = suggest(name, known.iter().copied());
    paysig::Error::field(
        paysig::Status::InvalidOption,
        name,
        format!("there is no option {name} here{hint}"),
    )
}

fn number<T: std::str::FromStr>(name: &str, value: &[u8]) -> Result<T> {
    let text = utf8(value, name)?;
    // FromStr would take a plus sign.
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| option(name, "is not a number in range"))
}

/// Puts a value where none is yet.
fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(option(name, "is given twice")),
    }
}

/// Options of `paysig_signer_new`.
#[derive(Default)]
pub(crate) struct SignerOptions<'a> {
    pub(crate) variants: Vec<&'a str>,
    pub(crate) key_elsewhere: bool,
}

impl<'a> SignerOptions<'a> {
    pub(crate) fn read(pairs: &Pairs<'a>) -> Result<Self> {
        let mut all = SignerOptions::default();
        for (name, value) in pairs.iter() {
            match name {
                b"variant" => all.variants.push(utf8(value, "variant")?),
                b"key" if value == b"elsewhere" => all.key_elsewhere = true,
                b"key" => return Err(option("key", "can only be: elsewhere")),
                _ => return Err(unknown(utf8(name, "options")?, &["variant", "key"])),
            }
        }
        Ok(all)
    }
}

/// Options of one signature.
#[derive(Default)]
pub(crate) struct OneSignature<'a> {
    nonce: Option<&'a str>,
    made: Option<String>,
    timestamp_text: Option<&'a str>,
    payload: Option<&'a [u8]>,
    padding: Option<&'a [u8]>,
    expires_in: Option<u32>,
    seed: Option<Zeroizing<[u8; 32]>>,
}

const ONE_SIGNATURE: &[&str] = &[
    "nonce",
    "timestamp_text",
    "payload",
    "padding",
    "expires_in",
];

impl<'a> OneSignature<'a> {
    pub(crate) fn read(pairs: &Pairs<'a>) -> Result<Self> {
        let mut all = OneSignature::default();
        for (name, value) in pairs.iter() {
            all.add(name, value)?;
        }
        Ok(all)
    }

    /// One option more.
    pub(crate) fn add(&mut self, name: &[u8], value: &'a [u8]) -> Result<()> {
        if self.take(name, value)? {
            return Ok(());
        }
        Err(unknown(utf8(name, "options")?, ONE_SIGNATURE))
    }

    /// Whether the option was one of these.
    fn take(&mut self, name: &[u8], value: &'a [u8]) -> Result<bool> {
        match name {
            b"nonce" => once(&mut self.nonce, "nonce", utf8(value, "nonce")?)?,
            b"timestamp_text" => {
                let text = utf8(value, "timestamp_text")?;
                once(&mut self.timestamp_text, "timestamp_text", text)?;
            }
            b"payload" => once(&mut self.payload, "payload", value)?,
            b"padding" => once(&mut self.padding, "padding", value)?,
            b"expires_in" => once(
                &mut self.expires_in,
                "expires_in",
                number("expires_in", value)?,
            )?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Makes what was not given: a nonce where the scheme cannot do without, random bytes where the algorithm reads them.
    pub(crate) fn complete(&mut self, signer: &Signer) -> Result<()> {
        if self.nonce.is_none() && signer.needs_nonce() {
            self.made = Some(edge::nonce()?);
        }
        if signer.needs_seed() {
            self.seed = Some(Zeroizing::new(edge::random()?));
        }
        Ok(())
    }

    /// For the core. The nonce "" is none at all.
    pub(crate) fn core(&self, now: Option<UnixMillis>) -> SignOptions<'_> {
        SignOptions {
            now,
            nonce: self
                .nonce
                .filter(|n| !n.is_empty())
                .or(self.made.as_deref()),
            timestamp_text: self.timestamp_text,
            payload: self.payload,
            expires_in: self.expires_in,
            seed: self.seed.as_deref(),
            padding: self.padding,
        }
    }
}

/// Options of `paysig_explain`: those of one signature, and variants.
pub(crate) struct ExplainOptions<'a> {
    pub(crate) variants: Vec<&'a str>,
    pub(crate) signature: OneSignature<'a>,
}

impl<'a> ExplainOptions<'a> {
    pub(crate) fn read(pairs: &Pairs<'a>) -> Result<Self> {
        let mut variants = Vec::new();
        let mut signature = OneSignature::default();
        for (name, value) in pairs.iter() {
            if name == b"variant" {
                variants.push(utf8(value, "variant")?);
            } else if !signature.take(name, value)? {
                let known: Vec<&str> = [&["variant"], ONE_SIGNATURE].concat();
                return Err(unknown(utf8(name, "options")?, &known));
            }
        }
        Ok(ExplainOptions {
            variants,
            signature,
        })
    }
}

/// Options of `paysig_diagnose`.
#[derive(Default)]
pub(crate) struct DiagnosisOptions<'a> {
    pub(crate) variants: Vec<&'a str>,
    pub(crate) tolerance: Option<u32>,
}

impl<'a> DiagnosisOptions<'a> {
    pub(crate) fn read(pairs: &Pairs<'a>) -> Result<Self> {
        let mut all = DiagnosisOptions::default();
        for (name, value) in pairs.iter() {
            match name {
                b"variant" => all.variants.push(utf8(value, "variant")?),
                b"tolerance" => once(&mut all.tolerance, "tolerance", number("tolerance", value)?)?,
                _ => return Err(unknown(utf8(name, "options")?, &["variant", "tolerance"])),
            }
        }
        Ok(all)
    }
}

/// Options of `paysig_verifier_new`.
#[derive(Default)]
pub(crate) struct VerifierOptions<'a> {
    pub(crate) variants: Vec<&'a str>,
    algorithms: Vec<&'a str>,
    tolerance: Option<u32>,
    expected_key_id: Option<&'a str>,
    max_body: Option<usize>,
}

impl<'a> VerifierOptions<'a> {
    pub(crate) fn read(pairs: &Pairs<'a>) -> Result<Self> {
        let mut all = VerifierOptions::default();
        for (name, value) in pairs.iter() {
            match name {
                b"variant" => all.variants.push(utf8(value, "variant")?),
                b"algorithm" => all.algorithms.push(utf8(value, "algorithm")?),
                b"tolerance" => once(&mut all.tolerance, "tolerance", number("tolerance", value)?)?,
                b"expected_key_id" => {
                    let id = utf8(value, "expected_key_id")?;
                    once(&mut all.expected_key_id, "expected_key_id", id)?;
                }
                b"max_body" => once(&mut all.max_body, "max_body", number("max_body", value)?)?,
                _ => {
                    let known = &[
                        "variant",
                        "algorithm",
                        "tolerance",
                        "expected_key_id",
                        "max_body",
                    ];
                    return Err(unknown(utf8(name, "options")?, known));
                }
            }
        }
        Ok(all)
    }

    pub(crate) fn apply(&self, mut verifier: Verifier) -> Result<Verifier> {
        if let Some(seconds) = self.tolerance {
            verifier = verifier.tolerance(seconds);
        }
        if let Some(id) = self.expected_key_id {
            verifier = verifier.expect_key_id(id)?;
        }
        if let Some(bytes) = self.max_body {
            verifier = verifier.max_body(bytes);
        }
        if !self.algorithms.is_empty() {
            verifier = verifier.only_algorithms(&self.algorithms)?;
        }
        Ok(verifier)
    }
}
