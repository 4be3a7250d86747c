//! Wrong recipes: each error has the right status, names file, line and key, and says what to do.
#![allow(clippy::unwrap_used, clippy::panic)]

use paysig::Status;
use paysig::recipe::parse;

/// A right recipe that the cases below spoil in one place.
const RIGHT: &str = r#"id = "example"
name = "Example"
documents = ["https://example.com"]
[credentials]
login = { public = true }
secret = {}
[request]
algorithm = "hmac-sha256"
key_id = { credential = "login" }
key = { credential = "secret" }
encoding = "hex"
timestamp = { format = "unix", tolerance = 300 }
message = [{ timestamp = true }, ".", { let = "query" }, { key_id = true }, { body = "raw" }]
field = [
  { header = "X-Date", value = [{ timestamp = true }] },
  { name = "login", header = "X-Login", value = [{ key_id = true }] },
  { header = "Authorization", value = ["EX ", { signature = true }] },
]
[request.let]
query = { query = "raw", lead = "?" }
[request.variants]
decoded = { let = { query = { query = "decoded", lead = "?" } } }
"#;

fn refused(text: &str, line: u32, field: &str, says: &str) {
    let shown = || format!("\n{text}\nexpected line {line}, {field}: {says}");
    let Err(error) = parse(text, "example.toml") else {
        panic!("was accepted: {}", shown());
    };
    let got = format!("\ngot {error}");
    assert_eq!(error.status(), Status::InvalidRecipe, "{}{got}", shown());
    assert_eq!(
        error.field_name().unwrap_or_default(),
        field,
        "{}{got}",
        shown()
    );
    let place = if field.is_empty() {
        format!("example.toml:{line}: ")
    } else {
        format!("example.toml:{line}: {field}: ")
    };
    assert!(error.message().starts_with(&place), "{}{got}", shown());
    assert!(
        error.message()[place.len()..].contains(says),
        "{}{got}",
        shown()
    );
}

/// Spoils the right recipe: what is replaced, by what; line, key and words of the error.
type Case<'c> = (&'c str, &'c str, u32, &'c str, &'c str);

fn all(cases: &[Case]) {
    assert!(parse(RIGHT, "example.toml").is_ok());
    for (old, new, line, field, says) in cases {
        assert_eq!(
            RIGHT.matches(old).count(),
            1,
            "{old:?} must stand in the recipe once"
        );
        refused(&RIGHT.replace(old, new), *line, field, says);
    }
}

#[test]
fn toml_and_the_top() {
    all(&[
        ("name = \"Example\"", "name = \"Example", 2, "", "not TOML"),
        (
            "name = \"Example\"",
            "id = \"twice\"",
            2,
            "",
            "not TOML: duplicate key",
        ),
        (
            "id = \"example\"",
            "id = \"Example\"",
            1,
            "id",
            "lower-case letters and digits",
        ),
        (
            "id = \"example\"",
            "id = \"a--b\"",
            1,
            "id",
            "single hyphens",
        ),
        ("id = \"example\"", "", 1, "", "\"id\" is missing"),
        (
            "id = \"example\"",
            "di = \"example\"",
            1,
            "di",
            "did you mean \"id\"?",
        ),
        (
            "name = \"Example\"",
            "name = 3",
            2,
            "name",
            "must be a string, not an integer",
        ),
        (
            "name = \"Example\"",
            "name = \"\"",
            2,
            "name",
            "must not be empty",
        ),
        (
            "documents =",
            "document =",
            3,
            "document",
            "unknown key, did you mean \"documents\"?",
        ),
        (
            "documents = [\"https://example.com\"]",
            "documents = [1]",
            3,
            "documents[0]",
            "must be a string",
        ),
        (
            "documents = [\"https://example.com\"]",
            "evidence = { kind = \"rumour\", note = \"x\" }",
            3,
            "evidence.kind",
            "unknown kind of evidence \"rumour\"; known: official-vector",
        ),
        (
            "[request]\n",
            "[requests]\n",
            7,
            "requests",
            "unknown key, did you mean \"request\"?",
        ),
    ]);
    refused(
        "id = \"x\"\nname = \"X\"\n",
        1,
        "",
        "needs a [request], a [webhook] or a [response]",
    );
}

#[test]
fn credentials() {
    all(&[
        (
            "secret = {}",
            "Secret = {}",
            6,
            "credentials.Secret",
            "a name is lower-case letters",
        ),
        (
            "secret = {}",
            "secret = true",
            6,
            "credentials.secret",
            "must be a table",
        ),
        (
            "secret = {}",
            "secret = { pubic = true }",
            6,
            "credentials.secret.pubic",
            "did you mean \"public\"?",
        ),
        (
            "secret = {}",
            "secret = { public = 1 }",
            6,
            "credentials.secret.public",
            "must be true or false",
        ),
        (
            "secret = {}",
            "secret = {}\nspare = {}",
            7,
            "credentials.spare",
            "is never used",
        ),
        (
            "secret = {}",
            "secret = { for = [\"request.sing\"] }",
            6,
            "credentials.secret.for[0]",
            "did you mean \"request.sign\"?",
        ),
        (
            "secret = {}",
            "secret = { for = [\"webhook.sign\"] }",
            6,
            "credentials.secret.for",
            "the recipe has no [webhook]",
        ),
        (
            "key = { credential = \"secret\" }",
            "key = { credential = \"sercet\" }",
            10,
            "request.key.credential",
            "did you mean \"secret\"?",
        ),
    ]);
}

