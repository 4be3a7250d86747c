//! HMAC-SHA256 with a prepared key over as many bytes as webhooks have.

use crate::measure::pair;
use crate::{AnyResult, row};
use openssl::md::Md;
use openssl::md_ctx::MdCtx;
use openssl::pkey::PKey;
use paysig::crypto::{Hash, HmacKey};
use std::hint::black_box;

const KEY: &[u8] = b"a key of about the usual length";

pub fn rows() -> AnyResult {
    for size in [180, 1_000, 100_000] {
        let what = format!("HMAC-SHA256, {size} B");
        let text = vec![b'x'; size];
        let ours = HmacKey::new(Hash::Sha256, KEY);
        let mac = || ours.mac(black_box(&text));

        let ring = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, KEY);
        let by_ring = || ring::hmac::sign(&ring, black_box(&text));
        let aws = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY);
        let by_aws = || aws_lc_rs::hmac::sign(&aws, black_box(&text));
        // OpenSSL keeps no prepared state in its signing interface: each MAC starts from the key object.
        let openssl = PKey::hmac(KEY)?;
        let by_openssl = || -> Result<[u8; 32], openssl::error::ErrorStack> {
            let mut out = [0; 32];
            let mut context = MdCtx::new()?;
            context.digest_sign_init(Some(Md::sha256()), &openssl)?;
            context.digest_sign(black_box(&text), Some(&mut out))?;
            Ok(out)
        };
        if mac()[..] != *by_ring().as_ref()
            || mac()[..] != *by_aws().as_ref()
            || mac()[..] != by_openssl()?
        {
            return Err("the libraries do not agree".into());
        }
        row(&what, "ring", &pair(mac, by_ring));
        row(&what, "aws-lc-rs", &pair(mac, by_aws));
        row(&what, "OpenSSL", &pair(mac, by_openssl));
    }
    Ok(())
}
