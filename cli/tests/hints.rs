//! What the program says beside a verdict is true: what it tells the user to run, runs, and says what it promises.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{TempFile, run};

const RAPYD: [&str; 8] = [
    "-c",
    "access_key=text:rak_1",
    "-c",
    "secret_key=env:API_SECRET",
    "--url",
    "https://shop.example/hook",
    "--http",
    "FILE",
];

#[test]
fn the_note_of_a_mismatch_names_the_flow_that_explains_it() {
    let file = TempFile::new(
        "rapyd.http",
        "POST /hook HTTP/1.1\r\nsalt: aab16f3d-63db-4d40-b11c-4a9a2935bec4\r\ntimestamp: 1767323045\r\n\
         signature: ZDc3M2Q1NDA1MTIwN2M4Njg2ZWZmOTBkZTgwNmYwYzJhMDRjMzBlZDlmYWRlYmI0NzExNzc0MWUyMGFiMTNhNA==\r\n\r\n{\"a\":2}",
    );
    let message = RAPYD.map(|arg| if arg == "FILE" { file.path() } else { arg });
    let refused = run(&[&["verify", "rapyd"], &message[..]].concat());
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains(
            "`paysig explain --flow webhook` with the same scheme, credentials and message"
        ),
        "{}",
        refused.stderr
    );
    let explained = run(&[&["explain", "--flow", "webhook", "rapyd"], &message[..]].concat());
    assert_eq!(explained.code, 0, "{}", explained.stderr);
    assert!(
        explained.stdout.contains("1767323045"),
        "{}",
        explained.stdout
    );
}

#[test]
fn help_names_the_flow_that_a_command_takes() {
    for (command, flow) in [
        ("sign", "request"),
        ("explain", "request"),
        ("serve", "request"),
        ("verify", "webhook"),
        ("diagnose", "webhook"),
        ("send", "webhook"),
    ] {
        let help = run(&[command, "--help"]).stdout;
        let words: Vec<&str> = help.split_whitespace().collect();
        let default = format!("[default: {flow}, or the scheme's only one]");
        assert!(words.join(" ").contains(&default), "{command}: {help}");
    }
}

#[test]
fn exit_code_1_of_lint_is_no_verdict_and_help_tells_it() {
    let lint = run(&["lint", "--json", "adyen-notifications"]);
    assert_eq!((lint.code, lint.stdout.as_str()), (0, "[]\n"));
    let recipe = TempFile::new(
        "weak.toml",
        "id = \"weak\"\nname = \"Weak\"\n[credentials]\nsecret = {}\n[webhook]\nalgorithm = \"hmac-sha256\"\n\
         key = { credential = \"secret\" }\nencoding = \"hex\"\nmessage = [{ body = \"raw\" }]\n\
         field = [{ header = \"X-Sig\", value = [{ signature = true }] }]\n",
    );
    let lint = run(&["lint", recipe.path()]);
    assert_eq!(lint.code, 1);
    assert_eq!(lint.stderr, "error: 1 warning is not acknowledged\n");
    let help = run(&["--help"]).stdout;
    let words: Vec<&str> = help.split_whitespace().collect();
    assert!(words.join(" ").contains("lint has a warning"), "{help}");
}

