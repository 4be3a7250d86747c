//! A message on its way, and the answer to it.

use paysig::{Header, Message, Signed};

use crate::Result;

/// A message that is sent.
#[derive(Clone)]
pub struct Outgoing {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// The `status` member of the verdict.
    pub verdict: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Outgoing {
    /// The headers as the library takes them.
    pub fn header_list(&self) -> Vec<Header<'_>> {
        self.headers
            .iter()
            .map(|(n, v)| Header::new(n, v))
            .collect()
    }

    /// The message as the library takes it.
    pub fn borrow<'a>(&'a self, headers: &'a [Header<'a>]) -> Message<'a> {
        Message::new(self.method, &self.target, headers, &self.body)
    }

    /// Adds what signing made.
    pub fn apply(&mut self, signed: &Signed) {
        for (name, value) in signed.headers() {
            let value = String::from_utf8_lossy(value).into_owned();
            self.headers.push((name.to_owned(), value));
        }
        if let Some(target) = signed.target() {
            self.target = String::from_utf8_lossy(target).into_owned();
        }
        if let Some(body) = signed.body() {
            self.body = body.to_vec();
        }
    }

    /// Replaces the value of a header.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Replaces text in the body, which must be there.
    pub fn replace_in_body(&mut self, from: &str, to: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert!(text.contains(from), "the body does not hold {from}");
        self.body = text.replacen(from, to, 1).into_bytes();
    }

    /// Sends it over HTTP.
    pub fn send(&self, base: &str) -> Result<Answer> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(self.method)
            .uri(format!("{base}{}", self.target));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = match self.body.is_empty() {
            true => agent.run(request.body(())?)?,
            false => agent.run(request.body(&self.body[..])?)?,
        };
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        let body = response.body_mut().read_to_vec()?;
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        Ok(Answer {
            status: response.status().as_u16(),
            verdict: json["status"].as_str().unwrap_or("-").to_owned(),
            headers,
            body,
        })
    }
}
