//! `paysig serve` over real sockets.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufReader, Write};

use common::{Reply, Server, TempFile, command, run};

const D24: [&str; 5] = [
    "directa24-deposits",
    "-c",
    "login=shop-login",
    "-c",
    "secret=env:API_SECRET",
];

/// Signed raw HTTP for a server, as the command line makes it.
fn signed(method: &str, target: &str, body: &str) -> Vec<u8> {
    let mut args = vec!["sign"];
    args.extend(D24);
    args.extend(["--http-out", "-X", method, "--target", target]);
    if !body.is_empty() {
        args.extend(["-d", body]);
    }
    run(&args).stdout.into_bytes()
}

fn with_host(raw: &[u8], address: &str) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let (line, rest) = text.split_once("\r\n").unwrap();
    format!("{line}\r\nHost: {address}\r\n{rest}").into_bytes()
}

#[test]
fn every_method_and_path_is_verified() {
    let mut server = Server::start(&D24);
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
        let request = signed(
            method,
            "/any/path?x=1",
            if method == "GET" { "" } else { "{}" },
        );
        let reply = server.raw(with_host(&request, &server.address));
        assert_eq!(
            reply.status,
            200,
            "{method}: {}",
            String::from_utf8_lossy(&reply.body)
        );
        let json = reply.json();
        assert_eq!(json["status"], "ok");
        assert_eq!(json["key_id"], "shop-login");
        assert_eq!(json["covered"]["body"], "all");
        assert_eq!(
            server.log_line(),
            format!("{method} /any/path?x=1 200 ok key shop-login")
        );
    }
    let head = with_host(&signed("HEAD", "/", ""), &server.address);
    let mut stream = server.connect();
    stream.write_all(&head).unwrap();
    assert_eq!(Reply::read_head(&mut BufReader::new(stream)).status, 200);
}

#[test]
fn refusals_are_explained() {
    let mut server = Server::start(&D24);
    let request = String::from_utf8(with_host(
        &signed("POST", "/", "{\"a\":1}"),
        &server.address,
    ))
    .unwrap();
    let reply = server.raw(request.replace("{\"a\":1}", "{\"a\":2}"));
    assert_eq!(reply.status, 401);
    let json = reply.json();
    assert_eq!(json["status"], "signature_mismatch");
    assert!(
        json["explanation"]["string_to_sign"]
            .as_str()
            .unwrap()
            .ends_with("shop-login{\"a\":2}")
    );
    assert_eq!(json["received"]["body"], "{\"a\":2}");
    assert!(!String::from_utf8_lossy(&reply.body).contains("api-signature"));
    assert_eq!(server.log_line(), "POST / 401 signature_mismatch");
    let reply = server.raw(format!(
        "GET / HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.address
    ));
    assert_eq!(
        (reply.status, reply.json()["status"].clone()),
        (400, "missing_signature".into())
    );
}

#[test]
fn connections_stay_open_and_run_in_parallel() {
    let server = Server::start(&D24);
    // One connection that sends nothing must not hold up the others.
    let _idle = server.connect();
    let mut slow = server.connect();
    slow.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
        .unwrap();
    let stream = server.connect();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    for _ in 0..3 {
        let request = with_host(&signed("POST", "/", "{}"), &server.address);
        writer.write_all(&request).unwrap();
        assert_eq!(Reply::read(&mut reader).status, 200);
    }
}

#[test]
fn chunks_and_expect_continue() {
    let server = Server::start(&D24);
    let plain = String::from_utf8(with_host(
        &signed("POST", "/", "{\"a\":1}"),
        &server.address,
    ))
    .unwrap();
    let head = plain
        .split_once("\r\n\r\n")
        .unwrap()
        .0
        .replace("Content-Length: 7", "Transfer-Encoding: chunked");
    let reply = server.raw(format!(
        "{head}\r\n\r\n3\r\n{{\"a\r\n4\r\n\":1}}\r\n0\r\n\r\n"
    ));
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );

    let head = plain.split_once("\r\n\r\n").unwrap().0;
    let mut stream = server.connect();
    stream
        .write_all(format!("{head}\r\nExpect: 100-continue\r\n\r\n").as_bytes())
        .unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    assert_eq!(Reply::read(&mut reader).status, 100);
    stream.write_all(b"{\"a\":1}").unwrap();
    assert_eq!(Reply::read(&mut reader).status, 200);
}

