//! Weaknesses of schemes: each lint on the smallest recipe that has it, and the catalogue, which is clean or says why not.
#![allow(clippy::unwrap_used)]

use paysig::{Lint, Scheme, lint};

fn lints(flow: &str) -> Vec<Lint> {
    let text = format!("id = \"x\"\nname = \"X\"\n[credentials]\nsecret = {{}}\n{flow}");
    lint(Scheme::from_toml(&text, "x.toml").unwrap().recipe())
}

fn ids(flow: &str) -> Vec<&'static str> {
    lints(flow).into_iter().map(|l| l.id).collect()
}

const KEY: &str = "key = { credential = \"secret\" }\nencoding = \"hex\"\n";

/// A webhook without a weakness: time and body, told apart, under HMAC-SHA256.
fn sound() -> String {
    format!(
        "[webhook]\nalgorithm = \"hmac-sha256\"\n{KEY}timestamp = {{ format = \"unix\" }}\nmessage = [{{ timestamp = true }}, \".\", {{ body = \"raw\" }}]\n\
         field = [{{ header = \"T\", value = [{{ timestamp = true }}] }}, {{ header = \"S\", value = [{{ signature = true }}] }}]\n"
    )
}

#[test]
fn a_sound_recipe_is_clean() {
    assert!(lints(&sound()).is_empty(), "{:?}", lints(&sound()));
}

#[test]
fn joined_values_have_two_messages_as_witness() {
    let found = lints(&sound().replace("\".\", ", ""));
    assert_eq!(found[0].id, "ambiguous-concatenation");
    assert!(
        found[0].witness.contains("both give `010`"),
        "{}",
        found[0].witness
    );
    let decoded = sound().replace(
        "{ body = \"raw\" }",
        "{ query = \"decoded\" }, { body = \"raw\", then = [\"sha256\"] }",
    );
    assert_eq!(ids(&decoded), ["ambiguous-concatenation"]);
}

#[test]
fn what_is_left_unsigned_is_named() {
    let unsigned_time = sound().replace("{ timestamp = true }, \".\", { body", "{ body");
    assert_eq!(
        ids(&unsigned_time),
        ["unsigned-time", "no-replay-protection"]
    );
    assert_eq!(
        ids(&sound().replace(", \".\", { body = \"raw\" }", "")),
        ["unsigned-body"]
    );
    let members = sound().replace("{ body = \"raw\" }", "{ json = \"amount\" }");
    assert_eq!(ids(&members), ["unsigned-body"]);
}

/// A digit more in what is cut away changes no signature.
#[test]
fn what_is_cut_is_not_signed() {
    for step in [
        "{ take = 4 }",
        "{ piece = 0, of = \"x\" }",
        "{ after-last = \"x\" }",
        "{ remove-first = \"x\" }",
        "{ strip-prefix = \"x\", optional = true }",
        "{ strip-suffix = \"0\", optional = true }",
        "{ decimals = 0 }, { strip-suffix = \"0\", optional = true }",
    ] {
        for body in [
            "{ body = \"raw\", then = [STEP] }",
            "{ group = [{ body = \"raw\" }], then = [STEP] }",
            "{ group = [{ json = \"amount\" }], then = [STEP] }",
            "{ group = [{ let = \"b\" }], then = [STEP] }",
        ] {
            let body = body.replace("STEP", step);
            let lets = match body.contains("let") {
                true => "let = { b = { body = \"raw\" } }\n",
                false => "",
            };
            let cut = sound().replace("{ body = \"raw\" }", &body) + lets;
            assert_eq!(ids(&cut), ["unsigned-body"], "{body}");
            assert_eq!(lints(&cut)[0].message, "the body is not signed", "{body}");
        }
        let time = sound().replace(
            "[{ timestamp = true }, \".\"",
            &format!("[{{ timestamp = true, then = [{step}] }}, \".\""),
        );
        let mut found = ids(&time);
        found.retain(|id| *id != "ambiguous-concatenation");
        assert_eq!(found, ["unsigned-time", "no-replay-protection"]);
    }
    for kept in [
        "\"lower\"",
        "\"strip-white-space\"",
        "{ strip-prefix = \"x\" }",
        "{ decimals = 2 }, { strip-suffix = \"0\", optional = true }",
    ] {
        let kept = sound().replace("\"raw\" }", &format!("\"raw\", then = [{kept}] }}"));
        assert!(ids(&kept).is_empty(), "{kept}");
    }
}

