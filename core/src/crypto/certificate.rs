//! What of an X.509 certificate chain can be judged without a clock, roots or the network.
//!
//! A provider that sends the address of its certificate proves nothing with it: anybody has certificates. So the leaf must
//! carry a name that the recipe knows, and every certificate must be signed by the one after it, which must be a CA. That the
//! last one leads to a root that is trusted, and that nothing was revoked, is for whoever fetched the chain.

use x509_cert::Certificate;
use x509_cert::der::asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, SubjectAltName};

use super::asymmetric::{Asymmetric, Curve, EcdsaForm, VerifyingKey};
use super::hash::Hash;
use super::key_error::KeyError;
use super::pem;
use crate::time::UnixMillis;

/// More certificates than this are no chain that a provider sends.
const MAX_CHAIN: usize = 8;
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The algorithms of certificate signatures: RFC 4055 and RFC 5758.
const SIGNATURES: [(&str, Asymmetric); 7] = [
    ("1.2.840.113549.1.1.11", Asymmetric::RsaPkcs1(Hash::Sha256)),
    ("1.2.840.113549.1.1.12", Asymmetric::RsaPkcs1(Hash::Sha384)),
    ("1.2.840.113549.1.1.13", Asymmetric::RsaPkcs1(Hash::Sha512)),
    (
        "1.2.840.10045.4.3.2",
        Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der),
    ),
    (
        "1.2.840.10045.4.3.3",
        Asymmetric::Ecdsa(Curve::P384, Hash::Sha384, EcdsaForm::Der),
    ),
    (
        "1.2.840.10045.4.3.4",
        Asymmetric::Ecdsa(Curve::P521, Hash::Sha512, EcdsaForm::Der),
    ),
    ("1.3.101.112", Asymmetric::Ed25519),
];

/// When a certificate is valid, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// Not before.
    pub not_before: UnixMillis,
    /// Not after.
    pub not_after: UnixMillis,
}

/// Checks a chain in PEM, leaf first: the leaf has one of these names (without case; subject alternative names, or the common
/// name where there are none), and each certificate is signed by the next. Gives the time in which all of them are valid.
pub fn check_chain(text: &[u8], names: &[String]) -> Result<Validity, KeyError> {
    let blocks = pem::all_blocks(text)?;
    if blocks.len() > MAX_CHAIN {
        return Err(KeyError::new("more certificates than a chain has"));
    }
    let chain = blocks
        .iter()
        .map(|block| Certificate::from_der(&block.der).map_err(|_| not_certificates()))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(leaf) = chain.first() else {
        return Err(KeyError::new("holds no certificate"));
    };
    let carried = names_of(leaf);
    if !names
        .iter()
        .any(|n| carried.iter().any(|c| c.eq_ignore_ascii_case(n)))
    {
        return Err(KeyError::new(
            "the certificate carries none of the names that the scheme expects",
        ));
    }
    for pair in chain.windows(2) {
        if let [child, issuer] = pair {
            check_link(child, issuer)?;
        }
    }
    let mut whole: Option<Validity> = None;
    for certificate in &chain {
        let own = validity(certificate)?;
        let so_far = whole.unwrap_or(own);
        whole = Some(Validity {
            not_before: so_far.not_before.max(own.not_before),
            not_after: so_far.not_after.min(own.not_after),
        });
    }
    whole.ok_or_else(|| KeyError::new("holds no certificate"))
}

/// The public key of a chain's first certificate, DER: that of the provider, whatever else the text could be read as.
pub fn leaf_key(text: &[u8]) -> Result<Vec<u8>, KeyError> {
    let block = pem::first_block(text)?;
    let key = Certificate::from_der(&block.der)
        .and_then(|leaf| leaf.tbs_certificate().subject_public_key_info().to_der());
    key.map_err(|_| not_certificates())
}

fn not_certificates() -> KeyError {
    KeyError::new("not a chain of X.509 certificates in PEM, the provider's own first")
}

fn names_of(certificate: &Certificate) -> Vec<String> {
    let tbs = certificate.tbs_certificate();
    if let Ok(Some((_, SubjectAltName(alternatives)))) = tbs.get_extension::<SubjectAltName>() {
        let dns = alternatives.iter().filter_map(|name| match name {
            GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
            _ => None,
        });
        return dns.collect();
    }
    let of_subject = tbs.subject().iter_rdn();
    of_subject
        .flat_map(|rdn| rdn.iter())
        .filter(|attribute| attribute.oid == COMMON_NAME)
        .filter_map(|attribute| {
            let value = &attribute.value;
            let utf8 = value.decode_as::<Utf8StringRef<'_>>();
            let printable = value.decode_as::<PrintableStringRef<'_>>();
            let ia5 = value.decode_as::<Ia5StringRef<'_>>();
            let text = utf8.map(|t| t.as_str().to_owned());
            text.or_else(|_| printable.map(|t| t.as_str().to_owned()))
                .or_else(|_| ia5.map(|t| t.as_str().to_owned()))
                .ok()
        })
        .collect()
}

fn check_link(child: &Certificate, issuer: &Certificate) -> Result<(), KeyError> {
    let broken = |why: &str| Err(KeyError::new(format!("the chain is broken: {why}")));
    let above = issuer.tbs_certificate();
    if child.tbs_certificate().issuer() != above.subject() {
        return broken("a certificate was issued by another than the next one");
    }
    let is_ca = matches!(above.get_extension::<BasicConstraints>(), Ok(Some((_, c))) if c.ca);
    if !is_ca {
        return broken("a certificate that issued another is no CA's");
    }
    let oid = child.signature_algorithm().oid.to_string();
    let Some((_, algorithm)) = SIGNATURES.iter().find(|(known, _)| *known == oid) else {
        return broken("a certificate is signed with an algorithm that is not known here");
    };
    let key = above.subject_public_key_info().to_der();
    let signed = child.tbs_certificate().to_der();
    let (Ok(key), Ok(signed), Some(signature)) = (key, signed, child.signature().as_bytes()) else {
        return broken("a certificate cannot be read");
    };
    let right = VerifyingKey::parse(*algorithm, &key)
        .is_ok_and(|key| key.verify_message(&signed, signature));
    if !right {
        return broken("a certificate is not signed by the next one");
    }
    Ok(())
}

fn validity(certificate: &Certificate) -> Result<Validity, KeyError> {
    let dates = certificate.tbs_certificate().validity();
    let millis = |time: &x509_cert::time::Time| {
        let duration = time.to_unix_duration();
        i64::try_from(duration.as_millis()).map(UnixMillis)
    };
    match (millis(&dates.not_before), millis(&dates.not_after)) {
        (Ok(not_before), Ok(not_after)) => Ok(Validity {
            not_before,
            not_after,
        }),
        _ => Err(KeyError::new("the certificate's dates are not readable")),
    }
}
