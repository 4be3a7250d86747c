//! Templates against every way to read a text.

#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn literal(text: &str) -> Piece {
    Piece::Literal(text.as_bytes().into())
}

fn read<'t>(pieces: &[Piece], text: &'t str) -> Option<Vec<&'t str>> {
    let template = Template {
        pieces: pieces.to_vec(),
    };
    template.check().unwrap();
    let mut captures = Captures::new();
    template.read(text.as_bytes(), 0, &mut captures)?;
    Some(
        captures
            .into_iter()
            .map(|(_, range)| &text[range])
            .collect(),
    )
}

#[test]
fn from_the_right_where_the_left_hole_can_hold_the_literal() {
    let pieces = [
        literal("GCS v1HMAC:"),
        Piece::Hole(Hole::KeyId, ByteSet::VISIBLE.into()),
        literal(":"),
        Piece::Hole(Hole::Signature, ByteSet::BASE64.into()),
    ];
    assert_eq!(
        read(&pieces, "GCS v1HMAC:a:b:c=="),
        Some(vec!["a:b", "c=="])
    );
    assert_eq!(read(&pieces, "GCS v1HMAC::"), Some(vec!["", ""]));
    assert_eq!(read(&pieces, "GCS v1HMAC:abc"), None);
    assert_eq!(read(&pieces, "GCS v1HMAC"), None);
    assert_eq!(read(&pieces, "gcs v1HMAC:a:c=="), None);
    assert_eq!(read(&pieces, "GCS v1HMAC:a b:c=="), None);
    assert_eq!(read(&pieces, "GCS v1HMAC:a:c== "), None);
}

#[test]
fn from_both_ends_towards_the_middle() {
    let any = ByteSet::VISIBLE;
    let pieces = [
        Piece::Hole(Hole::Nonce, any.without(ByteSet::of(b"/")).into()),
        literal("/"),
        Piece::Hole(Hole::KeyId, any.into()),
        literal(","),
        Piece::Hole(Hole::Signature, ByteSet::HEX_LOWER.into()),
        literal(";"),
    ];
    assert_eq!(read(&pieces, "n/k/,k,ff;"), Some(vec!["n", "k/,k", "ff"]));
    assert_eq!(read(&pieces, "n/k,ff"), None);
    assert_eq!(read(&pieces, "n/,ff;"), Some(vec!["n", "", "ff"]));
    assert_eq!(read(&pieces, "n,ff;"), None);
}

#[test]
fn literals_do_not_overlap() {
    let alone = [
        literal("aba"),
        Piece::Hole(Hole::Nonce, ByteSet::ALL.into()),
        literal("aba"),
    ];
    assert_eq!(read(&alone, "ababa"), None);
    assert_eq!(read(&alone, "abaaba"), Some(vec![""]));
    assert_eq!(read(&[literal("abc")], "abc"), Some(vec![]));
    assert_eq!(read(&[literal("abc")], "abcd"), None);
}

#[test]
fn what_cannot_be_told_apart_does_not_load() {
    let hole = |class: ByteSet| Piece::Hole(Hole::Nonce, class.into());
    let check = |pieces: &[Piece]| {
        Template {
            pieces: pieces.to_vec(),
        }
        .check()
    };
    assert!(check(&[]).is_err());
    assert!(check(&[hole(ByteSet::HEX), hole(ByteSet::HEX)]).is_err());
    assert!(check(&[hole(ByteSet::HEX), literal("ab"), hole(ByteSet::HEX)]).is_err());
    assert!(check(&[hole(ByteSet::HEX), literal("ag"), hole(ByteSet::ALL)]).is_ok());
    // The literal in the middle is reached from neither end.
    let wide = ByteSet::ALL;
    let pieces = [
        hole(ByteSet::HEX),
        literal("-"),
        hole(wide),
        literal("+"),
        hole(wide),
        literal("-"),
        hole(ByteSet::HEX),
    ];
    assert!(check(&pieces).is_err());
    let many: Vec<Piece> = (0..9)
        .flat_map(|_| [hole(ByteSet::HEX), literal("-")])
        .collect();
    assert!(check(&many).is_err());
    assert!(check(&many[..16]).is_ok());
}

