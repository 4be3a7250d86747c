//! The commands as a user runs them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{TempFile, run, run_with};

const NOW: &str = "2026-01-02T03:04:05Z";
const MAC: &str = "D24 cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed";
const KEYS: [&str; 4] = ["-c", "login=shop-login", "-c", "secret=env:API_SECRET"];

/// A signed request; its signature was computed with a standard library.
fn signed(body: &str) -> String {
    format!(
        "POST /v3/deposits HTTP/1.1\r\nHost: api.example\r\nX-Date: {NOW}\r\nX-Login: shop-login\r\nAuthorization: {MAC}\r\n\r\n{body}"
    )
}

fn args<'a>(head: &[&'a str], tail: &[&'a str]) -> Vec<&'a str> {
    [head, &KEYS, tail].concat()
}

#[test]
fn sign_prints_the_headers_to_add() {
    let done = run(&args(
        &["sign", "directa24-deposits", "--now", NOW],
        &["--target", "/v3/deposits", "-d", r#"{"amount":"1.50"}"#],
    ));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(
        done.stdout,
        format!("X-Date: {NOW}\nX-Login: shop-login\nAuthorization: {MAC}\n")
    );
}

#[test]
fn sign_as_json_http_and_curl() {
    let base = args(
        &["sign", "directa24-deposits", "--now", NOW],
        &[
            "--url",
            "https://api.example/v3/deposits",
            "-d",
            r#"{"amount":"1.50"}"#,
        ],
    );
    let json = run(&[&base[..], &["--json"]].concat());
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(value["headers"][2][1], MAC);
    assert_eq!(value["used"]["timestamp"], NOW);
    assert_eq!(value["used"]["key_id"], "shop-login");

    let http = run(&[&base[..], &["--http-out"]].concat());
    let verify = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
            ],
            &["--http", "-"],
        ),
        http.stdout.as_bytes(),
    );
    assert_eq!(verify.code, 0, "{}", verify.stderr);

    let curl = run(&[&base[..], &["--curl-out"]].concat());
    assert!(curl.stdout.starts_with("curl "), "{}", curl.stdout);
    let verify = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
            ],
            &["--curl", "-"],
        ),
        curl.stdout.as_bytes(),
    );
    assert_eq!(verify.code, 0, "{}", verify.stderr);
}

#[test]
fn sign_changes_the_query_where_the_signature_stands_there() {
    let done = run(&[
        "sign",
        "pledg-jwt",
        "-c",
        "secret=env:API_SECRET",
        "--payload",
        r#"{"a":1}"#,
        "--url",
        "https://front.example/purchase",
        "--json",
    ]);
    let value: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let url = value["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://front.example/purchase?signature=eyJ"),
        "{url}"
    );
}

#[test]
fn verify_says_what_is_covered() {
    let done = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
            ],
            &["--http", "-", "--json"],
        ),
        signed(r#"{"amount":"1.50"}"#).as_bytes(),
    );
    assert_eq!(done.code, 0, "{}", done.stderr);
    let value: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(value["status"], "ok");
    assert_eq!(value["key_id"], "shop-login");
    assert_eq!(value["timestamp"], "2026-01-02T03:04:05.000Z");
    assert_eq!(value["covered"]["body"], "all");
    assert_eq!(value["covered"]["path"], false);
    let text = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
            ],
            &["--http", "-", "--color", "always"],
        ),
        signed(r#"{"amount":"1.50"}"#).as_bytes(),
    );
    assert!(text.stdout.contains("\x1b[32mauthentic"), "{}", text.stdout);
    assert!(
        text.stdout.contains("method; path; query"),
        "{}",
        text.stdout
    );
}