#[test]
fn algorithms_and_keys() {
    all(&[
        (
            "\"hmac-sha256\"",
            "\"hmac-sha265\"",
            8,
            "request.algorithm",
            "did you mean \"hmac-sha256\"?",
        ),
        (
            "algorithm =",
            "algoritm =",
            8,
            "request.algoritm",
            "did you mean \"algorithm\"?",
        ),
        (
            "\"hmac-sha256\"",
            "{ sign = \"hmac-sha256\", verify = \"hmac-sha512\" }",
            8,
            "request.algorithm",
            "both sides use the same",
        ),
        (
            "\"hmac-sha256\"",
            "\"rsa-type2-encrypt\"",
            8,
            "request.algorithm",
            "rsa-type2-decrypt",
        ),
        (
            "\"hmac-sha256\"",
            "\"rsa-sha256\"",
            10,
            "request.key",
            "a key pair has two keys",
        ),
        (
            "\"hmac-sha256\"",
            "\"digest-sha256\"",
            13,
            "request.message",
            "a digest without a secret",
        ),
        ("\"hmac-sha256\"", "\"jws\"", 7, "request.jws", "is missing"),
        (
            "\"hmac-sha256\"",
            "\"client-credentials\"",
            7,
            "request.token",
            "is missing",
        ),
        (
            "\"hmac-sha256\"",
            "\"external\"",
            7,
            "request.unverifiable",
            "is missing",
        ),
        (
            "\"hmac-sha256\"",
            "\"token\"",
            13,
            "request.message",
            "signs no message",
        ),
        (
            "\"hmac-sha256\"",
            "{ named = { a = \"hmac-sha256\", b = \"rsa-sha256\" }, sign = \"a\" }",
            8,
            "request.algorithm",
            "whoever has the public key could sign",
        ),
        (
            "\"hmac-sha256\"",
            "{ named = { a = \"hmac-sha256\" }, sign = \"b\" }",
            8,
            "request.algorithm.sign",
            "unknown algorithm \"b\"",
        ),
        (
            "\"hmac-sha256\"",
            "{ named = { a = \"hmac-sha256\" }, sign = \"a\" }",
            8,
            "request.algorithm",
            "no field carries { algorithm = true }",
        ),
        (
            "key = { credential = \"secret\" }",
            "",
            7,
            "request.sign_key",
            "is missing",
        ),
        (
            "key = { credential = \"secret\" }",
            "key = \"secret\"",
            10,
            "request.key",
            "needs at least one credential",
        ),
        (
            "key = { credential = \"secret\" }",
            "key = { credential = \"login\" }",
            10,
            "request.key",
            "everybody could sign",
        ),
        (
            "key = { credential = \"secret\" }",
            "sign_key = { credential = \"secret\" }",
            7,
            "request.verify_key",
            "is missing",
        ),
        (
            "encoding = \"hex\"",
            "",
            7,
            "request",
            "\"encoding\" is missing",
        ),
        (
            "encoding = \"hex\"",
            "encodign = \"hex\"",
            11,
            "request.encodign",
            "did you mean \"encoding\"?",
        ),
        (
            "encoding = \"hex\"",
            "encoding = \"text\"",
            11,
            "request.encoding",
            "a signature is bytes",
        ),
        (
            "encoding = \"hex\"",
            "encoding = { write = \"hex\", read = [\"base46\"] }",
            11,
            "request.encoding.read[0]",
            "did you mean \"base64\"?",
        ),
        (
            "encoding = \"hex\"",
            "encoding = \"hex\"\njws = { alg = \"HS256\" }",
            12,
            "request.jws",
            "for algorithm \"jws\" only",
        ),
        (
            "encoding = \"hex\"",
            "encoding = \"hex\"\nunverifiable = \"mTLS\"",
            12,
            "request.unverifiable",
            "for algorithm \"external\" only",
        ),
    ]);
}

#[test]
fn time() {
    all(&[
        (
            "format = \"unix\"",
            "format = \"unixms\"",
            12,
            "request.timestamp.format",
            "did you mean \"unix-ms\"?",
        ),
        (
            "tolerance = 300",
            "tolerence = 300",
            12,
            "request.timestamp.tolerence",
            "did you mean \"tolerance\"?",
        ),
        (
            "tolerance = 300",
            "tolerance = 0",
            12,
            "request.timestamp.tolerance",
            "between 1 and 604800",
        ),
        (
            "tolerance = 300",
            "tolerance = \"300\"",
            12,
            "request.timestamp.tolerance",
            "must be an integer, not a string",
        ),
        (
            "tolerance = 300",
            "tolerance_by = \"provider\"",
            12,
            "request.timestamp.tolerance_by",
            "needs its value",
        ),
        (
            "tolerance = 300",
            "accept = [\"rfc\"]",
            12,
            "request.timestamp.accept[0]",
            "unknown time format \"rfc\"",
        ),
        (
            "timestamp = { format = \"unix\", tolerance = 300 }",
            "",
            13,
            "request.timestamp",
            "is missing",
        ),
        (
            "value = [{ timestamp = true }]",
            "value = [{ timestamp = \"amz\" }]",
            12,
            "request.timestamp",
            "no field carries",
        ),
    ]);
}

