//! What can be decided about a recipe before any message is seen.

use super::model::*;
use super::source::File;
use crate::Result;

pub(super) fn check(_recipe: &Recipe, _file: &File) -> Result<()> {
    Ok(())
}
