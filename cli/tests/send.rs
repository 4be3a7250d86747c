//! `paysig send` against `paysig serve`, over real sockets.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Server, TempFile, run};

const STRIPE: [&str; 3] = ["stripe", "-c", "secret=env:API_SECRET"];

#[test]
fn an_endpoint_is_tried_with_genuine_and_spoiled_webhooks() {
    let mut args = STRIPE.to_vec();
    args.extend(["--flow", "webhook"]);
    let server = Server::start(&args);
    let url = format!("http://{}/hooks", server.address);
    let send = |more: &[&str]| {
        let mut args = vec!["send"];
        args.extend(STRIPE);
        args.extend(["--url", &url, "-d", "{\"id\":\"evt_1\"}"]);
        args.extend(more);
        run(&args)
    };
    let genuine = send(&["--repeat", "2"]);
    assert_eq!(genuine.stdout, "200 as expected\n200 as expected\n");
    assert_eq!(genuine.code, 0);
    for (spoiled, status) in [
        (&["--tamper", "body"][..], "401"),
        (&["--tamper", "headers"], "401"),
        (&["--tamper", "unsigned"], "400"),
        (&["--skew", "-400"], "401"),
        (&["--skew", "400"], "401"),
    ] {
        let refused = send(spoiled);
        assert_eq!(
            refused.stdout,
            format!("{status} as expected\n"),
            "{spoiled:?}"
        );
        assert_eq!(refused.code, 0, "{spoiled:?}");
    }
    let other = send(&["--expect", "204"]);
    assert_eq!(
        (other.code, other.stdout.as_str()),
        (1, "200 NOT as expected\n")
    );
    assert_eq!(other.stderr, "error: 1 of 1 answers were not as expected\n");
}

#[test]
fn a_message_that_is_not_spoiled_is_not_sent() {
    // Nobody listens there: what is sent all the same fails with another message.
    let to = [
        "--url",
        "http://127.0.0.1:9/hooks?data.id=1",
        "-d",
        "{\"a\":1}",
    ];
    let query = TempFile::new(
        "query.toml",
        "id = \"query\"\nname = \"Query\"\n[credentials]\nsecret = {}\n[webhook]\nalgorithm = \"hmac-sha256\"\n\
         key = { credential = \"secret\" }\nencoding = \"hex\"\nmessage = [{ body = \"raw\" }]\n\
         field = [{ query_field = \"sig\", value = { signature = true } }]\n",
    );
    let send = |scheme: &[&str], more: &[&str]| {
        let key = ["-c", "secret=env:API_SECRET"];
        run(&[&["send"], scheme, &key, &to, more].concat())
    };
    let of_file = ["--recipe", query.path()];
    for (scheme, more, why) in [
        (
            &of_file[..],
            &["--tamper", "headers"][..],
            "query adds no header",
        ),
        (
            &["mercado-pago"],
            &["--tamper", "body"],
            "mercado-pago does not sign the body",
        ),
        (&["github"], &["--skew", "-4000"], "github signs no time"),
        (
            &["github"],
            &["--skew", "-4000", "--expect", "401"],
            "github signs no time",
        ),
        (
            &["stripe"],
            &["--skew", "-100"],
            "stripe accepts this message all the same: its tolerance is 300 s",
        ),
    ] {
        let refused = send(scheme, more);
        assert_eq!(refused.code, 2, "{scheme:?} {more:?}");
        assert!(
            refused.stderr.starts_with(&format!("error: {why}")),
            "{scheme:?} {more:?}: {}",
            refused.stderr
        );
    }
    for (scheme, more) in [
        (&of_file[..], &["--tamper", "unsigned"][..]),
        (&["mercado-pago"], &["--tamper", "body", "--expect", "200"]),
        (&["mercado-pago"], &["--skew", "-4000"]),
        (&["github"], &["--tamper", "body"]),
        (&["stripe"], &["--skew", "-100", "--expect", "200"]),
    ] {
        let sent = send(scheme, more);
        assert!(
            sent.stderr.contains("cannot send to 127.0.0.1:9"),
            "{scheme:?} {more:?}: {}",
            sent.stderr
        );
    }
}

#[test]
fn what_cannot_be_sent_is_said() {
    let send = |url: &str| {
        let mut args = vec!["send"];
        args.extend(STRIPE);
        args.extend(["--url", url, "-d", "{}"]);
        run(&args)
    };
    let https = send("https://shop.example/hooks");
    assert_eq!(https.code, 2);
    assert!(https.stderr.contains("plain http"), "{}", https.stderr);
    let nobody = send("http://127.0.0.1:9/hooks");
    assert_eq!(nobody.code, 2);
    assert!(nobody.stderr.contains("127.0.0.1:9"), "{}", nobody.stderr);
}