#[test]
fn parts_and_steps() {
    let body = "{ body = \"raw\" }";
    let at = "request.message[4]";
    let path = |rest: &str| format!("{at}{rest}");
    for (new, rest, says) in [
        (
            "{ bdoy = \"raw\" }",
            "",
            "no source \"bdoy\", did you mean \"body\"?",
        ),
        ("{ }", "", "a part needs a source"),
        (
            "{ body = \"raw\", method = true }",
            "",
            "has \"method\" and \"body\"",
        ),
        ("{ signature = true }", "", "can stand in a field only"),
        ("7", "", "a part is a string or a table"),
        (
            "{ body = \"cooked\" }",
            ".body",
            "unknown form \"cooked\"; known: raw",
        ),
        ("{ method = false }", ".method", "must be true"),
        ("{ path = \"ra\" }", ".path", "did you mean \"raw\"?"),
        (
            "{ url = \"port\" }",
            ".url",
            "known: scheme, authority, host, no-query",
        ),
        (
            "{ header = \"X Date\" }",
            ".header",
            "is not the name of a header",
        ),
        (
            "{ header = \"X-A\", mising = \"\" }",
            ".mising",
            "did you mean \"missing\"?",
        ),
        (
            "{ headers = { } }",
            ".headers",
            "either \"prefix\" or \"list\"",
        ),
        (
            "{ header_names = { join = \";\" } }",
            ".header_names",
            "needs a \"list\" or a \"prefix\"",
        ),
        (
            "{ json = \"a..b\" }",
            ".json",
            "names joined by single dots",
        ),
        (
            "{ canonical_json = \"pretty\" }",
            ".canonical_json",
            "unknown JSON style",
        ),
        (
            "{ sorted = { from = \"body\" } }",
            ".sorted.from",
            "unknown source \"body\"; known: form",
        ),
        ("{ leaves = { } }", ".leaves", "\"sep\" is missing"),
        ("{ let = \"qurey\" }", ".let", "did you mean \"query\"?"),
        (
            "{ credential = \"token\" }",
            ".credential",
            "no credential \"token\"",
        ),
        ("{ group = \"a\" }", ".group", "must be a list"),
        (
            "{ timestamp = \"iso\" }",
            ".timestamp",
            "unknown time format",
        ),
        (
            "{ body = \"raw\", then = [\"sha255\"] }",
            ".then[0]",
            "did you mean \"sha256\"?",
        ),
        (
            "{ body = \"raw\", then = [{ strip = \"a\" }] }",
            ".then[0]",
            "unknown step \"strip\"",
        ),
        (
            "{ body = \"raw\", then = [{ take = 0 }] }",
            ".then[0].take",
            "between 1 and",
        ),
        (
            "{ body = \"raw\", then = [{ take = 3, decimals = 2 }] }",
            ".then[0]",
            "one step at a time",
        ),
        (
            "{ body = \"raw\", then = [{ hmac-of-this = { hash = \"md6\", key = \"x\" } }] }",
            ".then[0].hmac-of-this.hash",
            "did you mean \"md5\"?",
        ),
        (
            "{ body = \"raw\", when = { } }",
            ".when",
            "an empty condition",
        ),
        (
            "{ body = \"raw\", when = { method = \"post\" } }",
            ".when.method",
            "in capitals",
        ),
    ] {
        let text = RIGHT.replace(body, new);
        refused(&text, 13, &path(rest), says);
    }
    for (new, says) in [
        ("{ claim = \"exp\" }", "only with algorithm \"jws\""),
        ("{ payload = true }", "only with algorithm \"jws\""),
        ("{ jws_header = \"kid\" }", "only with algorithm \"jws\""),
    ] {
        refused(&RIGHT.replace(body, new), 13, at, says);
    }
    let nonce = RIGHT.replace(body, "{ nonce = true }");
    refused(
        &nonce,
        13,
        "request.message",
        "no field carries { nonce = true }",
    );
}

