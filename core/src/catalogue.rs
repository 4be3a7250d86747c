//! The recipes that come with paysig, as text.

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Every built-in recipe: id and TOML text, sorted by id.
pub fn catalogue() -> &'static [(&'static str, &'static str)] {
    RECIPES
}

pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|(id, _)| *id)
}

/// The text of one recipe.
pub(crate) fn text(id: &str) -> Option<&'static str> {
    let at = RECIPES
        .binary_search_by(|(known, _)| (*known).cmp(id))
        .ok()?;
    RECIPES.get(at).map(|(_, text)| *text)
}
