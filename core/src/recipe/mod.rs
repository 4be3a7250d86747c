//! Recipes: TOML text to typed recipe. See `docs/recipes.md` for the language.

mod model;

pub use model::*;