#[test]
fn header_bytes_beyond_ascii_arrive() {
    let server = Server::start(&D24);
    let mut request = with_host(&signed("GET", "/", ""), &server.address);
    let end = request.len() - 2;
    request.splice(end..end, *b"X-Name: Andr\xe9\r\n");
    assert_eq!(server.raw(request).status, 200);
}

#[test]
fn only_loopback() {
    for address in ["0.0.0.0", "192.0.2.1", "::"] {
        let done = run(&[&["serve"], &D24[..], &["--bind", address]].concat());
        assert_eq!(done.code, 2);
        assert!(
            done.stderr.contains("no loopback address"),
            "{}",
            done.stderr
        );
    }
    let server = Server::start(&D24);
    let request = with_host(&signed("GET", "/", ""), "evil.example");
    assert_eq!(server.raw(request).status, 421);
}

#[test]
fn large_bodies_are_refused() {
    let server = Server::start(&[&D24[..], &["--max-body", "10"]].concat());
    let reply = server.raw(with_host(
        &signed("POST", "/", "12345678901"),
        &server.address,
    ));
    assert_eq!(reply.status, 413);
}

#[test]
fn replays_are_detected_when_asked() {
    let server = Server::start(&[&D24[..], &["--detect-replays"]].concat());
    let request = with_host(&signed("POST", "/", "{}"), &server.address);
    assert_eq!(server.raw(&request).json()["status"], "ok");
    let again = server.raw(&request);
    assert_eq!(
        (again.status, again.json()["status"].clone()),
        (200, "replayed".into())
    );
}

#[test]
fn once_ends_the_server_and_the_ready_file_names_it() {
    let ready = TempFile::new("ready", "");
    let mut server =
        Server::start(&[&D24[..], &["--once", "2", "--ready-file", ready.path()]].concat());
    let written = std::fs::read_to_string(ready.path()).unwrap();
    assert_eq!(written.trim(), format!("http://{}", server.address));
    for _ in 0..2 {
        let request = with_host(&signed("GET", "/", ""), &server.address);
        assert_eq!(server.raw(request).status, 200);
    }
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn own_answers_with_and_without_signature() {
    let server = Server::start(
        &[
            &D24[..],
            &["--respond", "{\"id\":7}", "--respond-status", "201"],
        ]
        .concat(),
    );
    let reply = server.raw(with_host(&signed("GET", "/", ""), &server.address));
    assert_eq!((reply.status, &reply.body[..]), (201, &b"{\"id\":7}"[..]));
    assert_eq!(reply.header("content-type"), Some("application/json"));

    let keys = ["-c", "partner_id=085", "-c", "api_key=env:API_SECRET"];
    let server = Server::start(
        &[
            &[
                "smile-signature",
                "--respond-signed",
                "--respond",
                "{\"job_complete\":true}",
            ],
            &keys[..],
        ]
        .concat(),
    );
    let request = run(&[
        &["sign", "smile-signature", "--http-out", "-d", "{}"],
        &keys[..],
    ]
    .concat())
    .stdout;
    let reply = server.raw(with_host(request.as_bytes(), &server.address));
    assert_eq!(reply.json()["job_complete"], true);
    let answer = TempFile::new("answer", &reply.body);
    let verify = run(&[
        &[
            "verify",
            "smile-signature",
            "--flow",
            "webhook",
            "--body-file",
            answer.path(),
        ],
        &keys[..],
    ]
    .concat());
    assert_eq!(verify.code, 0, "{}", verify.stderr);
}

#[test]
fn urls_are_signed_with_the_configured_base() {
    let keys = ["-c", "auth_token=env:API_SECRET"];
    let sign = |url: &str| {
        run(&[
            &[
                "sign",
                "twilio",
                "--http-out",
                "--url",
                url,
                "-d",
                "a=b",
                "-H",
                "Content-Type: application/x-www-form-urlencoded",
            ],
            &keys[..],
        ]
        .concat())
        .stdout
    };
    let server = Server::start(
        &[
            &["twilio", "--public-url", "https://shop.example/"],
            &keys[..],
        ]
        .concat(),
    );
    let replaced = sign("https://shop.example/hook")
        .replace("Host: shop.example", &format!("Host: {}", server.address));
    let reply = server.raw(replaced);
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    let server = Server::start(&[&["twilio"], &keys[..]].concat());
    let reply = server.raw(sign(&format!("http://{}/hook", server.address)));
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
}

#[test]
fn basic_credentials_are_not_shown_back() {
    let server = Server::start(&[
        "http-basic",
        "-c",
        "username=merchant",
        "-c",
        "password=env:API_SECRET",
    ]);
    let reply = server.raw(format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic bWVyY2hhbnQ6d3Jvbmc=\r\n\r\n",
        server.address
    ));
    assert_eq!(reply.status, 401);
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(!text.contains("bWVyY2hhbnQ6d3Jvbmc="), "{text}");
    assert!(!text.contains("api-signature"), "{text}");
}