#[test]
fn show_tells_which_messages_are_an_endpoint_check() {
    let recipe = TempFile::new(
        "check.toml",
        "id = \"check\"\nname = \"Check\"\n[credentials]\nsecret = {}\n[webhook]\nalgorithm = \"hmac-sha256\"\n\
         key = { credential = \"secret\" }\nencoding = \"base64\"\ntimestamp = { format = \"unix\" }\n\
         message = [{ timestamp = true }, \".\", { body = \"raw\" }]\n\
         field = [{ header = \"X-Time\", value = { timestamp = true } }, { header = \"X-Sig\", value = { signature = true } }]\n\
         handshake = [\n { about = \"challenge\", when = { method = \"GET\", query = \"challenge\" }, content_type = \"text/plain\", \
         answer = { query_field = \"challenge\", then = [{ only = \"digits\", min = 4, max = 12 }] } },\n\
         { about = \"ping\", json = { path = \"type\", equals = \"ping\" }, signed = true, content_type = \"text/plain\", \
         answer = { json = \"token\" } },\n]\n",
    );
    let shown = run(&["show", "--recipe", recipe.path()]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    for line in [
        "challenge (when the method is GET and the query has challenge; not signed)\n",
        "ping (when the body's type is \"ping\"; signed)\n",
    ] {
        assert!(shown.stdout.contains(line), "{}", shown.stdout);
    }
}

const D24: [&str; 4] = ["-c", "login=shop", "-c", "secret=env:API_SECRET"];

#[test]
fn nothing_is_judged_without_a_message() {
    for command in ["verify", "diagnose"] {
        let done = run(&[&[command, "directa24-deposits"], &D24[..]].concat());
        assert_eq!(done.code, 2, "{command}: {}", done.stderr);
        assert!(
            done.stderr.starts_with("error: there is no message"),
            "{command}: {}",
            done.stderr
        );
    }
}

#[test]
fn an_endpoint_check_is_called_one() {
    let verify = |query: &str| {
        let target = format!("/hook?{query}=20f9f8ed05f77439fe955c977e4c8a53");
        let keys = ["-c", "public_key=shop", "-c", "private_key=env:API_SECRET"];
        let message = ["-X", "GET", "--target", &target];
        run(&[&["verify", "braintree"], &keys[..], &message].concat())
    };
    let check = verify("bt_challenge");
    assert_eq!(check.code, 1, "{}", check.stderr);
    assert!(
        check.stderr.contains("note: this is an endpoint check"),
        "{}",
        check.stderr
    );
    let other = verify("challenge");
    assert_eq!(other.code, 1);
    assert!(!other.stderr.contains("endpoint check"), "{}", other.stderr);
}

#[test]
fn an_old_message_is_judged_as_of_a_time() {
    let key = ["stripe", "-c", "secret=env:API_SECRET", "-d", "{}"];
    let old = ["--now", "2026-01-02T03:04:05Z"];
    let signed = run(&[&["sign", "--flow", "webhook"], &key[..], &old].concat());
    let header = ["-H", signed.stdout.trim_end()];
    for command in ["verify", "diagnose"] {
        let now = run(&[&[command], &key[..], &header].concat());
        assert_eq!(now.code, 1, "{}", now.stderr);
        assert!(now.stderr.contains("--now TIME"), "{}", now.stderr);
        let then = run(&[&[command], &key[..], &header, &old].concat());
        assert_eq!(then.code, 0, "{}", then.stderr);
        let later = ["--now", "2026-01-02T04:04:05Z"];
        let later = run(&[&[command], &key[..], &header, &later].concat());
        assert_eq!(later.code, 1);
        assert!(!later.stderr.contains("--now TIME"), "{}", later.stderr);
    }
}

#[test]
fn an_option_that_the_scheme_cannot_sign_is_refused() {
    for (scheme, option, why) in [
        (
            "directa24-deposits",
            ["--payload", "abc"],
            "payload of its own",
        ),
        ("directa24-deposits", ["--expires-in", "10"], "lifetime"),
        ("github", ["--nonce", "abc"], "nonce"),
        ("github", ["--timestamp-text", "1"], "time"),
    ] {
        let secret = ["-c", "secret=env:API_SECRET", "-d", "{}"];
        let login = ["-c", "login=shop"];
        let login = if scheme == "github" { &[][..] } else { &login };
        for command in ["sign", "explain"] {
            let done = run(&[&[command, scheme], &secret[..], login, &option].concat());
            assert_eq!(done.code, 2, "{option:?}: {}", done.stderr);
            let words = format!("{scheme} has no {why} in its flow ");
            assert!(done.stderr.contains(&words), "{}", done.stderr);
            let name = option[0].trim_start_matches('-').replace('-', "_");
            assert!(done.stderr.contains(&name), "{}", done.stderr);
        }
    }
    let jwt = [
        "-c",
        "secret=env:API_SECRET",
        "--payload",
        "{}",
        "--expires-in",
        "10",
    ];
    let url = ["--url", "https://front.example/purchase"];
    let done = run(&[&["sign", "pledg-jwt"], &jwt[..], &url].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let nonce = ["-d", "{}", "--nonce", "n-1"];
    let done = run(&[&["sign", "directa24-deposits"], &D24[..], &nonce].concat());
    assert!(done.stdout.contains(": n-1\n"), "{}", done.stdout);
    // Every scheme that has a nonce takes one.
    for (id, _) in paysig::catalogue() {
        let scheme = paysig::scheme(id).unwrap();
        for flow in scheme.flows() {
            let spec = scheme.recipe().flow(flow).unwrap();
            let mut holes = spec.fields.iter().flat_map(|f| f.content.holes());
            if !holes.any(|h| h == paysig::recipe::Hole::Nonce) {
                continue;
            }
            let done = run(&[
                "explain",
                id,
                "--flow",
                flow.name(),
                "--nonce",
                "n-1",
                "-d",
                "{}",
            ]);
            assert!(
                !done.stderr.contains("would be dropped"),
                "{id}: {}",
                done.stderr
            );
        }
    }
}

#[test]
fn a_credential_of_a_file_is_not_overwritten() {
    let signed = |file: &TempFile, more: &[&str]| {
        let file = ["--credentials-file", file.path(), "-d", "{}"];
        run(&[
            &["verify", "directa24-deposits", "--flow", "request"],
            &file[..],
            more,
        ]
        .concat())
    };
    let ring = TempFile::new(
        "twice.toml",
        "[[keys]]\nsecret = 'canary-1'\n[[keys]]\nsecret = 'canary-2'\n",
    );
    let twice = signed(&ring, &D24);
    assert_eq!(twice.code, 2, "{}", twice.stderr);
    assert!(
        twice
            .stderr
            .contains("the credential secret is given twice"),
        "{}",
        twice.stderr
    );
    assert!(!twice.stderr.contains("canary"), "{}", twice.stderr);
    let completed = signed(&ring, &["-c", "login=shop"]);
    assert!(
        completed.stderr.contains("missing_signature"),
        "{}",
        completed.stderr
    );
}

#[test]
fn an_unreadable_signature_does_not_keep_the_string_to_sign_back() {
    let message = |signature: &str| {
        let header = format!("Stripe-Signature: t=1767323045,v1={signature}");
        let key = ["-c", "secret=env:API_SECRET", "-d", "{}", "-H", &header];
        run(&[&["explain", "stripe", "--flow", "webhook"], &key[..]].concat())
    };
    let (short, whole) = (message("abcd"), message(&"ab".repeat(32)));
    assert_eq!(short.code, 0, "{}", short.stderr);
    assert!(short.stdout.contains("1767323045"), "{}", short.stdout);
    assert_eq!(short.stdout, whole.stdout);
    let key = ["-c", "secret=env:API_SECRET", "-d", "{}"];
    let header = ["-H", "X-Hub-Signature-256: md5=abcd"];
    let form = run(&[&["explain", "github"], &key[..], &header].concat());
    assert_eq!(form.code, 1, "{}", form.stderr);
    assert!(form.stderr.contains("without the field"), "{}", form.stderr);
    assert_eq!(run(&[&["explain", "github"], &key[..]].concat()).code, 0);
}

#[test]
fn the_explanation_of_a_batch_says_which_item_it_shows() {
    let item = |n: u32| {
        format!(
            "{{\"NotificationRequestItem\":{{\"pspReference\":\"{n}\",\"originalReference\":\"\",\"merchantAccountCode\":\"m\",\
             \"merchantReference\":\"r\",\"amount\":{{\"value\":1,\"currency\":\"EUR\"}},\"eventCode\":\"A\",\"success\":\"true\"}}}}"
        )
    };
    let body = format!(
        "{{\"live\":\"false\",\"notificationItems\":[{},{}]}}",
        item(7),
        item(8)
    );
    let explain = |more: &[&str]| {
        let args = [
            "-c",
            "hmac_key=text:44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        ];
        run(&[
            &["explain", "adyen-notifications", "-d", &body],
            &args[..],
            more,
        ]
        .concat())
    };
    let text = explain(&[]);
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert!(text.stderr.contains("item 1 of 2"), "{}", text.stderr);
    let json: serde_json::Value = serde_json::from_str(&explain(&["--json"]).stdout).unwrap();
    assert_eq!(json["item"], serde_json::json!({"number": 1, "of": 2}));
    assert!(json["string_to_sign"].as_str().unwrap().starts_with("7:"));
}