prop_compose! {
    // Templates over a tiny alphabet, so that literals and values collide as often as possible.
    fn template()(raw in proptest::collection::vec((any::<bool>(), 1u8..15, "[abcd]{1,3}"), 1..8)) -> Template {
        let mut pieces: Vec<Piece> = Vec::new();
        for (is_hole, class, text) in raw {
            let bytes: Vec<u8> = (0..4u8).filter(|i| class >> i & 1 == 1).map(|i| b'a' + i).collect();
            match (is_hole, pieces.last_mut()) {
                (false, Some(Piece::Literal(last))) => *last = [&last[..], text.as_bytes()].concat().into(),
                (false, _) => pieces.push(literal(&text)),
                (true, _) => pieces.push(Piece::Hole(Hole::Nonce, ByteSet::of(&bytes).into())),
            }
        }
        Template { pieces }
    }
}

// All ways to read a text, by trying.
fn ways(pieces: &[Piece], text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    match pieces {
        [] if text.is_empty() => vec![vec![]],
        [] => vec![],
        [Piece::Literal(literal), rest @ ..] => match text.strip_prefix(&literal[..]) {
            Some(text) => ways(rest, text),
            None => vec![],
        },
        [Piece::Hole(_, class), rest @ ..] => (0..=class.prefix_len(text))
            .flat_map(|len| {
                let found = ways(rest, &text[len..]).into_iter();
                found.map(move |more| [vec![text[..len].to_vec()], more].concat())
            })
            .collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn a_template_that_loads_is_read_in_exactly_one_way(template in template(), text in "[abcd]{0,12}", fill in any::<u64>()) {
        prop_assume!(template.check().is_ok());
        // A text that fits: each hole filled with some bytes of its class.
        let mut fits = Vec::new();
        let mut seed = fill;
        for piece in &template.pieces {
            match piece {
                Piece::Literal(literal) => fits.extend_from_slice(literal),
                Piece::Hole(_, class) => {
                    let bytes: Vec<u8> = class.iter().collect();
                    for _ in 0..seed % 4 {
                        seed = seed / 4 + 7;
                        fits.push(bytes[seed as usize % bytes.len()]);
                    }
                    seed = seed / 4 + 1;
                }
            }
        }
        for text in [text.as_bytes(), &fits] {
            let all = ways(&template.pieces, text);
            prop_assert!(all.len() <= 1, "{:?}", all);
            // As a piece of a longer text, in which something was found before.
            let mut captures: Captures = smallvec::smallvec![(Hole::KeyId, 0..1)];
            let read = template.read(text, 1000, &mut captures).map(|()| {
                let values = captures.iter().skip(1);
                values.map(|(_, r)| text[r.start - 1000..r.end - 1000].to_vec()).collect::<Vec<_>>()
            });
            prop_assert_eq!(read, all.into_iter().next());
        }
        prop_assert_eq!(ways(&template.pieces, &fits).len(), 1);
    }
}

#[test]
fn another_name_in_the_same_form_is_another_kind() {
    let digits = || Piece::Hole(Hole::KeyId, ByteSet::DIGITS.into());
    let hex = || Piece::Hole(Hole::Signature, ByteSet::HEX_LOWER.into());
    let worldpay = [digits(), literal("/SHA256/"), hex()];
    let mollie = [literal("sha256="), hex()];
    let braintree = [digits(), literal("|"), hex()];
    for (pieces, text, other) in [
        (&worldpay[..], "2/SHA512/ab", true),
        (&worldpay, "2/SHA256/zz", false),
        (&worldpay, "2/SHA512", false),
        (&worldpay, "2/SHA512/", false),
        (&worldpay, "x", false),
        (&worldpay, "", false),
        (&mollie, "sha512=ab", true),
        (&mollie, "sha256=zz", false),
        (&mollie, "ab", false),
        (&braintree, "x|zz", false),
        (&braintree, "ab", false),
    ] {
        let pieces = pieces.to_vec();
        let is_other = Template { pieces }.is_of_another_kind(text.as_bytes());
        assert_eq!(is_other, other, "{text}");
    }
}