#[test]
fn fields() {
    let date = "{ header = \"X-Date\", value = [{ timestamp = true }] }";
    let signature = "value = [\"EX \", { signature = true }]";
    all(&[
        (
            date,
            "{ value = [{ timestamp = true }] }",
            15,
            "request.field[0]",
            "a field needs a place",
        ),
        (
            date,
            "{ header = \"X-Date\", json = \"date\", value = [{ timestamp = true }] }",
            15,
            "request.field[0]",
            "one place",
        ),
        (
            date,
            "{ header = \"X-Date\" }",
            15,
            "request.field[0]",
            "\"value\" is missing",
        ),
        (
            date,
            "{ header = \"X-Date\", vlaue = [{ timestamp = true }] }",
            15,
            "request.field[0].vlaue",
            "did you mean \"value\"?",
        ),
        (
            date,
            "{ header = \"X-Date\", alone = true, value = [{ timestamp = true }] }",
            15,
            "request.field[0]",
            "for json fields only",
        ),
        (
            date,
            "{ header = \"X-Date\", caller = \"keep\", value = [{ timestamp = true }] }",
            15,
            "request.field[0].caller",
            "unknown rule \"keep\"; known: refuse",
        ),
        (
            date,
            "{ header = \"X-Date\", optional = true, value = [{ timestamp = true }] }",
            15,
            "request.field[0].optional",
            "what is signed must be there",
        ),
        (
            date,
            "{ header = \"X-Date\", take = [\"query\"], value = [{ timestamp = true }] }",
            15,
            "request.field[0].take",
            "holds no { let = \"query\" }",
        ),
        (
            date,
            "{ header = \"X-Date\", take_must_hold = { query = {} }, value = [{ timestamp = true }] }",
            15,
            "request.field[0].take_must_hold",
            "there is no \"take\"",
        ),
        (
            date,
            "{ header = \"X-Date\", reject = [{ prefix = \"a\", status = \"ok\", about = \"b\" }], value = [{ timestamp = true }] }",
            15,
            "request.field[0].reject[0].status",
            "unknown verdict \"ok\"",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ timestamp = true }, { key_id = true }] }",
            15,
            "request.field[0].value",
            "the timestamp and the key id touch",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ key_id = true }, \":\", { nonce = true }] }",
            15,
            "request.field[0].value",
            "\":\" between the key id and the nonce can stand inside both",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ timestamp = true, class = \"letters\" }] }",
            15,
            "request.field[0].value",
            "could hold no byte at all",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ timestamp = true, class = \"number\" }] }",
            15,
            "request.field[0].value[0].class",
            "unknown class \"number\"",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [\"a\\nb\", { timestamp = true }] }",
            15,
            "request.field[0].value",
            "no CR, LF or NUL",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ body = \"raw\" }] }",
            15,
            "request.field[0].value[0]",
            "\"body\" cannot stand in a field as it is, only as a let",
        ),
        (
            date,
            "{ header = \"X-Date\", item = \",\", list = { t = { timestamp = true } } }",
            15,
            "request.field[0]",
            "\"kv\" is missing",
        ),
        (
            date,
            "{ header = \"X-Date\", item = \",\", kv = \",\", list = { t = { timestamp = true } } }",
            15,
            "request.field[0]",
            "are the same",
        ),
        (
            date,
            "{ header = \"X-Date\", item = \"1\", kv = \"=\", list = { t = { timestamp = true } } }",
            15,
            "request.field[0]",
            "the value of \"t\" can hold \"1\"",
        ),
        (
            date,
            "{ header = \"X-Date\", item = \",\", kv = \"=\", list = { \"a=b\" = { timestamp = true } } }",
            15,
            "request.field[0]",
            "holds a separator",
        ),
        (
            date,
            "{ header = \"authorization\", value = [{ timestamp = true }] }",
            17,
            "request.field[2]",
            "is written twice",
        ),
        (
            signature,
            "value = [\"EX \"]",
            14,
            "request.field",
            "no field holds { signature = true }",
        ),
        (
            signature,
            "value = [{ signature = true }, \";\", { signature = true }]",
            17,
            "request.field[2]",
            "holds the signature twice",
        ),
        (
            signature,
            "caller = \"adopt\", value = [{ signature = true }]",
            17,
            "request.field[2]",
            "a caller cannot set the signature",
        ),
        (
            date,
            "{ header = \"X-Date\", value = [{ timestamp = true }] }, { header = \"X-Sign\", value = [{ signature = true }] }",
            17,
            "request.field[3]",
            "second field with the signature",
        ),
        (
            "value = [{ key_id = true }]",
            "value = [\"a\"]",
            9,
            "request.key_id",
            "no field carries { key_id = true }",
        ),
        (
            "key_id = { credential = \"login\" }",
            "",
            7,
            "request.key_id",
            "is missing",
        ),
        (
            "header = \"Authorization\"",
            "json = \"signature\"",
            13,
            "request.message",
            "would stand inside what it signs",
        ),
    ]);
}