/// A new time is a new string to sign, wherever the time stands.
#[test]
fn a_time_inside_what_is_signed_is_signed() {
    let timed = |place: &str, message: &str, field: &str| {
        sound()
            .replace("header = \"T\"", place)
            .replace("header = \"S\"", field)
            .replace("{ timestamp = true }, \".\", { body = \"raw\" }", message)
    };
    let query = "{ sorted = { from = \"query\", drop = [\"sig\"], encode = true } }, \"&\", { body = \"raw\", then = [\"sha256\", \"hex\"] }";
    let leaves = "{ leaves = { sep = \";\", kv = \":\", drop = [\"meta.sig\"] } }";
    let signed = [
        ("query_field = \"ts\"", query, "query_field = \"sig\""),
        (
            "query_field = \"ts\"",
            "{ query = \"raw\" }, \"\\n\", { body = \"raw\" }",
            "header = \"S\"",
        ),
        ("json = \"meta.time\"", leaves, "json = \"meta.sig\""),
        (
            "json = \"meta.time\"",
            "{ body = \"raw\" }",
            "header = \"S\"",
        ),
        (
            "form = \"t\"",
            "{ sorted = { from = \"form\", encode = true } }",
            "form = \"s\"",
        ),
        (
            "header = \"T\"",
            "{ header = \"T\" }, \"\\n\", { body = \"raw\" }",
            "header = \"S\"",
        ),
        (
            "header = \"X-T\"",
            "{ headers = { prefix = \"x-t\", kv = \":\", end = \"\\n\" } }, { body = \"raw\" }",
            "header = \"S\"",
        ),
    ];
    for (place, message, field) in signed {
        let found = ids(&timed(place, message, field));
        let only = found.iter().all(|id| *id == "ambiguous-concatenation");
        assert!(only, "{place} {message}: {found:?}");
    }
    let open = ["unsigned-time", "no-replay-protection"];
    for (place, message, field) in [
        (
            "query_field = \"ts\"",
            &query.replace("\"sig\"", "\"sig\", \"ts\"")[..],
            "query_field = \"sig\"",
        ),
        (
            "query_field = \"ts\"",
            "{ query_field = \"other\" }, \"\\n\", { body = \"raw\" }",
            "query_field = \"sig\"",
        ),
        (
            "header = \"Y-T\"",
            "{ headers = { prefix = \"x-t\", kv = \":\", end = \"\\n\" } }, { body = \"raw\" }",
            "header = \"S\"",
        ),
        (
            "header = \"T\"",
            "{ header = \"T\", then = [{ take = 4 }] }, \"\\n\", { body = \"raw\" }",
            "header = \"S\"",
        ),
    ] {
        let mut found = ids(&timed(place, message, field));
        found.retain(|id| *id != "ambiguous-concatenation");
        assert_eq!(found, open, "{place} {message}");
    }
    // What is left out of the leaves beside the signature is not signed: a member, and the time.
    let dropped = leaves.replace("[\"meta.sig\"]", "[\"meta.sig\", \"meta.time\"]");
    let mut found = ids(&timed(
        "json = \"meta.time\"",
        &dropped,
        "json = \"meta.sig\"",
    ));
    found.retain(|id| *id != "ambiguous-concatenation");
    assert_eq!(
        found,
        ["unsigned-body", "unsigned-time", "no-replay-protection"]
    );
}

#[test]
fn weak_digests_are_found_also_inside_the_text() {
    assert_eq!(
        ids(&sound().replace("hmac-sha256", "hmac-sha1")),
        ["weak-digest"]
    );
    for step in ["md5", "sha1", "crc32-decimal"] {
        let inside = sound().replace("\"raw\" }", &format!("\"raw\", then = [\"{step}\"] }}"));
        assert_eq!(ids(&inside), ["weak-digest"], "{step}");
    }
    let prefix = sound()
        .replace("hmac-sha256", "digest-sha256")
        .replace("message = [", "message = [{ credential = \"secret\" }, ");
    assert_eq!(ids(&prefix), ["secret-first-digest"]);
}

#[test]
fn a_digest_chosen_by_the_sender_is_found() {
    let named = sound()
        .replace(
            "\"hmac-sha256\"",
            "{ named = { a = \"hmac-sha256\", b = \"hmac-sha512\" }, sign = \"a\" }",
        )
        .replace(
            "field = [",
            "field = [{ header = \"A\", value = [{ algorithm = true }] }, ",
        );
    assert_eq!(ids(&named), ["sender-chosen-algorithm"]);
}

#[test]
fn a_branch_matters_where_it_changes_what_is_signed() {
    let branch = sound().replace(
        "{ body = \"raw\" }",
        "{ body = \"raw\" }, { group = [\".x\"], when = { method = \"POST\" } }",
    );
    assert_eq!(ids(&branch), ["branch-on-unsigned-value"]);
    // A nonce that is not signed is only written.
    let written = sound().replace("field = [", "field = [{ header = \"N\", optional = true, when = { method = \"POST\" }, value = [{ nonce = true }] }, ");
    assert!(ids(&written).is_empty(), "{:?}", lints(&written));
}

#[test]
fn one_rule_for_both_directions_is_found() {
    let both = sound().replace("[webhook]", "[request]") + "[webhook]\nlike = \"request\"\n";
    assert_eq!(ids(&both), ["reflection", "reflection"]);
}

#[test]
fn a_credential_that_is_sent_is_found() {
    let found = lint(paysig::scheme("http-bearer").unwrap().recipe());
    let found: Vec<_> = found.iter().map(|l| l.id).collect();
    assert_eq!(found, ["bearer-credential"]);
}

#[test]
fn an_acknowledgement_answers_its_warning_and_no_other() {
    let weak = sound().replace("hmac-sha256", "hmac-sha1");
    let reason = "[webhook.acknowledge]\nweak-digest = \"the provider has no other\"\n";
    let found = lints(&(weak + reason));
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].acknowledged.as_deref(),
        Some("the provider has no other")
    );
    // It outlived its warning.
    assert_eq!(ids(&(sound() + reason)), ["superfluous-acknowledgement"]);
}

#[test]
fn the_components_of_an_http_message_signature_count_as_signed() {
    // Method, address, digest of the body and time are covered.
    let scheme = paysig::scheme("rfc9421-ed25519").unwrap();
    assert_eq!(lint(scheme.recipe()), []);
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
        "give each its reason under [FLOW.acknowledge] of the recipe, or take away a reason that has outlived its warning:\n{}",
        open.join("\n")
    );
}