#[test]
fn refusals_exit_with_1() {
    let verify = |message: &str, now: &str| {
        run_with(
            &args(
                &[
                    "verify",
                    "directa24-deposits",
                    "--flow",
                    "request",
                    "--now",
                    now,
                ],
                &["--http", "-", "--json"],
            ),
            message.as_bytes(),
        )
    };
    let good = signed(r#"{"amount":"1.50"}"#);
    for (message, now, status) in [
        (good.replace("1.50", "9.50"), NOW, "signature_mismatch"),
        (good.clone(), "2026-01-02T03:04:11Z", "timestamp_too_old"),
        (good.replace("Authorization", "X"), NOW, "missing_signature"),
        (good.replace("shop-login", "other"), NOW, "unknown_key"),
    ] {
        let done = verify(&message, now);
        assert_eq!(done.code, 1, "{}", done.stderr);
        let value: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(value["status"], status);
        assert!(
            done.stderr.contains(&format!("error: {status}")),
            "{}",
            done.stderr
        );
        assert!(!done.stderr.contains("api-signature"));
    }
    let tolerant = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--tolerance",
                "60",
            ],
            &["--http", "-", "--now", "2026-01-02T03:04:11Z"],
        ),
        good.as_bytes(),
    );
    assert_eq!(tolerant.code, 0);
}

#[test]
fn a_final_line_end_is_pointed_out() {
    let done = run_with(
        &args(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
            ],
            &["--http", "-"],
        ),
        (signed(r#"{"amount":"1.50"}"#) + "\n").as_bytes(),
    );
    assert_eq!(done.code, 1);
    assert!(
        done.stderr.contains("ends with a line end"),
        "{}",
        done.stderr
    );
}

#[test]
fn explain_shows_every_byte_and_no_secret() {
    let done = run(&args(
        &["explain", "directa24-deposits", "--now", NOW, "--hex"],
        &["-d", "{\n}"],
    ));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("{\\n}"), "{}", done.stdout);
    assert!(done.stdout.contains("6e 7b 0a  :05Z"), "{}", done.stdout);
    let body = r#"{"created_at":"","error":"","id":"","reference":"","sandbox":"","status":""}"#;
    let digest = run(&[
        "explain",
        "pledg-notification",
        "-c",
        "secret=env:API_SECRET",
        "-d",
        body,
        "--json",
    ]);
    assert_eq!(digest.code, 0, "{}", digest.stderr);
    assert!(
        !digest.stdout.contains("api-signature"),
        "{}",
        digest.stdout
    );
    assert!(digest.stdout.contains('*'), "{}", digest.stdout);
}

#[test]
fn secrets_come_from_anywhere_but_arguments() {
    let file = TempFile::new("secret", "api-signature\n");
    let from_file = format!("secret=file:{}", file.path());
    let with = |source: &str, stdin: &[u8]| {
        run_with(
            &[
                "sign",
                "directa24-deposits",
                "--now",
                NOW,
                "-d",
                r#"{"amount":"1.50"}"#,
                "-c",
                "login=shop-login",
                "-c",
                source,
            ],
            stdin,
        )
    };
    for (source, stdin) in [
        ("secret=env:API_SECRET", &b""[..]),
        (&from_file, b""),
        ("secret=stdin", b"api-signature\r\n"),
        ("secret=text:api-signature", b""),
    ] {
        let done = with(source, stdin);
        assert!(done.stdout.contains(MAC), "{source}: {}", done.stderr);
    }
    let refused = with("secret=api-signature", b"");
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("secret=env:VARIABLE"),
        "{}",
        refused.stderr
    );
    assert!(
        !refused.stderr.contains("api-signature"),
        "{}",
        refused.stderr
    );
    assert_eq!(with("secret=env:NO_SUCH", b"").code, 2);
    assert_eq!(with("secret=file:/does/not/exist", b"").code, 2);
    assert_eq!(
        with("secret=text:", b"").code,
        2,
        "an empty secret is refused"
    );
}

