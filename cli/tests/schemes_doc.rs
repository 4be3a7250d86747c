//! `docs/schemes.md` is what the recipes say.
#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn the_page_is_what_the_recipes_say() {
    let made = Command::new(env!("CARGO_BIN_EXE_paysig"))
        .args(["schemes", "--markdown"])
        .output()
        .unwrap();
    assert!(made.status.success());
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schemes.md");
    let kept = std::fs::read_to_string(page).unwrap_or_default();
    let made = String::from_utf8(made.stdout).unwrap();
    let differs = made.lines().zip(kept.lines()).find(|(a, b)| a != b);
    assert!(
        made == kept,
        "docs/schemes.md is not up to date ({differs:?}): paysig schemes --markdown > docs/schemes.md"
    );
}
