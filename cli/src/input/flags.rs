//! The options that describe a message, and which of the three sources they choose.

use std::io::Read as _;

use clap::Args;
use paysig::Error;

use super::{OwnedMessage, curl, header_line, http, url};
use crate::failure::{Failure, Result};

/// A message: raw HTTP text, a curl command, or its pieces.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Message")]
pub struct MessageArgs {
    /// A raw HTTP request or answer; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["curl", "body", "body_file"])]
    pub http: Option<String>,
    /// A file with a curl command, as copied from documents or a browser; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "body_file"])]
    pub curl: Option<String>,
    /// Method; POST where there is a body, else GET
    #[arg(long, short = 'X')]
    pub method: Option<String>,
    /// Path and query exactly as on the request line
    #[arg(long, value_name = "PATH?QUERY")]
    pub target: Option<String>,
    /// The public URL; schemes that sign the URL need it, and it gives the target where none is given
    #[arg(long)]
    pub url: Option<String>,
    /// A header, "Name: value"; may be given again
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    pub headers: Vec<String>,
    /// The body itself
    #[arg(long, short = 'd', value_name = "TEXT", conflicts_with = "body_file")]
    pub body: Option<String>,
    /// The body's exact bytes from a file; - is standard input
    #[arg(long, value_name = "FILE")]
    pub body_file: Option<String>,
}

impl MessageArgs {
    /// Whether any option says something about a message.
    pub fn any(&self) -> bool {
        self.http.is_some()
            || self.curl.is_some()
            || self.method.is_some()
            || self.target.is_some()
            || self.url.is_some()
            || !self.headers.is_empty()
            || self.body.is_some()
            || self.body_file.is_some()
    }

    /// Whether standard input holds the message or its body.
    pub fn reads_stdin(&self) -> bool {
        [&self.http, &self.curl, &self.body_file]
            .into_iter()
            .flatten()
            .any(|path| path == "-")
    }

    /// Reads a message that was received, of which nothing can be made up.
    pub fn received(&self) -> Result<OwnedMessage> {
        match self.any() {
            true => self.read(),
            false => Err(Failure::usage(
                "there is no message: give --http or --curl, or its pieces (--body, --header, --url and so on)",
            )),
        }
    }

    /// Reads the message. Method, target and URL given beside `--http` or `--curl` replace what stands there; headers are added.
    pub fn read(&self) -> Result<OwnedMessage> {
        let mut message = match (&self.http, &self.curl) {
            (Some(path), _) => http::parse(&read_file(path)?)?,
            (_, Some(path)) => {
                // Named relative to the working directory.
                let named =
                    |path: &str| read_file(path).map_err(|f| Error::new(f.status, f.message));
                curl::parse(&read_file(path)?, &named)?
            }
            _ => self.pieces()?,
        };
        if let Some(method) = &self.method {
            message.method.clone_from(method);
        }
        if let Some(address) = &self.url {
            let cut = url::cut(address).ok_or_else(|| {
                Failure::usage(format!(
                    "--url {address:?} must be an absolute http or https URL; a path goes into --target"
                ))
            })?;
            if message.target.is_empty() {
                message.target = cut.target.into_bytes();
            }
            message.url = Some(address.clone());
        }
        if let Some(target) = &self.target {
            message.target = target.clone().into_bytes();
        }
        for line in &self.headers {
            let (name, value) = header_line(line.as_bytes()).ok_or_else(|| {
                // The text may hold a secret, so it is not repeated.
                Failure::usage("--header must be \"Name: value\"")
            })?;
            message.push_header(name, value);
        }
        if message.status.is_some() && (message.method.is_empty() || message.target.is_empty()) {
            return Err(Failure::usage(
                "this is an answer; give the request it belongs to with --method and --target",
            ));
        }
        if message.target.is_empty() {
            message.target = b"/".to_vec();
        }
        Ok(message)
    }

    fn pieces(&self) -> Result<OwnedMessage> {
        let body = match (&self.body, &self.body_file) {
            // curl reads a file there; this text would be signed.
            (Some(text), _) if text.starts_with('@') => {
                return Err(Failure::usage(
                    "--body takes the text itself: for a file give --body-file FILE, for a text that begins with @ --body-file -",
                ));
            }
            (Some(text), _) => Some(text.clone().into_bytes()),
            (_, Some(path)) => Some(read_file(path)?),
            _ => None,
        };
        Ok(OwnedMessage {
            method: if body.is_some() { "POST" } else { "GET" }.to_owned(),
            body: body.unwrap_or_default(),
            ..OwnedMessage::default()
        })
    }
}

/// A file's bytes, or those of standard input.
pub fn read_file(path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|e| Failure::file("read", "standard input", &e))?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(|e| Failure::file("read", path, &e))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pieces_make_a_message() {
        let args = MessageArgs {
            url: Some("https://shop.example/hook?x=1".into()),
            headers: vec!["X-A: b".into()],
            body: Some("{}".into()),
            ..MessageArgs::default()
        };
        let m = args.read().unwrap();
        assert_eq!(
            (m.method.as_str(), &m.target[..]),
            ("POST", &b"/hook?x=1"[..])
        );
        assert_eq!(m.url.as_deref(), Some("https://shop.example/hook?x=1"));
        assert_eq!(m.headers, [(b"X-A".to_vec(), b"b".to_vec())]);
        assert_eq!(m.body, b"{}");
    }

    #[test]
    fn a_body_is_not_the_name_of_a_file() {
        for text in ["@body.json", "@-", "@"] {
            let args = MessageArgs {
                body: Some(text.into()),
                ..MessageArgs::default()
            };
            let message = args.read().unwrap_err().message;
            assert!(message.contains("--body-file"), "{message}");
        }
    }

    #[test]
    fn target_wins_over_the_url() {
        let args = MessageArgs {
            url: Some("https://shop.example/hook".into()),
            target: Some("/behind-proxy".into()),
            ..MessageArgs::default()
        };
        let m = args.read().unwrap();
        assert_eq!(
            (m.method.as_str(), &m.target[..]),
            ("GET", &b"/behind-proxy"[..])
        );
    }

    #[test]
    fn wrong_pieces_are_refused_without_repeating_a_header() {
        let bad_url = MessageArgs {
            url: Some("shop.example".into()),
            ..MessageArgs::default()
        };
        assert!(bad_url.read().unwrap_err().message.contains("--target"));
        let bad_header = MessageArgs {
            headers: vec!["sk_live_1".into()],
            ..MessageArgs::default()
        };
        assert!(!bad_header.read().unwrap_err().message.contains("sk_live"));
    }
}
