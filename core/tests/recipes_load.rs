//! Every recipe of the catalogue loads, and its file has the name of its id.
#![allow(clippy::panic, clippy::unwrap_used)]

#[test]
fn every_recipe_of_the_catalogue_loads() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/schemes");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let recipe = paysig::recipe::parse(&text, file).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(format!("{}.toml", recipe.id), file);
        assert!(
            !recipe.name.is_empty() && !recipe.documents.is_empty() && recipe.evidence.is_some(),
            "{file}"
        );
        count += 1;
    }
    assert!(count >= 26, "{count} recipes only");
}

/// Texts near a real recipe: cut, doubled, with values exchanged. They load or are refused.
#[test]
fn spoilt_recipes_do_not_panic() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/schemes");
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |n: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % n.max(1)
    };
    let mut refused = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let tokens: Vec<&str> = text
            .split_inclusive([' ', ',', '\n', '=', '}', ']'])
            .collect();
        for _ in 0..60 {
            let mut spoilt = tokens.clone();
            for _ in 0..=next(3) {
                if spoilt.is_empty() {
                    break;
                }
                let (i, j) = (next(spoilt.len()), next(spoilt.len()));
                match next(4) {
                    0 => drop(spoilt.remove(i)),
                    1 => spoilt.insert(i, tokens[j % tokens.len()]),
                    2 => spoilt.swap(i, j),
                    _ => spoilt.truncate(i.max(1)),
                }
            }
            if let Err(error) = paysig::recipe::parse(&spoilt.concat(), "spoilt.toml") {
                assert!(error.message().starts_with("spoilt.toml:"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

/// 26^15 parts in fifteen lines: written out, this test would not end.
#[test]
fn wide_lets_are_refused() {
    let mut text = String::from(
        "id = \"x\"\nname = \"X\"\ncredentials.secret = {}\n[request]\nalgorithm = \"hmac-sha256\"\nkey = { credential = \"secret\" }\n\
         encoding = \"hex\"\nmessage = { let = \"l15\" }\nfield = [{ header = \"X-A\", value = [{ let = \"l15\" }, \"\\u00e9\", { signature = true }] }]\n\
         [request.let]\nl0 = \"a\"\n",
    );
    for i in 1..16 {
        let refs = format!("{{ let = \"l{}\" }}, ", i - 1).repeat(26);
        text += &format!("l{i} = {{ group = [{refs}] }}\n");
    }
    for i in 0..50 {
        text += &format!("[request.variants.v{i}]\nlet.l0 = \"b\"\n");
    }
    let error = paysig::recipe::parse(&text, "wide.toml").unwrap_err();
    assert!(error.message().contains("when its lets are"), "{error}");
}
