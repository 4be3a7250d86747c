//! Cuts an absolute URL where a client cuts it, without normalising anything: what is signed is what is sent.

/// The pieces of an absolute `http` or `https` URL.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    /// Host and port as written, without user info.
    pub authority: &'a str,
    /// `user:password` before the `@`.
    pub user_info: Option<&'a str>,
    /// Path and query as on the request line; `/` where the URL has no path.
    pub target: String,
}

/// Cuts the URL; nothing if it is not absolute `http(s)` or has no host.
pub fn cut(url: &str) -> Option<Cut<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let (user_info, authority) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if authority.is_empty() {
        return None;
    }
    let target = match target.as_bytes().first() {
        Some(b'/') => target.to_owned(),
        _ => format!("/{target}"),
    };
    Some(Cut {
        authority,
        user_info,
        target,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn cuts_without_normalising() {
        let c = cut("https://u:p@Api.example:8443//a/../b%2f?x= y#frag").unwrap();
        assert_eq!(c.authority, "Api.example:8443");
        assert_eq!(c.user_info, Some("u:p"));
        assert_eq!(c.target, "//a/../b%2f?x= y");
        assert_eq!(cut("http://h").unwrap().target, "/");
        assert_eq!(cut("http://h?a=1").unwrap().target, "/?a=1");
        assert_eq!(cut("HTTPS://h/x").unwrap().target, "/x");
    }

    #[test]
    fn refuses_what_is_not_absolute_http() {
        for url in [
            "/path",
            "ftp://h/",
            "https://",
            "https:///x",
            "h/x",
            "http://u@/x",
        ] {
            assert_eq!(cut(url), None, "{url}");
        }
    }
}
