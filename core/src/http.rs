//! The types of the `http` crate (feature `http`): sign a request before it is sent, verify one that came in.

use crate::sign::{SignOptions, Signer};
use crate::time::UnixMillis;
use crate::verify::{HandshakeAnswer, Report, Verifier};
use crate::{Error, Header, Message, Result, Status};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use smallvec::SmallVec;

type Headers<'h> = SmallVec<[Header<'h>; 16]>;

/// All header lines, duplicates included.
fn lines(headers: &HeaderMap) -> Headers<'_> {
    headers
        .iter()
        .map(|(name, value)| Header {
            name: name.as_str().as_bytes(),
            value: value.as_bytes(),
        })
        .collect()
}

fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |p| p.as_str())
}

fn invalid(what: &str) -> Error {
    Error::field(
        Status::InvalidMessage,
        what,
        format!("the signed {what} cannot be put into the request"),
    )
}

impl Signer {
    /// Signs a request in place: its headers, its URI where the scheme adds to the query, and its body, which is handed
    /// back where the scheme adds to it. The public URL of schemes that sign one is the request's own absolute URI.
    pub fn sign_http(
        &self,
        parts: &mut Parts,
        body: &[u8],
        options: &SignOptions<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let url = parts.uri.scheme().map(|_| parts.uri.to_string());
        let signed = {
            let headers = lines(&parts.headers);
            self.sign(&on_the_wire(parts, url.as_deref(), &headers, body), options)?
        };
        if let Some(target) = signed.target() {
            let mut uri = parts.uri.clone().into_parts();
            let target = http::uri::PathAndQuery::try_from(target);
            uri.path_and_query = Some(target.map_err(|_| invalid("target"))?);
            parts.uri = Uri::from_parts(uri).map_err(|_| invalid("target"))?;
        }
        for (name, value) in signed.headers() {
            let name = HeaderName::try_from(name).map_err(|_| invalid("headers"))?;
            let value = HeaderValue::from_bytes(value).map_err(|_| invalid("headers"))?;
            parts.headers.insert(name, value);
        }
        let body = signed.body().map(<[u8]>::to_vec);
        if let Some(body) = &body
            && parts.headers.contains_key(http::header::CONTENT_LENGTH)
        {
            let length = HeaderValue::from(body.len());
            parts.headers.insert(http::header::CONTENT_LENGTH, length);
        }
        Ok(body)
    }
}

fn on_the_wire<'m>(
    parts: &'m Parts,
    public_url: Option<&'m str>,
    headers: &'m [Header<'m>],
    body: &'m [u8],
) -> Message<'m> {
    Message {
        method: parts.method.as_str(),
        target: target(&parts.uri).as_bytes(),
        url: public_url,
        headers,
        body,
    }
}

impl Verifier {
    /// Judges a request that came in. `public_url` is the URL as the sender knows it, from configuration: only schemes
    /// that sign the URL need it, and it is never taken from the Host header.
    pub fn verify_http(
        &self,
        parts: &Parts,
        public_url: Option<&str>,
        body: &[u8],
        now: Option<UnixMillis>,
    ) -> Result<Report> {
        let headers = lines(&parts.headers);
        let message = on_the_wire(parts, public_url, &headers, body);
        Ok(self.verify_keeping(&message, now)?.report())
    }

    /// The answer to an endpoint check, as [`Verifier::handshake`] gives it; the parameters are those of
    /// [`verify_http`](Self::verify_http), which judges every other request.
    pub fn handshake_http(
        &self,
        parts: &Parts,
        public_url: Option<&str>,
        body: &[u8],
        now: Option<UnixMillis>,
    ) -> Result<Option<HandshakeAnswer>> {
        let headers = lines(&parts.headers);
        self.handshake(&on_the_wire(parts, public_url, &headers, body), now)
    }
}
