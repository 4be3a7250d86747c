//! What an accepted request is answered: for genuine SDKs, which want an answer of their provider's own form.

use paysig::recipe::Flow;
use paysig::{Credentials, Scheme, SignOptions, Signer, Status};

use super::Reply;
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// The answer to accepted requests.
#[derive(Debug, Default)]
pub struct Respond {
    /// Instead of the verdict.
    pub body: Option<Vec<u8>>,
    /// HTTP status.
    pub status: u16,
    /// Whether the answer carries the scheme's own signature.
    pub signed: bool,
}

/// A file's bytes if there is such a file, else the text itself.
pub fn body(file_or_text: &str) -> Result<Vec<u8>> {
    // What begins like JSON is no file name.
    if file_or_text.trim_start().starts_with(['{', '[', '"']) || file_or_text.is_empty() {
        return Ok(file_or_text.as_bytes().to_vec());
    }
    let path = std::path::Path::new(file_or_text);
    if path.is_file() {
        return std::fs::read(path).map_err(|e| Failure::file("read", file_or_text, &e));
    }
    Ok(file_or_text.as_bytes().to_vec())
}

/// The signer of answers: the scheme's response flow, else its webhook flow, whose form such answers have.
pub fn signer(scheme: &Scheme, credentials: &Credentials) -> Result<(Signer, Flow)> {
    let flow = [Flow::Response, Flow::Webhook]
        .into_iter()
        .find(|f| scheme.recipe().flow(*f).is_some())
        .ok_or_else(|| {
            Failure::new(
                Status::UnsupportedFlow,
                format!("{} signs neither answers nor webhooks", scheme.id()),
            )
        })?;
    Ok((scheme.signer(flow, credentials)?, flow))
}

/// Signs an answer to a request.
pub fn sign(signer: &Signer, request: &OwnedMessage, mut reply: Reply) -> Result<Reply> {
    let mut message = OwnedMessage {
        method: request.method.clone(),
        target: request.target.clone(),
        url: request.url.clone(),
        body: std::mem::take(&mut reply.body),
        status: Some(reply.status),
        headers: Vec::new(),
    };
    for (name, value) in &reply.headers {
        message.push_header(name, value);
    }
    let seed = clock::seed()?;
    let nonce = match signer.needs_nonce() {
        true => Some(clock::nonce()?),
        false => None,
    };
    let options = SignOptions {
        now: Some(clock::system()),
        nonce: nonce.as_deref(),
        seed: Some(&seed),
        ..SignOptions::default()
    };
    let headers = message.header_list();
    let signed = signer.sign(&message.message(&headers), &options)?;
    for (name, value) in signed.headers() {
        reply.headers.push((name.to_owned(), value.to_vec()));
    }
    reply.body = match signed.body() {
        Some(body) => body.to_vec(),
        None => message.body.clone(),
    };
    Ok(reply)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_body_is_a_file_or_text() {
        assert_eq!(body("{}").unwrap(), b"{}");
        assert_eq!(body("no such file").unwrap(), b"no such file");
        let path = std::env::temp_dir().join(format!("paysig-respond-{}", std::process::id()));
        std::fs::write(&path, "content").unwrap();
        assert_eq!(body(path.to_str().unwrap()).unwrap(), b"content");
        std::fs::remove_file(path).unwrap();
    }
}
