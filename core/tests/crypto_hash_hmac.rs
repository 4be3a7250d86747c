//! Published vectors for digests and HMAC: RFC 1321, FIPS 180-4, FIPS 202, RFC 2202, RFC 4231, Wycheproof.
#![allow(clippy::unwrap_used)]

use paysig::crypto::{Hash, HashState, HmacKey, equal};

fn unhex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text.replace([' ', '\n'], "")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

#[test]
fn digests_of_abc() {
    for (hash, expected) in [
        (Hash::Md5, "900150983cd24fb0d6963f7d28e17f72"),
        (Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            Hash::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            Hash::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        ),
        (
            Hash::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (
            Hash::Sha3_512,
            "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        ),
    ] {
        assert_eq!(hex(&hash.digest(b"abc")), expected, "{hash:?}");
        assert_eq!(hash.output_len() * 2, expected.len());
        let mut state = HashState::new(hash);
        state.update(b"a");
        let copy = state.clone();
        state.update(b"");
        state.update(b"bc");
        assert_eq!(hex(&state.finish()), expected, "{hash:?} in pieces");
        assert_eq!(
            hex(&copy.finish()),
            hex(&hash.digest(b"a")),
            "{hash:?} copied midway"
        );
    }
}

#[test]
fn names_are_read_back_and_nothing_else_is() {
    for hash in Hash::ALL {
        assert_eq!(Hash::parse(hash.name()), Some(hash));
    }
    for wrong in ["", "SHA256", "sha-256", "sha3", "sha224"] {
        assert_eq!(Hash::parse(wrong), None, "{wrong}");
    }
}

fn check(hash: Hash, key: &[u8], data: &[u8], expected: &str) {
    let key = HmacKey::new(hash, key);
    assert_eq!(key.hash(), hash);
    let mac = key.mac(data);
    assert_eq!(mac.len(), hash.output_len());
    assert_eq!(hex(&mac[..expected.len() / 2]), expected, "{hash:?}");
    let mut state = key.start();
    for byte in data {
        state.update(core::slice::from_ref(byte));
    }
    assert!(equal(&state.finish(), &mac), "{hash:?} byte by byte");
}

#[test]
fn rfc_2202_md5_and_sha1() {
    let long = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
    for (hash, key, data, expected) in [
        (
            Hash::Md5,
            vec![0x0b; 16],
            &b"Hi There"[..],
            "9294727a3638bb1c13f48ef8158bfc9d",
        ),
        (
            Hash::Md5,
            b"Jefe".to_vec(),
            b"what do ya want for nothing?",
            "750c783e6ab0b503eaa86e310a5db738",
        ),
        (
            Hash::Md5,
            vec![0xaa; 16],
            &[0xdd; 50],
            "56be34521d144c88dbb8c733f0e8b3f6",
        ),
        (
            Hash::Md5,
            vec![0xaa; 80],
            long,
            "6f630fad67cda0ee1fb1f562db3aa53e",
        ),
        (
            Hash::Sha1,
            vec![0x0b; 20],
            b"Hi There",
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            Hash::Sha1,
            b"Jefe".to_vec(),
            b"what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            Hash::Sha1,
            vec![0xaa; 20],
            &[0xdd; 50],
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            Hash::Sha1,
            vec![0xaa; 80],
            long,
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ] {
        check(hash, &key, data, expected);
    }
}

#[test]
fn rfc_4231_sha2() {
    // (key, data, SHA-256, SHA-384, SHA-512); test case 5 is truncated to 128 bits there too.
    let case6 = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let case7 = b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.";
    let counting: Vec<u8> = (1..=25).collect();
    for (key, data, sha256, sha384, sha512) in [
        (
            vec![0x0b; 20],
            &b"Hi There"[..],
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            vec![0xaa; 20],
            &[0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            counting,
            &[0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (
            vec![0x0c; 20],
            b"Test With Truncation",
            "a3b6167473100ee06e0c796c2955552b",
            "3abf34c3503b2a23a46efc619baef897",
            "415fad6271580a531d4179bc891d87a6",
        ),
        (
            vec![0xaa; 131],
            case6,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            vec![0xaa; 131],
            case7,
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ] {
        check(Hash::Sha256, &key, data, sha256);
        check(Hash::Sha384, &key, data, sha384);
        check(Hash::Sha512, &key, data, sha512);
    }
}

#[test]
fn sha3_512_nist_example() {
    // NIST, "HMAC_SHA3-512.pdf", sample 1: 64-byte key.
    let key: Vec<u8> = (0..64).collect();
    check(
        Hash::Sha3_512,
        &key,
        b"Sample message for keylen<blocklen",
        "4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196",
    );
}

#[test]
fn wycheproof_hmac() {
    use wycheproof::TestResult;
    use wycheproof::mac::{TestName, TestSet};
    let mut cases = 0;
    for (name, hash) in [
        (TestName::HmacSha1, Hash::Sha1),
        (TestName::HmacSha256, Hash::Sha256),
        (TestName::HmacSha384, Hash::Sha384),
        (TestName::HmacSha512, Hash::Sha512),
        (TestName::HmacSha3_512, Hash::Sha3_512),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let mac = HmacKey::new(hash, &test.key).mac(&test.msg);
                let same = equal(&mac[..group.tag_size / 8], &test.tag);
                assert_eq!(
                    same,
                    test.result == TestResult::Valid,
                    "{name:?} case {}",
                    test.tc_id
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 500, "{cases}");
}

#[test]
fn debug_shows_no_bytes() {
    let key = HmacKey::new(Hash::Sha256, b"topsecret");
    assert_eq!(format!("{key:?}"), "HmacKey(..)");
    assert_eq!(format!("{:?}", key.start()), "HmacState(..)");
    assert_eq!(format!("{:?}", key.mac(b"")), "Digest(32 bytes)");
    assert_eq!(unhex("00 ff"), [0, 255]);
}
