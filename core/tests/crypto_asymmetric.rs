//! Signatures: RFC 6979, RFC 8032, OpenSSL's answers, Smile ID's two RSA blocks, and what is refused.
#![allow(clippy::unwrap_used)]

use paysig::crypto::{
    Asymmetric, Curve, Digest, EcdsaForm, Encoding, Hash, SignError, SigningKey, VerifyingKey,
};

const SEED: [u8; 32] = [7; 32];

fn unhex(text: &str) -> Vec<u8> {
    base16ct::mixed::decode_vec(text).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

macro_rules! key {
    ($name:literal) => {
        include_bytes!(concat!("keys/", $name))
    };
}

/// SEC1 without parameters and public key: `SEQUENCE { 1, OCTET STRING }`.
fn sec1(scalar: &[u8]) -> Vec<u8> {
    let len = u8::try_from(scalar.len()).unwrap();
    [&[0x30, len + 5, 0x02, 0x01, 0x01, 0x04, len], scalar].concat()
}

fn rfc6979(curve: Curve, scalar: &str, cases: &[(Hash, &str, &str, &str)]) {
    for (hash, message, r, s) in cases {
        let alg = Asymmetric::Ecdsa(curve, *hash, EcdsaForm::P1363);
        let scalar = unhex(scalar);
        let key = SigningKey::parse(alg, &sec1(&scalar)).unwrap();
        let signature = key.sign_message(message.as_bytes(), None, None).unwrap();
        assert_eq!(
            hex(&signature),
            format!("{r}{s}").to_lowercase(),
            "{curve:?} {hash:?} {message}"
        );

        let public = VerifyingKey::parse(alg, &sec1(&scalar)).unwrap();
        assert_eq!(public.signature_len(), Some(signature.len()));
        assert!(public.verify_digest(&hash.digest(message.as_bytes()), &signature));
        assert!(!public.verify_message(b"other", &signature));

        let der = Asymmetric::Ecdsa(curve, *hash, EcdsaForm::Der);
        let signature = SigningKey::parse(der, &sec1(&scalar))
            .unwrap()
            .sign_digest(&hash.digest(message.as_bytes()), Some(&SEED))
            .unwrap();
        assert_eq!(signature[0], 0x30);
        let public_der = VerifyingKey::parse(der, &sec1(&scalar)).unwrap();
        assert_eq!(public_der.signature_len(), None);
        assert!(public_der.verify_message(message.as_bytes(), &signature));
        assert!(
            !public.verify_message(message.as_bytes(), &signature),
            "DER is not P1363"
        );
    }
}

#[test]
fn rfc_6979_p256() {
    rfc6979(
        Curve::P256,
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        &[
            (
                Hash::Sha1,
                "sample",
                "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
                "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB",
            ),
            (
                Hash::Sha256,
                "sample",
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            ),
            (
                Hash::Sha512,
                "sample",
                "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00",
                "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE",
            ),
            (
                Hash::Sha256,
                "test",
                "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
            ),
        ],
    );
}

#[test]
fn rfc_6979_p384() {
    rfc6979(
        Curve::P384,
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
        &[(
            Hash::Sha384,
            "sample",
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46",
            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
        )],
    );
}

#[test]
fn rfc_6979_p521() {
    rfc6979(
        Curve::P521,
        "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
        &[
            (
                Hash::Sha256,
                "sample",
                "01511BB4D675114FE266FC4372B87682BAECC01D3CC62CF2303C92B3526012659D16876E25C7C1E57648F23B73564D67F61C6F14D527D54972810421E7D87589E1A7",
                "004A171143A83163D6DF460AAF61522695F207A58B95C0644D87E52AA1A347916E4F7A72930B1BC06DBE22CE3F58264AFD23704CBB63B29B931F7DE6C9D949A7ECFC",
            ),
            (
                Hash::Sha512,
                "sample",
                "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
                "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
            ),
        ],
    );
}

#[test]
fn a_high_s_is_accepted_as_providers_send_both() {
    // RFC 6979, A.2.5, SHA-256 "sample": s is high; n - s makes the low twin.
    let alg = Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::P1363);
    let scalar = unhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let key = VerifyingKey::parse(alg, &sec1(&scalar)).unwrap();
    let r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716";
    let high = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
    let low = "0834E36AD29A83BF2BC9385E491D6099C8FDF9D1ED67AA7EA5F51F93782857A9";
    assert!(key.verify_message(b"sample", &unhex(&format!("{r}{high}"))));
    assert!(key.verify_message(b"sample", &unhex(&format!("{r}{low}"))));
}

