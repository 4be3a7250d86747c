//! Recipes: TOML text to typed recipe. See `docs/recipes.md` for the language.

mod model;
mod visit;

pub use model::*;