#[test]
fn key_rings_come_from_files() {
    let good = signed(r#"{"amount":"1.50"}"#);
    let verify = |file: &TempFile| {
        run_with(
            &[
                "verify",
                "directa24-deposits",
                "--flow",
                "request",
                "--now",
                NOW,
                "--http",
                "-",
                "--credentials-file",
                file.path(),
            ],
            good.as_bytes(),
        )
    };
    let toml = TempFile::new(
        "ring.toml",
        "login = 'shop-login'\n[[keys]]\nsecret = 'old'\n[[keys]]\nsecret = 'api-signature'\nnot_before = 2026-01-01T00:00:00Z\n",
    );
    assert_eq!(verify(&toml).code, 0, "{}", verify(&toml).stderr);
    let json = TempFile::new(
        "ring.json",
        r#"{"login":"shop-login","secret":"api-signature"}"#,
    );
    assert_eq!(verify(&json).code, 0);
    let expired = TempFile::new(
        "expired.toml",
        "[[keys]]\nlogin = 'shop-login'\nsecret = 'api-signature'\nnot_after = 2025-01-01T00:00:00Z\n",
    );
    let done = verify(&expired);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("key_expired"), "{}", done.stderr);
    for (name, text) in [
        ("bad.toml", "login = 'a'\nsecret = api-signature\n"),
        ("bad.json", "{\"login\": \"api-signature\" \"x\"}"),
        ("type.toml", "login = 3\n"),
        ("name.toml", "password = 'api-signature'\n"),
    ] {
        let file = TempFile::new(name, text);
        let done = verify(&file);
        assert_eq!(done.code, 2, "{name}");
        assert!(
            !done.stderr.contains("api-signature"),
            "{name}: {}",
            done.stderr
        );
    }
}

#[test]
fn names_are_suggested() {
    for (args, suggestion) in [
        (&["show", "stirpe"][..], "\"stripe\""),
        (&["sign", "directa24-deposits", "-c", "logn=x"], "\"login\""),
        (
            &[
                "sign",
                "ingenico-v1hmac",
                "-c",
                "key_id=x",
                "-c",
                "secret=env:API_SECRET",
                "--variant",
                "query_raw",
            ],
            "query-raw",
        ),
        (&["verify", "slack", "--flow", "webhok"], "\"webhook\""),
        (&["schemes", "strpie"], "\"stripe\""),
        (&["shcemes"], "'schemes'"),
    ] {
        let done = run(args);
        assert_eq!(done.code, 2, "{args:?}: {}", done.stderr);
        assert!(
            done.stderr.contains(suggestion),
            "{args:?}: {}",
            done.stderr
        );
        assert!(done.stderr.starts_with("error: "), "{}", done.stderr);
    }
}

#[test]
fn every_scheme_can_be_listed_and_shown() {
    let list = run(&["schemes", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), paysig::catalogue().len());
    for row in rows {
        let id = row["id"].as_str().unwrap();
        let show = run(&["show", id]);
        assert_eq!(show.code, 0, "{id}: {}", show.stderr);
        assert!(show.stdout.starts_with(id), "{id}");
        let json = run(&["show", id, "--json"]);
        let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(value["id"], id);
        let toml = run(&["show", id, "--toml"]);
        let file = TempFile::new(&format!("{id}.toml"), &toml.stdout);
        assert_eq!(run(&["try", file.path()]).code, 0, "{id}");
    }
    let show = run(&["show", "directa24-deposits"]).stdout;
    assert!(
        show.contains("tolerance 5 s (the provider's rule)"),
        "{show}"
    );
    let show = run(&["show", "ingenico-v1hmac"]).stdout;
    assert!(show.contains("paysig's own default"), "{show}");
    assert!(show.contains("variant        query-raw"), "{show}");
}