#[test]
fn secrets_stay_off_the_wire() {
    let login = "value = [{ key_id = true }]";
    all(&[(
        login,
        "value = [{ key_id = true }, \" \", { credential = \"secret\" }]",
        16,
        "request.field[1]",
        "would send the secret \"secret\"",
    )]);
    let digest = RIGHT
        .replace("query = { query = \"raw\", lead = \"?\" }", "query = { query = \"raw\" }\nproof = { credential = \"secret\", then = [\"sha256\", \"hex\"] }")
        .replace(login, "value = [{ key_id = true }, \" \", { let = \"proof\" }]");
    refused(
        &digest,
        16,
        "request.field[1]",
        "would send the secret \"secret\"",
    );
    let hidden = digest.replace(
        "then = [\"sha256\", \"hex\"]",
        "then = [{ hmac-with-this-as-key = { hash = \"sha256\", data = \"a\" } }, \"hex\"]",
    );
    refused(
        &hidden,
        16,
        "request.field[1]",
        "would send the secret \"secret\"",
    );
    let public = RIGHT.replace("login = { public = true }", "login = {}");
    refused(
        &public,
        16,
        "request.field[1]",
        "would send the secret \"login\"",
    );
    let answer = RIGHT.replace(
        "encoding = \"hex\"",
        "encoding = \"hex\"\nhandshake = [{ about = \"a\", when = { method = \"GET\" }, content_type = \"text/plain\", answer = [{ credential = \"secret\" }] }]",
    );
    refused(
        &answer,
        12,
        "request.handshake[0].answer",
        "would send the secret \"secret\"",
    );
    // The answer of an endpoint check may be an HMAC: it does not show its key. But who sends the check must not choose the text.
    let answered = |with: &str| answer.replace("{ credential = \"secret\" }]", &format!("{with}]"));
    let mac =
        "{ hmac-of-this = { hash = \"sha256\", key = { credential = \"secret\" } } }, \"base64\"";
    let only = "{ only = \"hex\", min = 8, max = 64 }";
    for open in [
        format!("{{ query_field = \"crc\", then = [{mac}] }}"),
        format!("{{ group = [\"v1:\", {{ body = \"raw\" }}], then = [{mac}] }}"),
        format!("{{ group = [{{ query_field = \"crc\", then = [{mac}] }}] }}"),
        format!("{{ query_field = \"crc\", then = [{mac}, {only}] }}"),
        format!("{{ let = \"query\", then = [\"sha256\", {mac}] }}"),
        "{ credential = \"secret\", then = [{ hmac-with-this-as-key = { hash = \"sha256\", data = { header = \"X-C\" } } }, \"hex\"] }".to_owned(),
        // What is bounded is not what the MAC is made of.
        format!("{{ group = [\"v1:\", {{ query_field = \"crc\", then = [{only}] }}], then = [{mac}] }}"),
        format!("{{ query_field = \"crc\", then = [{only}, \"upper\", {mac}] }}"),
        format!(
            "{{ credential = \"secret\", then = [{{ hmac-with-this-as-key = {{ hash = \"sha256\", data = {{ header = \"X-C\", then = [{only}] }} }} }}, \"hex\"] }}"
        ),
    ] {
        refused(
            &answered(&open),
            12,
            "request.handshake[0].answer",
            "would authenticate whatever a stranger sends",
        );
        let signed = answered(&open).replace("about = \"a\"", "about = \"a\", signed = true");
        assert!(parse(&signed, "example.toml").is_ok(), "{signed}");
    }
    // Bounded by itself, and open in a variant.
    let by_name = answered(&format!("{{ let = \"query\", then = [{mac}] }}")).replace(
        "query = { query = \"raw\", lead = \"?\" }\n[",
        &format!("query = {{ query = \"raw\", lead = \"?\", then = [{only}] }}\n["),
    );
    refused(
        &by_name,
        12,
        "request.handshake[0].answer",
        "would authenticate whatever a stranger sends",
    );
    for bounded in [
        format!("{{ query_field = \"crc\", then = [{only}, {mac}] }}"),
        format!("{{ group = [\"01\", {{ query_field = \"crc\" }}], then = [{only}, {mac}] }}"),
    ] {
        assert!(
            parse(&answered(&bounded), "example.toml").is_ok(),
            "{bounded}"
        );
    }
    let backwards = only.replace("8", "65");
    refused(
        &answered(&format!(
            "{{ query_field = \"crc\", then = [{backwards}, {mac}] }}"
        )),
        12,
        "request.handshake[0].answer[0].then[0].max",
        "must be between 65 and",
    );
}

#[test]
fn lets_and_variants() {
    let query = "query = { query = \"raw\", lead = \"?\" }";
    let decoded = "decoded = { let = { query = { query = \"decoded\", lead = \"?\" } } }";
    all(&[
        (
            query,
            "query = { let = \"query\" }",
            13,
            "request.message[2]",
            "refers to itself",
        ),
        (
            query,
            "query = { let = \"other\" }\nother = { let = \"query\" }",
            13,
            "request.message[2]",
            "refers to itself",
        ),
        (
            query,
            "Query = \"a\"",
            20,
            "request.let.Query",
            "a name is lower-case letters",
        ),
        (
            query,
            "other = { query = \"raw\" }",
            13,
            "request.message[2].let",
            "this flow has no let \"query\"; known: other",
        ),
        (
            decoded,
            "decoded = { let = { qury = \"a\" } }",
            22,
            "request.variants.decoded.let.qury",
            "did you mean \"query\"?",
        ),
        (
            decoded,
            "decoded = { about = \"a\" }",
            22,
            "request.variants.decoded",
            "changes nothing",
        ),
        (
            decoded,
            "Decoded = { let = { query = \"a\" } }",
            22,
            "request.variants.Decoded",
            "lower-case letters",
        ),
        (
            decoded,
            "decoded = { let = { query = { let = \"query\" } } }",
            13,
            "request.message[2]",
            "refers to itself",
        ),
        (
            decoded,
            "decoded = { message = [\"a\"] }",
            22,
            "request.variants.decoded.message",
            "unknown key",
        ),
        (
            decoded,
            "decoded = { field = [{ header = \"X-User\", value = [{ key_id = true }] }] }",
            22,
            "request.variants.decoded.field[0]",
            "needs the \"name\"",
        ),
        (
            decoded,
            "decoded = { field = [{ name = \"lgoin\", header = \"X-User\", value = [{ key_id = true }] }] }",
            22,
            "request.variants.decoded.field[0].name",
            "did you mean \"login\"?",
        ),
        (
            decoded,
            "decoded = { field = [{ name = \"login\", header = \"X-User\", value = [{ signature = true }] }] }",
            22,
            "request.variants.decoded.field[0]",
            "the signature stays where it is",
        ),
        (
            decoded,
            "decoded = { key = { credential = \"login\" } }",
            22,
            "request.variants.decoded.key",
            "everybody could sign",
        ),
    ]);
}

