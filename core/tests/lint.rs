//! Weaknesses of schemes: each lint on the smallest recipe that has it, and the catalogue, which is clean or says why not.
#![allow(clippy::unwrap_used)]

use paysig::{Scheme, lint};

fn ids(flow: &str) -> Vec<(String, &'static str)> {
    let text =
        format!("id = \"x\"\n[credentials]\nsecret = {{}}\nlogin = {{ public = true }}\n{flow}");
    let scheme = Scheme::from_toml(&text, "x.toml").unwrap();
    lint(scheme.recipe())
        .into_iter()
        .map(|l| (l.witness, l.id))
        .collect()
}

fn only_ids(flow: &str) -> Vec<&'static str> {
    ids(flow).into_iter().map(|(_, id)| id).collect()
}

const KEY: &str = "key = { credential = \"secret\" }\nencoding = \"hex\"\n";

#[test]
fn each_lint_has_a_recipe_that_shows_it() {
    let sound = format!(
        "[webhook]\nalgorithm = \"hmac-sha256\"\n{KEY}timestamp = {{ format = \"unix\" }}\nmessage = [{{ timestamp = true }}, \".\", {{ body = \"raw\" }}]\n\
         field = [{{ header = \"T\", value = [{{ timestamp = true }}] }}, {{ header = \"S\", value = [{{ signature = true }}] }}]\n"
    );
    assert!(only_ids(&sound).is_empty(), "{:?}", ids(&sound));
    let joined = sound.replace("\".\", ", "");
    let found = ids(&joined);
    assert_eq!(found[0].1, "ambiguous-concatenation");
    // The witness is two different pairs with one concatenation.
    assert!(found[0].0.contains("both give `010`"), "{}", found[0].0);
    let unsigned_time = sound.replace("{ timestamp = true }, \".\", { body", "{ body");
    assert_eq!(
        only_ids(&unsigned_time),
        ["unsigned-time", "no-replay-protection"]
    );
    let no_body = sound.replace(", \".\", { body = \"raw\" }", "");
    assert_eq!(only_ids(&no_body), ["unsigned-body"]);
    let sha1 = sound.replace("hmac-sha256", "hmac-sha1");
    assert_eq!(only_ids(&sha1), ["weak-digest"]);
    let prefix = sound
        .replace("hmac-sha256", "digest-sha256")
        .replace("message = [", "message = [{ credential = \"secret\" }, ");
    assert_eq!(only_ids(&prefix), ["secret-first-digest"]);
    let both = sound.replace("[webhook]", "[request]") + "[webhook]\nlike = \"request\"\n";
    assert_eq!(only_ids(&both), ["reflection", "reflection"]);
    let reason = sound + "[webhook.acknowledge]\nweak-digest = \"old\"\n";
    assert_eq!(only_ids(&reason), ["superfluous-acknowledgement"]);
}

#[test]
fn the_catalogue_is_clean_or_says_why_not() {
    let mut open = Vec::new();
    for (id, _) in paysig::catalogue() {
        let scheme = paysig::scheme(id).unwrap();
        for lint in lint(scheme.recipe()) {
            match &lint.acknowledged {
                Some(reason) => assert!(reason.len() > 20, "{id}: {}: {reason}", lint.id),
                None => open.push(format!(
                    "{id} {}: {}: {}",
                    lint.flow.name(),
                    lint.id,
                    lint.message
                )),
            }
        }
    }
    assert!(
        open.is_empty(),
        "give each its reason under [FLOW.acknowledge] of the recipe:\n{}",
        open.join("\n")
    );
}
