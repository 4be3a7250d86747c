//! Secrets at other places inside a hashed text.

use super::Base;
use super::clue::{Clue, Scene, See};
use super::inline::is_separator;
use crate::recipe::Part;

/// Every usual place of the secret, where the scheme hashes it with the text.
pub(super) fn placement(base: &Base<'_>, scene: Scene<'_>, see: See<'_>) {
    let secret = |part: &Part| base.is_secret(part);
    let Some(own) = scene.parts.iter().find(|p| secret(p)).cloned() else {
        return;
    };
    let rest: Vec<Part> = scene.parts.iter().filter(|p| !secret(p)).cloned().collect();
    let separators = || rest.iter().filter(|p| is_separator(p)).cloned();
    let mut put = |parts: Vec<Part>| {
        let clue = [Clue::new("secret-placement-wrong")];
        see(
            &clue,
            Scene {
                parts: &parts,
                ..scene
            },
        );
    };
    let mut between: Vec<Option<Part>> = vec![None];
    between.extend(separators().next().map(Some));
    for text in [&b"&"[..], b"|", b":", b".", b"&key=", b"&secret="] {
        between.push(Some(super::inline::literal(text)));
    }
    // Separators at the ends belonged to the secret.
    let mut trimmed = &rest[..];
    while let [first, tail @ ..] = trimmed {
        if !is_separator(first) {
            break;
        }
        trimmed = tail;
    }
    while let [head @ .., last] = trimmed {
        if !is_separator(last) {
            break;
        }
        trimmed = head;
    }
    for body in [&rest[..], trimmed] {
        for separator in &between {
            let own = || std::iter::once(own.clone());
            let sep = || separator.iter().cloned();
            put(own().chain(sep()).chain(body.iter().cloned()).collect());
            put(body.iter().cloned().chain(sep()).chain(own()).collect());
            put(own()
                .chain(sep())
                .chain(body.iter().cloned())
                .chain(sep())
                .chain(own())
                .collect());
        }
        put(body.to_vec());
    }
    // One of several is missing, or one more is there.
    let at: Vec<usize> = (0..scene.parts.len())
        .filter(|&i| secret(&scene.parts[i]))
        .collect();
    for &i in &at {
        let mut parts = scene.parts.to_vec();
        parts.remove(i);
        put(parts);
    }
    for i in 0..=scene.parts.len() {
        let mut parts = scene.parts.to_vec();
        parts.insert(i, own.clone());
        put(parts);
    }
}