#[test]
fn endpoint_checks_are_answered() {
    let mut server = Server::start(&[
        "ingenico-v1hmac",
        "--flow",
        "webhook",
        "-c",
        "key_id=k",
        "-c",
        "secret=env:API_SECRET",
    ]);
    let reply = server.raw(format!(
        "GET /hook HTTP/1.1\r\nHost: {}\r\nX-GCS-Webhooks-Endpoint-Verification: 4711\r\n\r\n",
        server.address
    ));
    assert_eq!((reply.status, &reply.body[..]), (200, &b"4711"[..]));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert_eq!(server.log_line(), "GET /hook 200 endpoint check answered");
}

#[test]
fn tokens_are_issued_checked_and_expire() {
    let server = Server::start(&[
        "pledg-token",
        "-c",
        "api_key=your_key",
        "-c",
        "api_secret=text:your_secret",
        "--token-lifetime",
        "1",
    ]);
    let host = &server.address;
    let token_request = |basic: &str, method: &str, body: &str| {
        server.raw(format!(
            "{method} /api/token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic {basic}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let call = |token: &str| {
        server
            .raw(format!(
                "GET /api/x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
            ))
            .status
    };
    let (right, body) = (
        "eW91cl9rZXk6eW91cl9zZWNyZXQ=",
        "grant_type=client_credentials",
    );
    assert_eq!(
        token_request("eW91cl9rZXk6d3Jvbmc=", "POST", body).status,
        401
    );
    assert_eq!(
        token_request(right, "POST", "grant_type=password").status,
        400
    );
    assert_eq!(token_request(right, "PUT", body).status, 405);
    let answer = token_request(right, "POST", body);
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(
        (&json["token_type"], &json["expires_in"]),
        (&"Bearer".into(), &1.into())
    );
    let token = json["access_token"].as_str().unwrap().to_owned();
    assert_ne!(
        token,
        token_request(right, "POST", body).json()["access_token"]
            .as_str()
            .unwrap()
    );
    assert_eq!(call(&token), 200);
    assert_eq!(call("invented"), 401);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(call(&token), 401);
}

#[test]
fn wrong_configuration_shows_before_the_first_request() {
    for args in [
        &["serve", "directa24-deposits"][..],
        &[
            "serve",
            "ip2-apiauth",
            "--flow",
            "response",
            "-c",
            "api_key=a",
            "-c",
            "api_password=env:API_SECRET",
        ],
        &[
            "serve",
            "http-basic",
            "-c",
            "username=a",
            "-c",
            "password=env:API_SECRET",
            "--respond-signed",
        ],
        &[
            "serve",
            "slack",
            "-c",
            "signing_secret=env:API_SECRET",
            "--variant",
            "no-such",
        ],
    ] {
        let done = command(args).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(
            String::from_utf8_lossy(&done.stderr).starts_with("error: "),
            "{args:?}"
        );
    }
}