#[test]
fn rfc_8032_ed25519() {
    for (seed, public, message, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let key = SigningKey::parse(Asymmetric::Ed25519, seed.as_bytes()).unwrap();
        let message = unhex(message);
        assert_eq!(
            hex(&key.sign_message(&message, None, None).unwrap()),
            signature
        );
        let key = VerifyingKey::parse(Asymmetric::Ed25519, public.as_bytes()).unwrap();
        assert_eq!(key.signature_len(), Some(64));
        assert!(key.verify_message(&message, &unhex(signature)));
        assert!(!key.verify_message(b"other", &unhex(signature)));
        assert!(!key.verify_message(&message, &unhex(signature)[..63]));
    }
}

#[test]
fn ed25519_refuses_points_of_small_order() {
    // Under the neutral element every signature with S = 0, R = 1 would verify for every message.
    for weak in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        &"00".repeat(32),
    ] {
        let error = VerifyingKey::parse(Asymmetric::Ed25519, weak.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("no usable point"), "{error}");
    }
}

/// What OpenSSL 3.0 signs with the same keys over "paysig".
#[test]
fn openssl_agrees() {
    let rsa = key!("rsa1024.pkcs8.pem");
    for (hash, expected) in [
        (
            Hash::Md5,
            "4cdb90e4de1e207766566b3d83161206726cec0cfdd9e07478d797357358cc4fe976fa20cbff61d7b8f0d5d3793748e0f8afc700911983794e0cc3e8e6f1b1aaac78619b1b3e1349e3425cc834a8b832aec0d2c757bbff070fe765c86bcee32c07ba83b303b3e5151a3553dd3c90fa4410a8c80586be2bfb8c5389c12b926a98",
        ),
        (
            Hash::Sha1,
            "eb11fda504724373671e862ec48539cc5c95dd0ba02253ee991687ab51e1f5d66e3e4556727e7eb20adebe0a28e60d5ee37cf6f987bdb57416aad4bf7d9eb2f721184b2f9193e79b85b23b4cf8260fb938c16e047330d6658532241fa4c4208fb2e006198c4b3d04b6c524eb9e5dd2d289e67043130ccf609c62eb11c49c5202",
        ),
        (
            Hash::Sha256,
            "08594194df0855c12e3ab4119c8c8f4bc9de7542f069c550a06cb28f5df40182f4c8ddd8d4c281c0a2f30d048b738a867fb867f52d020c46bc6411c2a26ac8f37c362da116df38f9afb37c68abf6dad02b43f33cca62dff14b7f61f8f6fa10f7447da942402bd57d6a3d11f88fcbd36b7ab3f0a8c911cc9be70e24169cc05b06",
        ),
        (
            Hash::Sha512,
            "102d09cf582280805862612b9c4820aba3b94e28dbc0302f4aaeac63278c82bafeaa257906bca26df1e3edeaa02a85428f774cb05ac702aac8205927813d5e53a1d27b4304733486460502deccca7a22ecac8f5cc3c9f89e94f0502946fb308337f7d0a3305bc9016c6211b943d663b0914ee42bbecc17fe821ec28cee779cd1",
        ),
    ] {
        let alg = Asymmetric::RsaPkcs1(hash);
        let key = SigningKey::parse(alg, rsa).unwrap();
        assert_eq!(
            hex(&key.sign_message(b"paysig", None, None).unwrap()),
            expected,
            "{hash:?}"
        );
        let blinded = key
            .sign_digest(&hash.digest(b"paysig"), Some(&SEED))
            .unwrap();
        assert_eq!(hex(&blinded), expected, "{hash:?} blinded");
        let key = VerifyingKey::parse(alg, rsa).unwrap();
        assert!(key.verify_message(b"paysig", &unhex(expected)));
        assert!(!key.verify_message(b"paysig.", &unhex(expected)));
        assert!(!key.verify_message(b"paysig", &[&unhex(expected)[..], &[0]].concat()));
    }

    let type1 = "9207bb8e34a4bd13ceb2939c85ebb31fe04aaf3f2af74c2e94bf117c8a58693acbb8af2aef1b30445f596d0d573c1aecf55c1fe021c633d7322153447ca0269b682e61278c3d83291060e8ed7e6de35154f9ec8215b2f57e0c034f3214539606755e64566ef45740635a47962ffdacb1c4d373f6059db0ef83e507fb48886c4a";
    let key = SigningKey::parse(Asymmetric::RsaType1, rsa).unwrap();
    assert_eq!(
        hex(&key.sign_message(b"paysig", Some(&SEED), None).unwrap()),
        type1
    );
    let key = VerifyingKey::parse(Asymmetric::RsaType1, rsa).unwrap();
    assert!(key.verify_message(b"paysig", &unhex(type1)));

    let pss = "4ad994b4fdd01293030cb0c0239fb65946eba90503dc638dbfab15e8402f715324c975d1a9c63e5c3895b17f78e2d45b249c5f6a8e9d26ca5e2c3b5ee69e3d4ff1fd08516e870c381ecb727f1d419aeae41513df305bbe7c8f3d69ebe4a0d581fdcfcc0ab424b5650433fb1f2ed04a386d5a1dc09c5599ee2f66762bc5f3577e";
    let key = VerifyingKey::parse(Asymmetric::RsaPss(Hash::Sha256), rsa).unwrap();
    assert!(key.verify_message(b"paysig", &unhex(pss)));

    let ecdsa = "3045022003ea0495c73d02dd365b67e6444cef3a11203d0f7fe76015fcfb77bde6b03104022100cfc71fc12d38d2055105beef6a1be931e661eadcd24a209066778b1df37b08b4";
    let alg = Asymmetric::Ecdsa(Curve::P256, Hash::Sha256, EcdsaForm::Der);
    let key = VerifyingKey::parse(alg, key!("p256.spki.pem")).unwrap();
    assert!(key.verify_message(b"paysig", &unhex(ecdsa)));

    let ed25519 = "53c0ac2b48e7536a7fb6d36c2361516784a44304d0bb1cc91d3950be8e5e206de69a7cf2a810cd295c58480ae0957d75b580bfdfb6fc4e1884ac64b6b05d920a";
    let key = SigningKey::parse(Asymmetric::Ed25519, key!("ed25519.pkcs8.pem")).unwrap();
    assert_eq!(
        hex(&key.sign_message(b"paysig", None, None).unwrap()),
        ed25519
    );
}

