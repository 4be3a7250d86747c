//! Questions as the glue writes them in JSON; messages come as letters, behind it or alone. Credentials come as byte strings.

use paysig::time::UnixMillis;
use paysig::{Credentials, Error, Flow, KeyRing, Result, Scheme, Status};
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Which call it is. The rest is read by that call straight into its own struct, so that no copy of a secret stays behind.
#[derive(serde::Deserialize)]
pub struct Op {
    pub op: String,
}

/// What kind of text is pasted, if that is known.
#[derive(serde::Deserialize)]
pub struct ReadQuestion {
    pub kind: Option<String>,
}

/// An object and the time.
#[derive(serde::Deserialize)]
pub struct HandleQuestion {
    pub handle: u32,
    #[serde(default)]
    pub now: i64,
    /// Of the token endpoint's answer; 0 if none came.
    #[serde(default)]
    pub status: u16,
    /// A saved token session.
    #[serde(default)]
    pub state: Bytes,
    /// A replay key.
    #[serde(default)]
    pub key: String,
}

/// A scheme of the catalogue, or a recipe.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub struct SchemeChoice {
    scheme: Option<String>,
    recipe: Option<String>,
    /// Names the recipe in errors.
    file: Option<String>,
}

impl SchemeChoice {
    /// The scheme.
    pub fn get(&self) -> Result<Scheme> {
        match (&self.scheme, &self.recipe) {
            (Some(id), None) => paysig::scheme(id),
            (None, Some(text)) => Scheme::from_toml(text, self.file.as_deref().unwrap_or("recipe")),
            _ => Err(wrong(
                "scheme",
                "give either the id of a scheme or a recipe",
            )),
        }
    }
}

/// What to make a signer or token session of.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub struct SignerQuestion {
    #[serde(flatten)]
    pub scheme: SchemeChoice,
    pub flow: Option<String>,
    pub variants: Vec<String>,
    pub credentials: BTreeMap<String, Bytes>,
    pub key_elsewhere: bool,
}

/// What to make a verifier of.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub struct VerifierQuestion {
    #[serde(flatten)]
    pub scheme: SchemeChoice,
    pub flow: Option<String>,
    pub variants: Vec<String>,
    pub keys: Vec<Key>,
    pub tolerance: Option<u32>,
    pub key_id: Option<String>,
    pub algorithms: Option<Vec<String>>,
    pub max_body: Option<u32>,
}

/// One key of a ring.
#[derive(serde::Deserialize)]
pub struct Key {
    credentials: BTreeMap<String, Bytes>,
    not_before: Option<i64>,
    not_after: Option<i64>,
}

/// A stream to open over the letter behind it.
#[derive(serde::Deserialize)]
pub struct StreamQuestion {
    pub handle: u32,
    /// Of the body, if it is announced.
    pub body_length: Option<u64>,
}

/// What is known of an authentic message, as `verify` answered.
#[derive(serde::Deserialize)]
pub struct WordsQuestion {
    pub covered: serde_json::Value,
    pub signed_json: Option<String>,
}

/// How to explain or diagnose the letter behind it.
#[derive(serde::Deserialize)]
pub struct JudgeQuestion {
    #[serde(flatten)]
    pub scheme: SchemeChoice,
    pub flow: Option<String>,
    #[serde(default)]
    pub variants: Vec<String>,
    #[serde(default)]
    pub keys: Vec<Key>,
    #[serde(default)]
    pub other_keys: Vec<BTreeMap<String, Bytes>>,
    pub tolerance: Option<u32>,
    /// For a flow that has a use for a nonce, where the letter has none.
    pub made_nonce: Option<String>,
}

/// What to make a memory guard of.
#[derive(serde::Deserialize)]
pub struct GuardQuestion {
    pub retention_seconds: u32,
    pub lease_seconds: u32,
    pub capacity: u32,
}

/// A lease to commit or release.
#[derive(serde::Deserialize)]
pub struct LeaseQuestion {
    pub handle: u32,
    pub key: String,
    pub id: u32,
    #[serde(default)]
    pub now: i64,
}

/// Bytes that came as a byte string. Wiped, since some are secrets.
#[derive(Default)]
pub struct Bytes(pub Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a byte string")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Bytes, E> {
                let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
                for c in text.chars() {
                    bytes.push(u8::try_from(c).map_err(|_| E::custom("not a byte string"))?);
                }
                Ok(Bytes(bytes))
            }
        }
        from.deserialize_str(Text)
            .map_err(|_| D::Error::custom("not a byte string"))
    }
}

/// A mistake in an argument.
pub fn wrong(field: &str, message: impl Into<String>) -> Error {
    Error::field(Status::InvalidOption, field, message)
}

/// The flow of a name; `request` where none is given.
pub fn flow(name: Option<&str>) -> Result<Flow> {
    let name = name.unwrap_or("request");
    Flow::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Flow::ALL.iter().map(|f| f.name()).collect();
        wrong(
            "flow",
            format!("flow {name:?} is not known; there are {}", known.join(", ")),
        )
    })
}

/// As the core takes variants.
pub fn names(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Named values.
pub fn credentials(values: &BTreeMap<String, Bytes>) -> Credentials {
    let mut all = Credentials::new();
    for (name, value) in values {
        all.set(name, value.0.as_slice());
    }
    all
}

/// A ring.
pub fn ring(keys: &[Key]) -> KeyRing {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.add_between(
            credentials(&key.credentials),
            key.not_before.map(UnixMillis),
            key.not_after.map(UnixMillis),
        );
    }
    ring
}
