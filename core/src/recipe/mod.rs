//! Recipes: TOML text to typed recipe. See `docs/recipes.md` for the language.

mod check;
mod class;
mod extent;
mod lint;
mod model;
mod parse;
mod source;
mod suggest;
mod table;
mod template;
mod variants;
mod visit;

pub(crate) use extent::OfBody;
pub use lint::{LINTS, Lint, lint};
pub use model::*;
pub use parse::{MAX_DEPTH, MAX_PARTS, MAX_TEXT, parse};
pub use suggest::suggest;
pub use template::{Captures, MAX_HOLES};