#[test]
fn pss_is_random_by_seed_and_needs_one() {
    let rsa = key!("rsa1024.pkcs8.pem");
    let alg = Asymmetric::RsaPss(Hash::Sha256);
    let key = SigningKey::parse(alg, rsa).unwrap();
    assert_eq!(
        key.sign_message(b"m", None, None),
        Err(SignError::NeedsSeed)
    );
    let one = key.sign_message(b"m", Some(&SEED), None).unwrap();
    assert_eq!(one, key.sign_message(b"m", Some(&SEED), None).unwrap());
    let two = key.sign_message(b"m", Some(&[8; 32]), None).unwrap();
    assert_ne!(one, two);
    let key = VerifyingKey::parse(alg, rsa).unwrap();
    assert!(key.verify_message(b"m", &one) && key.verify_message(b"m", &two));
    assert!(!key.verify_message(b"n", &one));

    // 1024 bits have no room for a 64-byte digest and a 64-byte salt.
    for parsed in [
        SigningKey::parse(Asymmetric::RsaPss(Hash::Sha512), rsa).map(drop),
        VerifyingKey::parse(Asymmetric::RsaPss(Hash::Sha512), rsa).map(drop),
    ] {
        assert_eq!(
            parsed.unwrap_err().to_string(),
            "an RSA key of 1024 bits is too short for PSS with sha512"
        );
    }
}

