//! A whole message as raw HTTP text or as a curl command.

use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
use crate::input::url;

/// The message as it goes on the wire, with Host where the URL tells it and Content-Length where there is a body.
pub fn raw_http(message: &OwnedMessage) -> Vec<u8> {
    let mut out = match message.status {
        Some(status) => format!("HTTP/1.1 {status} \r\n").into_bytes(),
        None => [
            message.method.as_bytes(),
            b" ",
            message.target.as_slice(),
            b" HTTP/1.1\r\n",
        ]
        .concat(),
    };
    if message.header("host").is_none()
        && message.status.is_none()
        && let Some(cut) = message.url.as_deref().and_then(url::cut)
    {
        line(&mut out, b"Host", cut.authority.as_bytes());
    }
    // Lengths of the message that was read no longer hold.
    let framing = |name: &[u8]| {
        name.eq_ignore_ascii_case(b"content-length")
            || name.eq_ignore_ascii_case(b"transfer-encoding")
    };
    for (name, value) in message.headers.iter().filter(|(n, _)| !framing(n)) {
        line(&mut out, name, value);
    }
    if !message.body.is_empty() || message.header("content-length").is_some() {
        line(
            &mut out,
            b"Content-Length",
            message.body.len().to_string().as_bytes(),
        );
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(&message.body);
    out
}

fn line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// A curl command that sends exactly this message.
pub fn curl(message: &OwnedMessage) -> Result<String> {
    let address = address(message)?;
    let mut words: Vec<Vec<u8>> = vec![b"curl".to_vec()];
    // Without it curl rewrites dot segments in the path.
    words.push(b"--path-as-is".to_vec());
    words.push(b"-X".to_vec());
    words.push(message.method.clone().into_bytes());
    for (name, value) in &message.headers {
        if name.eq_ignore_ascii_case(b"content-length") {
            continue;
        }
        words.push(b"-H".to_vec());
        words.push(match value.is_empty() {
            true => [name, &b";"[..]].concat(),
            false => [name, &b": "[..], value].concat(),
        });
    }
    if !message.body.is_empty() {
        if message.body.contains(&0) {
            return Err(Failure::usage(
                "the body holds a zero byte, which no argument can hold; use --http-out",
            ));
        }
        if message.header("content-type").is_none() {
            // Else curl adds one of its own.
            words.push(b"-H".to_vec());
            words.push(b"Content-Type:".to_vec());
        }
        words.push(b"--data-raw".to_vec());
        words.push(message.body.clone());
    }
    words.push(address.into_bytes());
    let quoted: Vec<Vec<u8>> = words
        .iter()
        .map(|word| {
            shlex::bytes::try_quote(word)
                .map(|w| w.into_owned())
                .map_err(|_| Failure::usage("a header holds a zero byte"))
        })
        .collect::<Result<_>>()?;
    String::from_utf8(quoted.join(&b' '))
        .map_err(|_| Failure::usage("the message is not UTF-8 text; use --http-out"))
}

/// The public URL with the message's own target, or what Host tells.
fn address(message: &OwnedMessage) -> Result<String> {
    let target = std::str::from_utf8(&message.target)
        .map_err(|_| Failure::usage("the target is not UTF-8 text; use --http-out"))?;
    if let Some((scheme, cut)) = message
        .url
        .as_deref()
        .and_then(|u| Some((u.split("://").next()?, url::cut(u)?)))
    {
        return Ok(format!("{scheme}://{}{target}", cut.authority));
    }
    match message.header("host").map(std::str::from_utf8) {
        Some(Ok(host)) => Ok(format!("https://{host}{target}")),
        _ => Err(Failure::usage(
            "a curl command needs an address: give --url or a Host header",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::input;

    fn sample() -> OwnedMessage {
        OwnedMessage {
            method: "POST".into(),
            target: b"/a?b=c d".to_vec(),
            url: Some("https://h:8/other".into()),
            headers: vec![
                (b"X-A".to_vec(), b"it's \"x\"".to_vec()),
                (b"X-Empty".to_vec(), vec![]),
                (b"Content-Type".to_vec(), b"application/json".to_vec()),
            ],
            body: b"@{\"a\":\n1}".to_vec(),
            status: None,
        }
    }

    #[test]
    fn raw_text_reads_back() {
        let mut m = sample();
        m.target = b"/a?b=c".to_vec();
        let back = input::http::parse(&raw_http(&m)).unwrap();
        assert_eq!(
            (&back.method, &back.target, &back.body),
            (&m.method, &m.target, &m.body)
        );
        assert_eq!(back.header("host"), Some(&b"h:8"[..]));
        assert_eq!(back.header("X-A"), m.header("X-A"));
    }

    #[test]
    fn a_curl_command_reads_back() {
        let m = sample();
        let back = input::curl::parse(curl(&m).unwrap().as_bytes(), &|_| unreachable!()).unwrap();
        assert_eq!(
            (&back.method, &back.target, &back.body),
            (&m.method, &m.target, &m.body)
        );
        assert_eq!(back.url.as_deref(), Some("https://h:8/a?b=c d"));
        for (name, value) in &m.headers {
            let name = std::str::from_utf8(name).unwrap();
            assert_eq!(back.header(name), Some(value.as_slice()), "{name}");
        }
    }

    #[test]
    fn a_curl_command_needs_an_address() {
        let mut m = sample();
        m.url = None;
        assert!(curl(&m).unwrap_err().message.contains("--url"));
        m.push_header("Host", "api.example");
        assert!(curl(&m).unwrap().ends_with("'https://api.example/a?b=c d'"));
    }
}
