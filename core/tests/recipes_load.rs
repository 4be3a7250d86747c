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