const PARTNER_HASH: &[u8] = b"7f83b524b33046c5f3c0a7ec506f283044d1ec7ac56ce6dfa295c9775281f72c";
/// Made by smile-id-core 1.0.9 with the padding that was recorded beside it.
const SEC_KEY: &str = "F4mAnVL0KWWYEa9KSizhq3sjOGgVexpS20pgSlxCl9E+WmvRwcU2Um9nHwFPWj/sjtTdYSEdHhhkCVUI7HT5NnlQO3nksVjLJlgVtMdFt/2W5izgzU+v327bgRW4c2KL4DIxIUVl6Sq4sBkMK0YIGr59MErnS9KDVwxNVe4UquA=";
const PADDING: &str = "e4316eb3e35549ca43f7d05cc7122153f35b1a1c7be2dcd09fce9fb2195dfb02703206da81f1fa8abb680830d2226f5acfc5a3962d10bad6e3de9d8cd8";
const SMILE_PUBLIC: &[u8] = include_bytes!("../../tests/vectors/rsa1024-public.pem");
const SMILE_PRIVATE: &[u8] = include_bytes!("../../tests/vectors/rsa1024-private.pem");

#[test]
fn smile_sec_key_out() {
    let key = SigningKey::parse(Asymmetric::RsaType2, SMILE_PUBLIC).unwrap();
    let padding = unhex(PADDING);
    let encrypted = key
        .sign_message(PARTNER_HASH, None, Some(&padding))
        .unwrap();
    assert_eq!(
        encrypted,
        Encoding::Base64.decode(SEC_KEY.as_bytes()).unwrap()
    );

    assert_eq!(
        key.sign_message(PARTNER_HASH, None, None),
        Err(SignError::NeedsSeed)
    );
    let expected = Err(SignError::Padding { expected: 61 });
    assert_eq!(
        key.sign_message(PARTNER_HASH, None, Some(&padding[1..])),
        expected
    );
    assert_eq!(
        key.sign_message(
            PARTNER_HASH,
            Some(&SEED),
            Some(&[&padding[1..], &[0]].concat())
        ),
        expected
    );
    assert_eq!(
        key.sign_message(&[b'x'; 118], Some(&SEED), None),
        Err(SignError::MessageTooLong { len: 118, max: 117 })
    );
    assert_eq!(
        key.sign_message(&[b'x'; 117], Some(&SEED), None)
            .unwrap()
            .len(),
        128
    );
    let error = VerifyingKey::parse(Asymmetric::RsaType2, SMILE_PUBLIC).unwrap_err();
    assert!(error.to_string().contains("decrypting"), "{error}");
}

#[cfg(feature = "provider-side")]
#[test]
fn smile_sec_key_opened_by_the_provider() {
    use paysig::crypto::DecryptingKey;
    let provider = DecryptingKey::parse(SMILE_PRIVATE).unwrap();
    let sec_key = Encoding::Base64.decode(SEC_KEY.as_bytes()).unwrap();
    for seed in [None, Some(&SEED)] {
        assert!(provider.decrypt_type2_equals(&sec_key, PARTNER_HASH, seed));
        assert!(!provider.decrypt_type2_equals(&sec_key, b"other", seed));
        assert!(!provider.decrypt_type2_equals(&sec_key, b"", seed));
        assert!(!provider.decrypt_type2_equals(&sec_key[1..], PARTNER_HASH, seed));
        assert!(!provider.decrypt_type2_equals(&[0xff; 128], b"", seed));
        assert!(!provider.decrypt_type2_equals(b"", b"", seed));
        let mut broken = sec_key.clone();
        broken[5] ^= 1;
        assert!(!provider.decrypt_type2_equals(&broken, PARTNER_HASH, seed));
    }
    let key = SigningKey::parse(Asymmetric::RsaType2, SMILE_PUBLIC).unwrap();
    let random = key.sign_message(PARTNER_HASH, Some(&SEED), None).unwrap();
    assert!(provider.decrypt_type2_equals(&random, PARTNER_HASH, Some(&SEED)));
    // A type-1 block is not a type-2 block.
    let type1 = SigningKey::parse(Asymmetric::RsaType1, SMILE_PRIVATE).unwrap();
    let type1 = type1.sign_message(PARTNER_HASH, Some(&SEED), None).unwrap();
    assert!(!provider.decrypt_type2_equals(&type1, PARTNER_HASH, Some(&SEED)));
    assert!(DecryptingKey::parse(SMILE_PUBLIC).is_err());
    assert_eq!(format!("{provider:?}"), "DecryptingKey(..)");
}