#[test]
fn like() {
    let with = |more: &str| format!("{RIGHT}[webhook]\n{more}\n");
    assert!(parse(&with("like = \"request\""), "example.toml").is_ok());
    refused(
        &with("like = \"response\""),
        24,
        "webhook.like",
        "there is no [response]",
    );
    refused(
        &with("like = \"webhook\""),
        24,
        "webhook.like",
        "cannot be like itself",
    );
    refused(
        &with("like = \"requests\""),
        24,
        "webhook.like",
        "did you mean \"request\"?",
    );
    refused(
        &(with("like = \"request\"") + "[response]\nlike = \"webhook\"\n"),
        26,
        "response.like",
        "itself like another flow",
    );
    refused(
        &with("like = \"request\"\ntimestmp = 1"),
        25,
        "webhook.timestmp",
        "did you mean \"timestamp\"?",
    );
    // What is inherited is judged where it stands, and as part of the flow that inherits it.
    let spoilt = with("like = \"request\"\nkey = { credential = \"login\" }");
    refused(&spoilt, 25, "webhook.key", "everybody could sign");
}

#[test]
fn requirements_and_more() {
    let with =
        |more: &str| RIGHT.replace("encoding = \"hex\"", &format!("encoding = \"hex\"\n{more}"));
    for (more, field, says) in [
        (
            "require = [{ value = { json = \"v\" } }]",
            "request.require[0]",
            "\"equals\" is missing",
        ),
        (
            "require = [{ value = { json = \"v\" }, equals = [] }]",
            "request.require[0]",
            "no message would be accepted",
        ),
        (
            "require = [{ value = { json = \"v\" }, equals = \"1\", status = \"invalid_recipe\" }]",
            "request.require[0].status",
            "unknown verdict",
        ),
        ("retention = 0", "request.retention", "between 1 and"),
        (
            "target = \"lax\"",
            "request.target",
            "unknown target rule \"lax\"; known: strict, any",
        ),
        (
            "each = { item = \"a\" }",
            "request.each",
            "\"path\" is missing",
        ),
        (
            "fetch = { url = { header = \"X-Url\" } }",
            "request.fetch",
            "needs \"hosts\"",
        ),
        (
            "fetch = { url = { header = \"X-Url\" }, hosts = [\"*.com\"] }",
            "request.fetch.hosts",
            "is not a host name",
        ),
        (
            "handshake = [{ about = \"a\", content_type = \"text/plain\", answer = \"b\" }]",
            "request.handshake[0]",
            "to tell it from ordinary messages",
        ),
        (
            "handshake = [{ about = \"a\", when = { method = \"GET\" }, content_type = \"text/plain\\r\\nX: y\", answer = \"b\" }]",
            "request.handshake[0].content_type",
            "must be a media type",
        ),
        (
            "handshake = [{ about = \"a\", when = { method = \"GET\" }, content_type = \"plain\", answer = \"b\" }]",
            "request.handshake[0].content_type",
            "must be a media type",
        ),
        (
            "acknowledge = { some-lint = \"\" }",
            "request.acknowledge.some-lint",
            "must not be empty",
        ),
        (
            "jws_require = [{ in = \"a\", header = \"b\" }]",
            "request.jws_require",
            "for algorithm \"jws\" only",
        ),
    ] {
        refused(&with(more), 12, field, says);
    }
}

const JWS: &str = r#"id = "example-jws"
name = "Example"
[credentials]
secret = {}
[request]
algorithm = "jws"
jws = { alg = "HS256", header = { typ = "JWT" } }
key = { credential = "secret" }
message = [{ payload = true }]
field = [{ query_field = "token", value = [{ signature = true }] }]
"#;

