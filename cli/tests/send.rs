//! `paysig send` against `paysig serve`, over real sockets.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Server, run};

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
