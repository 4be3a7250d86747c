//! JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037), one key, public or private.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use zeroize::Zeroizing;

use super::asymmetric::Curve;
use super::ec::{EcSigningKey, EcVerifyingKey};
use super::key_error::KeyError;
use super::keyparse::KeyMaterial;
use super::{ed25519, rsa};

/// The members that are read; a doubled one is an error, others are ignored.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    n: Option<Octets>,
    e: Option<Octets>,
    d: Option<Octets>,
    p: Option<Octets>,
    q: Option<Octets>,
    x: Option<Octets>,
    y: Option<Octets>,
}

/// Unpadded base64url, decoded as it is read so that no copy of the text stays behind.
struct Octets(Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Octets, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Octets;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("unpadded base64url")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Octets, E> {
                let mut out = Zeroizing::new(vec![0; text.len() / 4 * 3 + 3]);
                let len = Base64UrlUnpadded::decode(text, &mut out)
                    .map_err(|_| E::custom("not unpadded base64url"))?
                    .len();
                out.truncate(len);
                Ok(Octets(out))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

fn need<'a>(member: &'a Option<Octets>, name: &str) -> Result<&'a [u8], KeyError> {
    match member {
        Some(octets) => Ok(&octets.0),
        None => Err(KeyError::new(format!("the JWK has no member \"{name}\""))),
    }
}

/// Reads one JWK.
pub(super) fn parse(text: &[u8]) -> Result<KeyMaterial, KeyError> {
    // serde's own message could quote a value.
    let jwk: Jwk = serde_json::from_slice(text).map_err(|_| {
        KeyError::new(
            "not a JWK: expected one JSON object with \"kty\" and members in unpadded base64url, each once",
        )
    })?;
    match jwk.kty.as_str() {
        "RSA" => rsa_key(&jwk),
        "EC" => ec_key(&jwk),
        "OKP" => okp_key(&jwk),
        _ => Err(KeyError::new("the JWK's \"kty\" is not RSA, EC or OKP")),
    }
}

fn rsa_key(jwk: &Jwk) -> Result<KeyMaterial, KeyError> {
    let (n, e) = (need(&jwk.n, "n")?, need(&jwk.e, "e")?);
    let Some(d) = &jwk.d else {
        return rsa::public(n, e).map(KeyMaterial::RsaPublic);
    };
    let primes = match (&jwk.p, &jwk.q) {
        (None, None) => None,
        (p, q) => Some([need(p, "p")?, need(q, "q")?]),
    };
    rsa::private(n, e, &d.0, primes).map(KeyMaterial::RsaPrivate)
}

fn ec_key(jwk: &Jwk) -> Result<KeyMaterial, KeyError> {
    let curve = match jwk.crv.as_deref() {
        Some("P-256") => Curve::P256,
        Some("P-384") => Curve::P384,
        Some("P-521") => Curve::P521,
        Some("secp256k1") => Curve::Secp256k1,
        _ => {
            return Err(KeyError::new(
                "the JWK's \"crv\" is not P-256, P-384, P-521 or secp256k1",
            ));
        }
    };
    let (x, y) = (need(&jwk.x, "x")?, need(&jwk.y, "y")?);
    if x.len() != curve.field_len() || y.len() != curve.field_len() {
        return Err(KeyError::new(
            "the JWK's \"x\" and \"y\" do not have the curve's length",
        ));
    }
    let point = [&[4], x, y].concat();
    let public = EcVerifyingKey::from_sec1_point(curve, &point)
        .ok_or_else(|| KeyError::new("the JWK's \"x\" and \"y\" are no point of its curve"))?;
    let Some(d) = &jwk.d else {
        return Ok(KeyMaterial::EcPublic(public));
    };
    match EcSigningKey::from_scalar(curve, &d.0) {
        Some(key) if key.verifying_key().to_sec1_point() == point => {
            Ok(KeyMaterial::EcPrivate(key))
        }
        _ => Err(KeyError::new(
            "the JWK's \"d\" does not belong to its \"x\" and \"y\"",
        )),
    }
}

fn okp_key(jwk: &Jwk) -> Result<KeyMaterial, KeyError> {
    if jwk.crv.as_deref() != Some("Ed25519") {
        return Err(KeyError::new("the JWK's \"crv\" is not Ed25519"));
    }
    let length = || KeyError::new("an Ed25519 JWK has 32 bytes in \"x\" and in \"d\"");
    let x = <&[u8; 32]>::try_from(need(&jwk.x, "x")?).map_err(|_| length())?;
    let public = ed25519::public(x)?;
    let Some(d) = &jwk.d else {
        return Ok(KeyMaterial::Ed25519Public(public));
    };
    let seed = <&[u8; 32]>::try_from(d.0.as_slice()).map_err(|_| length())?;
    let key = ed25519_dalek::SigningKey::from_bytes(seed);
    if key.verifying_key() != public {
        return Err(KeyError::new(
            "the JWK's \"d\" does not belong to its \"x\"",
        ));
    }
    Ok(KeyMaterial::Ed25519Private(key))
}
