//! Which address a message may send the host to for a key: only what the recipe allows.

use crate::recipe::FetchSpec;
use crate::text::url;
use crate::{Error, Result, Status};

/// Checks an address that a stranger chose: https, no user info, no port, no fragment, an allowed host.
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
    if text.contains(['#', '\\', '@']) || parts.authority.contains(':') {
        return Err(refused("holds user info, a port or a fragment"));
    }
    let host = parts.host_lower();
    let allowed = spec.hosts.iter().any(|h| match h.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
        None => host == *h,
    });
    if !allowed {
        return Err(refused("is not on a host that the scheme allows"));
    }
    Ok(text.to_owned())
}
