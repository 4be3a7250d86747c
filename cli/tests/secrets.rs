//! No command prints a secret, whatever goes wrong.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{TempFile, command};

const CANARY: &str = "Canary~7f??>???Zk%91 +w=";
/// The same in base64, base64url, percent-encoded and hex; its MD5, SHA-1 and SHA-256 digests.
const SPELLINGS: [&str; 8] = [
    CANARY,
    "Q2FuYXJ5fjdmPz8+Pz8/WmslOTEgK3c9",
    "Q2FuYXJ5fjdmPz8-Pz8_WmslOTEgK3c9",
    "Canary~7f%3F%3F%3E%3F%3F%3FZk%2591%20%2Bw%3D",
    "43616e6172797e37663f3f3e3f3f3f5a6b253931202b773d",
    MD5,
    SHA1,
    SHA256,
];
const MD5: &str = "8a12605f4473cc45448f08447b345ee1";
const SHA1: &str = "7dc522b6f8616fffe6842529028382b10a1ad90c";
const SHA256: &str = "0b625b646f294a3dd10a66fe03dc03138017c5e71288b40fa19f96eee21cb726";

#[test]
fn no_command_prints_a_secret() {
    let message = TempFile::new(
        "secrets.http",
        "POST /hooks HTTP/1.1\r\nContent-Type: application/json\r\nX-Date: 2026-01-02T03:04:05Z\r\nX-Login: shop\r\n\
         Stripe-Signature: t=1767323045,v1=00\r\nAuthorization: D24 00\r\n\r\n{\"amount\":1}",
    );
    let keys = TempFile::new(
        "secrets.toml",
        format!("secret = \"{CANARY}\"\nnot_there = \"{CANARY}\"\n"),
    );
    let broken = TempFile::new("secrets-broken.toml", format!("secret = \"{CANARY}\n"));
    let now = ["--now", "2026-01-02T03:04:05Z"];
    let from_env = ["-c", "secret=env:CANARY"];
    let http = ["--http", message.path()];
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for scheme in [
        "stripe",
        "github",
        "directa24-deposits",
        "pledg-notification",
        "truelayer",
        "standard-webhooks",
        "redsys",
        "http-bearer",
    ] {
        for verb in ["verify", "explain", "diagnose", "sign"] {
            for format in [&[][..], &["--json"]] {
                runs.push(
                    [
                        &[verb, scheme],
                        &from_env[..],
                        &["-c", "login=shop"],
                        &http,
                        &now,
                        format,
                    ]
                    .concat(),
                );
                runs.push([&[verb, scheme], &from_env[..], &http, &now, format].concat());
            }
        }
    }
    let text = format!("secret={CANARY}");
    let alone = format!("{CANARY}=text:x");
    let named = format!("secret=text:{CANARY}");
    for given in [text.as_str(), alone.as_str(), named.as_str()] {
        runs.push([&["verify", "stripe", "-c", given], &http[..], &now].concat());
    }
    for file in [keys.path(), broken.path()] {
        runs.push(
            [
                &["verify", "stripe", "--credentials-file", file],
                &http[..],
                &now,
            ]
            .concat(),
        );
    }
    let mut refused = 0;
    for args in &runs {
        let done = command(args).env("CANARY", CANARY).output().unwrap();
        refused += i32::from(!done.status.success());
        let text = [&done.stdout[..], &done.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        // What stands in the arguments themselves is not hidden from whoever typed it; it must not be repeated either.
        for spelling in SPELLINGS {
            assert!(
                !text.to_lowercase().contains(&spelling.to_lowercase()),
                "{args:?}:\n{text}"
            );
        }
    }
    assert!(refused > 20, "{refused} of {}", runs.len());
}