#[test]
fn jws() {
    assert!(parse(JWS, "example.toml").is_ok());
    for (old, new, line, field, says) in [
        (
            "alg = \"HS256\", ",
            "alg = \"none\", ",
            7,
            "request.jws.alg",
            "unknown JWS algorithm \"none\"",
        ),
        (
            "alg = \"HS256\", ",
            "",
            7,
            "request.jws",
            "\"alg\" is missing",
        ),
        (
            "alg = \"HS256\", ",
            "alg = \"HS256\", unencoded = true, ",
            7,
            "request.jws",
            "only with \"detached\"",
        ),
        (
            "typ = \"JWT\"",
            "alg = \"HS512\"",
            7,
            "request.jws.header.alg",
            "the pinned algorithm, \"HS256\"",
        ),
        (
            "typ = \"JWT\"",
            "crit = \"b64\"",
            7,
            "request.jws.header.crit",
            "unencoded = true",
        ),
        (
            "typ = \"JWT\"",
            "kid = { key_id = true }",
            5,
            "request.key_id",
            "is missing",
        ),
        (
            "typ = \"JWT\"",
            "x = { credential = \"secret\" }",
            7,
            "request.jws.header.x",
            "would send the secret",
        ),
        (
            "\"HS256\"",
            "\"ES256\"",
            8,
            "request.key",
            "a key pair has two keys",
        ),
        (
            "{ payload = true }",
            "{ credential = \"secret\" }",
            9,
            "request.message[0]",
            "would send the secret",
        ),
        (
            "{ payload = true }",
            "{ claim = \"a\" }",
            9,
            "request.message[0]",
            "use it in \"require\"",
        ),
        (
            "key = ",
            "encoding = \"hex\"\nkey = ",
            8,
            "request.encoding",
            "has its own encoding",
        ),
    ] {
        assert_eq!(JWS.matches(old).count(), 1, "{old}");
        refused(&JWS.replace(old, new), line, field, says);
    }
}

#[test]
fn branches_cover_the_body() {
    let message = |parts: &str| {
        RIGHT.replace(
            "{ key_id = true }, { body = \"raw\" }]",
            &format!("{{ key_id = true }}, {parts}]"),
        )
    };
    let says = "a condition on an unsigned value decides whether the body is signed";
    for parts in [
        "{ body = \"raw\", when = { form = false } }",
        "{ body = \"raw\", when = { method = \"POST\" } }",
        "{ body = \"raw\", when = { no_header = \"X-Unsigned\" } }",
        "{ group = [{ body = \"raw\" }], when = { header = \"x-signed\" } }",
    ] {
        refused(&message(parts), 13, "request.message", says);
    }
    // An arm that signs a member, or a piece, is no match for one that signs the whole; nor are different members for each other.
    let says = "a condition on an unsigned value decides";
    for parts in [
        "{ json = \"id\", when = { header = \"X-Unsigned\" } }, { body = \"raw\", when = { no_header = \"X-Unsigned\" } }",
        "{ body = \"raw\", then = [{ take = 4 }], when = { header = \"X-Unsigned\" } }, { body = \"raw\", when = { no_header = \"X-Unsigned\" } }",
        "{ group = [{ body = \"raw\" }], then = [{ after-last = \".\" }], when = { form = true } }, { body = \"raw\", when = { form = false } }",
        "{ json = \"id\" }, { json = \"amount\", when = { form = false } }",
        "{ json = \"id\", when = { form = true } }, { json = \"amount\", when = { form = false } }",
        "{ sorted = { from = \"form\", prefix = [\"a\"] }, when = { form = true } }, { body = \"raw\", when = { form = false } }",
        "{ sorted = { from = \"form\", drop = [\"amount\"] }, when = { form = true } }, { body = \"raw\", when = { form = false } }",
        "{ json = \"id\", from = { body = \"raw\" }, when = { form = true } }, { body = \"raw\", when = { form = false } }",
        // A piece of the header does not sign it.
        "{ header = \"X-Unsigned\", then = [{ take = 1 }] }, { body = \"raw\", when = { header = \"X-Unsigned\" } }",
    ] {
        refused(&message(parts), 13, "request.message", says);
    }
    let variant = message("{ let = \"b\" }")
        .replace("[request.let]\n", "[request.let]\nb = { body = \"raw\" }\n")
        + "piece = { let = { b = { body = \"raw\", when = { form = true } } } }\n";
    refused(&variant, 24, "request.message", says);
    // Both arms sign it, or the value that decides is itself signed, or there is nothing to sign in the other arm.
    for parts in [
        "{ sorted = { from = \"form\" }, when = { form = true } }, { body = \"raw\", when = { form = false } }",
        "{ method = true }, { body = \"raw\", when = { method = \"POST\" } }",
        "{ body = \"raw\", when = { query = \"signed\" } }",
        "{ body = \"raw\", when = { body = true } }",
        "{ json = \"id\", when = { form = false } }, { form = \"id\", when = { form = true } }",
        "{ body = \"raw\", then = [{ take = 4 }], when = { form = true } }, { body = \"raw\" }",
        "{ header = \"X-Unsigned\", when = { header = \"X-Unsigned\" } }",
    ] {
        parse(&message(parts), "example.toml").unwrap_or_else(|e| panic!("{parts}: {e}"));
    }
}