#[test]
fn smile_sec_key_in() {
    let key = VerifyingKey::parse(Asymmetric::RsaType1, SMILE_PUBLIC).unwrap();
    assert_eq!(key.signature_len(), Some(128));
    let hash = b"49f86f97cc421bfb2286bb45392813bc3d531c8114fb9f8eb4f19ae0cb27349b";
    let sec_key = "WEPzq6U3MisT3feDJoQAl19u6oqxyaMtbuHo1zzhcezRlhPC8CLxZHdanJH0W2l0OMWbKJUyWWP2JxbariKGOwW9nyk3Df5bhjpk8SB/lKjG2t/tB67090sq7aFleque9ZMxtYVVwezplxXQ5fNMtPxORckAuZb8xmalav3X3+w=";
    let sec_key = Encoding::Base64.decode(sec_key.as_bytes()).unwrap();
    assert!(key.verify_message(hash, &sec_key));
    assert!(!key.verify_message(&hash[..63], &sec_key));
    assert!(!key.verify_message(b"", &sec_key));
    // A SHA-256 signature has a DigestInfo, the other kind has none: neither passes for the other.
    let signed = SigningKey::parse(Asymmetric::RsaPkcs1(Hash::Sha256), SMILE_PRIVATE).unwrap();
    let signed = signed.sign_message(hash, None, None).unwrap();
    assert!(!key.verify_message(hash, &signed));
    let sha256 = VerifyingKey::parse(Asymmetric::RsaPkcs1(Hash::Sha256), SMILE_PUBLIC).unwrap();
    assert!(!sha256.verify_message(hash, &sec_key));
    // Our own outgoing encryption reflected.
    let out = SigningKey::parse(Asymmetric::RsaType2, SMILE_PUBLIC).unwrap();
    let out = out.sign_message(hash, Some(&SEED), None).unwrap();
    assert!(!key.verify_message(hash, &out));
}

#[test]
fn digests_and_messages_are_not_mixed_up() {
    let rsa = key!("rsa1024.pkcs8.pem");
    let digest = Hash::Sha256.digest(b"m");
    for alg in [Asymmetric::RsaType1, Asymmetric::RsaType2] {
        assert_eq!(alg.prehash(), None);
        let key = SigningKey::parse(alg, rsa).unwrap();
        assert_eq!(
            key.sign_digest(&digest, Some(&SEED)),
            Err(SignError::NeedsMessage)
        );
    }
    let key = SigningKey::parse(Asymmetric::RsaPkcs1(Hash::Sha1), rsa).unwrap();
    assert_eq!(key.algorithm().prehash(), Some(Hash::Sha1));
    assert_eq!(
        key.sign_digest(&digest, None),
        Err(SignError::DigestLength {
            len: 32,
            expected: 20
        })
    );
    assert_eq!(
        key.sign_message(b"m", None, Some(b"pad")),
        Err(SignError::NoPadding)
    );
    let key = VerifyingKey::parse(Asymmetric::RsaType1, rsa).unwrap();
    assert!(!key.verify_digest(&digest, &[0; 128]));
    assert!(!key.verify_digest(&Digest::from_slice(b"").unwrap(), &[0; 128]));
    let key = VerifyingKey::parse(Asymmetric::Ed25519, key!("ed25519.spki.pem")).unwrap();
    assert!(!key.verify_digest(&digest, &[0; 64]));
}

#[test]
fn keys_are_shared_and_show_nothing() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let key = SigningKey::parse(Asymmetric::Ed25519, key!("ed25519.pkcs8.pem")).unwrap();
    shared(&key);
    assert_eq!(format!("{:?}", key.clone()), "SigningKey(Ed25519, ..)");
    let key = VerifyingKey::parse(Asymmetric::RsaPkcs1(Hash::Sha256), SMILE_PUBLIC).unwrap();
    shared(&key);
    assert_eq!(format!("{key:?}"), "VerifyingKey(RsaPkcs1(Sha256), ..)");
    assert!(SigningKey::parse(Asymmetric::RsaPkcs1(Hash::Sha256), SMILE_PRIVATE).is_ok());
}
