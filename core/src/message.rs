//! What is on the wire: the only input of every plan. Borrowed, never copied.

use crate::text::case::equal_in_any_case;
use crate::text::url::split_target;
use crate::{Error, Result, Status};

/// One header line. Names compare without case; values are bytes, as on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header<'a> {
    /// `X-Date`
    pub name: &'a [u8],
    /// Without the blanks around it.
    pub value: &'a [u8],
}

impl<'a> Header<'a> {
    /// A header from text.
    pub fn new(name: &'a str, value: &'a str) -> Self {
        Header {
            name: name.as_bytes(),
            value: value.as_bytes(),
        }
    }

    /// Whether this header has the given name, in any case.
    #[inline]
    pub fn is(&self, name: &[u8]) -> bool {
        // Most names are told apart by their lengths, and names of one length rarely end alike.
        let last = |name: &[u8]| name.last().map(u8::to_ascii_lowercase);
        self.name.len() == name.len()
            && last(self.name) == last(name)
            && equal_in_any_case(self.name, name)
    }
}

/// A request, a notification, or (flow `response`) an answer together with the request's method and target.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// `POST`
    pub method: &'a str,
    /// Path and query exactly as on the request line: `/v1/pay?x=%20`.
    pub target: &'a [u8],
    /// The public URL, from configuration and never from the Host header; only schemes that sign the URL need it.
    pub url: Option<&'a str>,
    /// In the order of the wire, duplicates included.
    pub headers: &'a [Header<'a>],
    /// The bytes as sent or received, before any parsing.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// A message without URL.
    pub fn new(
        method: &'a str,
        target: &'a str,
        headers: &'a [Header<'a>],
        body: &'a [u8],
    ) -> Self {
        Message {
            method,
            target: target.as_bytes(),
            url: None,
            headers,
            body,
        }
    }

    /// The same message with its public URL.
    pub fn with_url(self, url: &'a str) -> Self {
        Message {
            url: Some(url),
            ..self
        }
    }

    /// Refuses a query that the public URL does not have, for schemes that sign the URL: it is no part of what is signed, although
    /// the URL's is. A target without a query is let be: many hosts hand the URL alone.
    pub(crate) fn check_query_is_the_urls(&self) -> Result<()> {
        let (Some(url), (_, Some(query))) = (self.url, split_target(self.target)) else {
            return Ok(());
        };
        let sent = url.split_once('#').map_or(url, |(sent, _)| sent);
        if split_target(sent.as_bytes()).1.unwrap_or_default() == query {
            return Ok(());
        }
        Err(Error::field(
            Status::ContentRejected,
            "url",
            "the public URL has another query than the target, which is therefore not signed: make the URL of the target as it came",
        ))
    }

    /// The query of the target, or of the public URL if only that has one.
    pub(crate) fn query_or_urls(&self) -> Option<&'a [u8]> {
        let (_, query) = split_target(self.target);
        query.or_else(|| {
            let url = self.url?;
            let sent = url.split_once('#').map_or(url, |(sent, _)| sent);
            split_target(sent.as_bytes()).1
        })
    }

    /// All values of one header, in the order of the wire.
    pub fn header_values(&self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.headers
            .iter()
            .filter(move |h| h.is(name))
            .map(|h| h.value)
    }
}