#[test]
fn limits() {
    let long = format!("{RIGHT}# {}\n", "x".repeat(64 * 1024));
    refused(&long, 1, "", "at most 65536 bytes");

    let parts = "\"a\", ".repeat(520);
    let many = RIGHT.replace(
        "{ body = \"raw\" }]",
        &format!("{{ body = \"raw\" }}, {parts}]"),
    );
    let error = parse(&many, "example.toml").unwrap_err();
    assert!(error.message().contains("at most 512 parts"), "{error}");

    let deep = format!("{}\"a\"{}", "{ group = [".repeat(20), "] }".repeat(20));
    let error = parse(
        &RIGHT.replace("{ body = \"raw\" }]", &format!("{deep}]")),
        "example.toml",
    )
    .unwrap_err();
    assert!(error.message().contains("more than 16 deep"), "{error}");

    // Every let doubles the one before: 2^13 parts out of thirteen lines.
    let mut lets = String::from("query = { group = [{ let = \"l13\" }] }\nl0 = \"a\"\n");
    for i in 1..=13 {
        let before = i - 1;
        lets += &format!(
            "l{i} = {{ group = [{{ let = \"l{before}\" }}, {{ let = \"l{before}\" }}] }}\n"
        );
    }
    let bomb = RIGHT.replace("query = { query = \"raw\", lead = \"?\" }\n", &lets);
    let error = parse(&bomb, "example.toml").unwrap_err();
    assert!(error.message().contains("when its lets are"), "{error}");

    let brackets = format!("x = {}{}\n{RIGHT}", "[".repeat(20_000), "]".repeat(20_000));
    let error = parse(&brackets, "example.toml").unwrap_err();
    assert!(
        error.message().starts_with("example.toml:1: not TOML"),
        "{error}"
    );
}

#[test]
fn no_prefix_of_a_recipe_panics() {
    for end in (0..RIGHT.len()).filter(|end| RIGHT.is_char_boundary(*end)) {
        if let Err(error) = parse(&RIGHT[..end], "example.toml") {
            assert_eq!(error.status(), Status::InvalidRecipe);
            assert!(error.message().starts_with("example.toml:"), "{error}");
        }
    }
}

/// A value that may stand there several times: what would make it unreadable, or a key id mean two things.
#[test]
fn repeated_values() {
    let with = |field: &str| {
        let old = r#"{ header = "Authorization", value = ["EX ", { signature = true }] }"#;
        RIGHT.replace(old, field)
    };
    for (field, says) in [
        (
            r#"{ header = "Authorization", repeat = "f", value = ["EX ", { signature = true }] }"#,
            "can stand inside the value",
        ),
        (
            r#"{ header = "Authorization", repeat = "X", value = ["EX ", { signature = true }] }"#,
            "can stand inside the value",
        ),
        (
            r#"{ header = "Authorization", repeat = ",", item = ",", kv = "=", list = { v1 = { signature = true } } }"#,
            "with a \"value\" only",
        ),
        (
            r#"{ header = "Authorization", repeat = ",", value = [{ nonce = true }, "/", { signature = true }] }"#,
            "the signature, and at most the key id",
        ),
    ] {
        refused(&with(field), 17, "request.field[2].repeat", says);
    }
    let signed = r#"{ header = "Authorization", repeat = ",", value = [{ key_id = true, class = "digits" }, "/", { signature = true }] }"#;
    refused(
        &with(signed),
        17,
        "request.field[2].repeat",
        "a key id that is signed stands there once",
    );
}

#[test]
fn a_flow_has_a_bounded_number_of_fields() {
    // Signing keeps a bit for each field, and captures a byte: more of them must not load.
    let fields: String = (0..300)
        .map(|i| format!("  {{ header = \"X-{i}\", value = [{{ key_id = true }}] }},\n"))
        .collect();
    let many = RIGHT.replace("field = [\n", &format!("field = [\n{fields}"));
    let error = parse(&many, "example.toml").unwrap_err();
    assert_eq!(error.status(), Status::InvalidRecipe);
    assert!(error.message().contains("at most 32 fields"), "{error}");
}

#[test]
fn what_a_jws_alone_carries_is_not_in_its_message() {
    let recipe = |message: &str, more: &str| {
        format!(
            r#"id = "x"
name = "X"
[credentials]
secret = {{}}
[webhook]
algorithm = "jws"
key = {{ credential = "secret" }}
timestamp = {{ format = "unix" }}
message = [{message}{{ body = "raw" }}]
field = [{{ header = "X-Jws", value = {{ signature = true }} }}]
jws = {{ alg = "HS256", detached = true, header = {{ time = {{ timestamp = true }}, nonce = {{ nonce = true }} }} }}
{more}
"#
        )
    };
    assert!(parse(&recipe("", ""), "example.toml").is_ok());
    for (message, says) in [
        ("{ timestamp = true }, ", "the time is signed, but no field"),
        ("{ nonce = true }, ", "the nonce is signed, but no field"),
    ] {
        refused(&recipe(message, ""), 9, "webhook.message", says);
    }
    let check = |answer: &str| {
        let check = r#"about = "a check", when = { method = "GET" }, content_type = "text/plain""#;
        recipe(
            "",
            &format!("handshake = [{{ {check}, answer = [{answer}] }}]"),
        )
    };
    assert!(parse(&check(r#"{ query_field = "a" }"#), "example.toml").is_ok());
    for answer in ["{ timestamp = true }", "{ nonce = true }"] {
        refused(
            &check(answer),
            12,
            "webhook.handshake[0].answer",
            "has no time",
        );
    }
    // What only has such a name is part of the message.
    let variant = "token = { let = { query = { timestamp = true } } }";
    let decoded = r#"decoded = { let = { query = { query = "decoded", lead = "?" } } }"#;
    assert!(RIGHT.contains(decoded));
    assert!(parse(&RIGHT.replace(decoded, variant), "example.toml").is_ok());
}