#[test]
fn a_recipe_of_ones_own() {
    let recipe = r#"
id = "my-gateway"
name = "My gateway"
[credentials]
secret = {}
[request]
algorithm = "hmac-sha256"
key = { credential = "secret" }
encoding = "hex"
message = [{ method = true }, "\n", { target = "raw" }, "\n", { body = "raw" }]
field = [{ header = "X-Signature", value = [{ signature = true }] }]
"#;
    let file = TempFile::new("my.toml", recipe);
    let done = run(&[
        "try",
        file.path(),
        "-c",
        "secret=env:API_SECRET",
        "--target",
        "/a?b",
        "-d",
        "{}",
    ]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(
        done.stdout.contains("verifies what it signed"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("X-Signature: "), "{}", done.stdout);
    let broken = TempFile::new("broken.toml", recipe.replace("hmac-sha256", "hmac-sha257"));
    let done = run(&["try", broken.path()]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("broken.toml"), "{}", done.stderr);
    assert!(done.stderr.contains("algorithm"), "{}", done.stderr);
    let sign = run(&[
        "sign",
        "--recipe",
        file.path(),
        "-c",
        "secret=env:API_SECRET",
        "-d",
        "{}",
    ]);
    assert!(sign.stdout.starts_with("X-Signature: "), "{}", sign.stderr);
}

#[test]
fn answers_need_their_request() {
    let text = b"HTTP/1.1 200 OK\r\nX-Date: x\r\n\r\n{}";
    let args = [
        "verify",
        "ip2-apiauth",
        "--flow",
        "response",
        "-c",
        "api_key=k",
        "-c",
        "api_password=env:API_SECRET",
        "--http",
        "-",
    ];
    let done = run_with(&args, text);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("--method and --target"),
        "{}",
        done.stderr
    );
    let done = run_with(&[&args[..], &["-X", "GET", "--target", "/"]].concat(), text);
    assert_eq!(done.code, 1, "{}", done.stderr);
}

#[test]
fn conform_answers_in_order_and_never_stops() {
    let lines = concat!(
        "{\"id\":1,\"op\":\"sign\",\"scheme\":\"http-basic\",\"credentials\":{\"username\":\"merchant\",\"password\":\"pa:ss:word\"},",
        "\"message\":{\"method\":\"GET\",\"target\":\"/\",\"headers\":[]}}\n",
        "not json\n\n",
        "{\"id\":3,\"op\":\"nothing\"}",
    );
    let done = run_with(&["conform"], lines.as_bytes());
    assert_eq!(done.code, 0);
    let answers: Vec<serde_json::Value> = done
        .stdout
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(
        answers[0]["headers"][0][1],
        "Basic bWVyY2hhbnQ6cGE6c3M6d29yZA=="
    );
    assert_eq!(answers[1]["id"], serde_json::Value::Null);
    assert_eq!(answers[1]["status"], "invalid_option");
    assert_eq!(answers[2]["id"], 3);
}

#[test]
fn every_mistake_is_one_line_and_nothing_panics() {
    let binary = TempFile::new("binary", [0u8, 255, 10, 13, 0]);
    for args in [
        &[
            "verify",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "--http",
            binary.path(),
        ][..],
        &[
            "verify",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "--curl",
            binary.path(),
        ],
        &["sign", "slack", "--recipe", binary.path()],
        &["try", binary.path()],
        &["sign", "slack", "--credentials-file", binary.path()],
        &["sign", "slack", "-c", "nonsense"],
        &[
            "sign",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "--now",
            "today",
        ],
        &[
            "sign",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "-H",
            "nocolon",
        ],
        &[
            "verify",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "--url",
            "nourl",
        ],
        &["show"],
        &["frobnicate"],
    ] {
        let done = run(args);
        assert_eq!(done.code, 2, "{args:?}: {}", done.stderr);
        assert!(
            done.stderr.starts_with("error: "),
            "{args:?}: {}",
            done.stderr
        );
        assert!(
            !done.stderr.contains("panicked"),
            "{args:?}: {}",
            done.stderr
        );
    }
}

#[test]
fn a_page_that_cannot_be_written_is_an_error() {
    let done = run(&["man", "/nonexistent-directory"]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.starts_with("error: cannot write pages into"),
        "{}",
        done.stderr
    );
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}
