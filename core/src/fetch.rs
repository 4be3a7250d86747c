//! Which address a message may send the host to for a key: only what the recipe allows.

use crate::recipe::FetchSpec;
use crate::text::url;
use crate::{Error, Result, Status};

/// Checks an address that a stranger chose: https, an allowed host, and nothing by which one key could have many addresses, each of
/// them another key id: no user info, port, query, fragment, percent-escape, capital in the host or empty or dotted piece of the path.
pub(crate) fn allowed_url(spec: &FetchSpec, text: &[u8]) -> Result<String> {
    let refused = |why: &str| {
        Error::field(
            Status::ContentRejected,
            "key url",
            format!("the address of the key {why}"),
        )
    };
    let text = std::str::from_utf8(text).map_err(|_| refused("is not text"))?;
    if text.len() > 512 || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(refused("is too long or holds blanks"));
    }
    let parts = url::url_parts(text).ok_or_else(|| refused("is not an absolute URL"))?;
    if parts.scheme != "https" {
        return Err(refused("is not https"));
    }
    if text.contains(['?', '#', '\\', '@']) || parts.authority.contains(':') {
        return Err(refused("holds user info, a port, a query or a fragment"));
    }
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    let host = parts.authority;
    if !host.bytes().all(plain) || host.split('.').any(str::is_empty) {
        return Err(refused("has a host that is not written plainly"));
    }
    let mut pieces = parts.path.split('/').skip(1).peekable();
    while let Some(piece) = pieces.next() {
        let inner = pieces.peek().is_some();
        if piece.contains('%') || matches!(piece, "." | "..") || inner && piece.is_empty() {
            return Err(refused("has a path that can be written in another way"));
        }
    }
    let allowed = spec.hosts.iter().any(|h| match h.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
        None => host == h,
    });
    if !allowed {
        return Err(refused("is not on a host that the scheme allows"));
    }
    Ok(text.to_owned())
}
