//! Another target or public URL than the one that was signed: proxies, frameworks, slashes, escapes.

use super::clue::{Clue, Scene, See};
use super::form::{STYLES, encode_pairs};
use crate::Message;
use crate::recipe::{Part, Source};
use crate::text::url::{UrlParts, split_target, url_parts};

/// Every departure of target and URL, if the scheme reads them.
pub(super) fn address(scene: Scene<'_>, wide: bool, see: See<'_>) {
    let reads = |test: &dyn Fn(&Source) -> bool| {
        scene
            .parts
            .iter()
            .any(|p: &Part| super::structure::anywhere(p, test))
    };
    let target = reads(&|s| {
        matches!(s, Source::Path(_) | Source::Query { .. } | Source::Target)
            || matches!(s, Source::Headers(_))
    });
    if target {
        let mut put = |clue: Clue, new: Vec<u8>| {
            let message = Message {
                target: &new,
                ..scene.message
            };
            see(&[clue], Scene { message, ..scene });
        };
        slashes(scene.message.target, &mut put);
        escapes_case(scene.message.target, &mut put);
        prefixes(&scene.message, &mut put);
    }
    if reads(&|s| matches!(s, Source::Url(_)))
        && let Some(url) = scene.message.url
    {
        let mut put = |clues: &[Clue], new: &str| {
            let message = Message {
                url: Some(new),
                ..scene.message
            };
            see(clues, Scene { message, ..scene });
        };
        urls(&scene.message, url, wide, &mut put);
    }
}

fn slashes(target: &[u8], put: &mut dyn FnMut(Clue, Vec<u8>)) {
    let (path, query) = split_target(target);
    let rest = query.map(|q| [b"?", q].concat()).unwrap_or_default();
    let clue = Clue::new("trailing-slash-differs");
    match path.strip_suffix(b"/") {
        Some(cut) => put(clue, [cut, &rest[..]].concat()),
        None => put(clue, [path, b"/", &rest[..]].concat()),
    }
}

fn swap_case(text: &[u8], upper: bool) -> Vec<u8> {
    let mut out = text.to_vec();
    for i in 0..out.len() {
        if out[i] == b'%' {
            let end = out.len().min(i + 3);
            if upper {
                out[i..end].make_ascii_uppercase();
            } else {
                out[i..end].make_ascii_lowercase();
            }
        }
    }
    out
}

fn escapes_case(target: &[u8], put: &mut dyn FnMut(Clue, Vec<u8>)) {
    if target.contains(&b'%') {
        for upper in [true, false] {
            put(Clue::new("percent-case-differs"), swap_case(target, upper));
        }
    }
}

/// Headers in which proxies tell the path before they changed it.
const ORIGINAL_PATH: [&[u8]; 6] = [
    b"x-original-uri",
    b"x-original-url",
    b"x-rewrite-url",
    b"x-envoy-original-path",
    b"x-forwarded-uri",
    b"x-forwarded-path",
];

fn prefixes(message: &Message<'_>, put: &mut dyn FnMut(Clue, Vec<u8>)) {
    let clue = |about: &[u8]| {
        Clue::about(
            "url-path-prefix-differs",
            format!("as in {}", String::from_utf8_lossy(about)),
        )
    };
    for name in ORIGINAL_PATH {
        for value in message.header_values(name) {
            put(clue(name), value.to_vec());
        }
    }
    for value in message.header_values(b"x-forwarded-prefix") {
        let value = value.strip_suffix(b"/").unwrap_or(value);
        put(
            clue(b"x-forwarded-prefix"),
            [value, message.target].concat(),
        );
    }
    if let Some(parts) = message.url.and_then(url_parts)
        && parts.path.as_bytes() != split_target(message.target).0
    {
        let mut new = parts.path.as_bytes().to_vec();
        if let Some(query) = split_target(message.target).1 {
            new.push(b'?');
            new.extend_from_slice(query);
        }
        put(clue(b"the public URL"), new);
    }
}

/// Candidates for one piece of a URL; the first is the one that is there.
struct Candidates {
    schemes: Vec<&'static str>,
    hosts: Vec<String>,
    ports: Vec<String>,
    paths: Vec<String>,
}

fn first_text(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    text.split(',').next().unwrap_or_default().trim().to_owned()
}

impl Candidates {
    fn new(message: &Message<'_>, now: &UrlParts<'_>) -> Candidates {
        let other = if now.scheme.eq_ignore_ascii_case("https") {
            "http"
        } else {
            "https"
        };
        let this = if other == "http" { "https" } else { "http" };
        let port = now.port.map(|p| format!(":{p}")).unwrap_or_default();
        let mut hosts = vec![now.host.to_owned()];
        let mut ports = vec![port, String::new()];
        for name in [
            "x-forwarded-host",
            "x-original-host",
            "host",
            "x-forwarded-server",
        ] {
            for value in message.header_values(name.as_bytes()) {
                let text = first_text(value);
                let (host, port) = match text.rsplit_once(':') {
                    Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
                        (host.to_owned(), format!(":{port}"))
                    }
                    _ => (text, String::new()),
                };
                hosts.push(host);
                ports.push(port);
            }
        }
        for value in message.header_values(b"forwarded") {
            let text = String::from_utf8_lossy(value).into_owned();
            for pair in text.split([';', ',']) {
                if let Some(host) = pair.trim().strip_prefix("host=") {
                    hosts.push(host.trim_matches('"').to_owned());
                }
            }
        }
        let host = now.host;
        hosts.push(match host.strip_prefix("www.") {
            Some(bare) => bare.to_owned(),
            None => format!("www.{host}"),
        });
        hosts.push(host.to_ascii_lowercase());
        for value in message.header_values(b"x-forwarded-port") {
            ports.push(format!(":{}", first_text(value)));
        }
        for port in [":443", ":80", ":8080", ":8443", ":3000", ":5000", ":8000"] {
            ports.push(port.to_owned());
        }
        let target = String::from_utf8_lossy(split_target(message.target).0).into_owned();
        let mut paths = vec![now.path.to_owned(), target];
        prefixes(message, &mut |_, new| {
            paths.push(String::from_utf8_lossy(split_target(&new).0).into_owned());
        });
        if let Some(at) = now.path.get(1..).and_then(|p| p.find('/')) {
            paths.push(now.path[at + 1..].to_owned());
        }
        Candidates {
            schemes: vec![this, other],
            hosts: distinct(hosts),
            ports: distinct(ports),
            paths: distinct(paths),
        }
    }
}

fn distinct(all: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for one in all {
        if !out.contains(&one) {
            out.push(one);
        }
    }
    out.truncate(12);
    out
}

fn urls(message: &Message<'_>, url: &str, wide: bool, put: &mut dyn FnMut(&[Clue], &str)) {
    let Some(now) = url_parts(url) else {
        return;
    };
    let tail = &url[url.find(['?', '#']).unwrap_or(url.len())..];
    slashes(url.as_bytes(), &mut |clue, new| {
        put(&[clue], &String::from_utf8_lossy(&new));
    });
    let all = Candidates::new(message, &now);
    let mut clues: Vec<Clue> = Vec::new();
    // A proxy changes scheme, host, port and path together: that is one mistake.
    for (p, path) in all.paths.iter().enumerate() {
        for (h, host) in all.hosts.iter().enumerate() {
            for (o, port) in all.ports.iter().enumerate() {
                for (s, scheme) in all.schemes.iter().enumerate() {
                    let changed = [s, h, o, p];
                    let ids = [
                        "url-scheme-differs",
                        "url-host-differs",
                        "url-port-differs",
                        "url-path-prefix-differs",
                    ];
                    clues.clear();
                    clues.extend(
                        ids.iter()
                            .zip(changed)
                            .filter(|(_, c)| *c > 0)
                            .map(|(id, _)| Clue::new(id)),
                    );
                    if clues.is_empty() || (!wide && clues.len() > 1) {
                        continue;
                    }
                    put(&clues, &format!("{scheme}://{host}{port}{path}{tail}"));
                }
            }
        }
    }
    let (path, query) = split_target(url.as_bytes());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    escapes_case(url.as_bytes(), &mut |clue, new| put(&[clue], &text(&new)));
    if now.path.is_empty() || now.path == "/" {
        let bare = format!("{}://{}{tail}", now.scheme, now.authority);
        put(&[Clue::new("trailing-slash-differs")], &bare);
    }
    let with = |query: &[u8]| text(&[path, b"?", query].concat());
    if let Some(query) = query {
        for style in &STYLES {
            put(
                &[Clue::new("url-query-reencoded")],
                &with(&encode_pairs(query, style)),
            );
        }
        let mut decoded = Vec::new();
        crate::text::url::percent_decode_into(query, &mut decoded);
        put(&[Clue::new("url-query-reencoded")], &with(&decoded));
        let mut sorted: Vec<&[u8]> = query.split(|b| *b == b'&').collect();
        sorted.sort();
        put(&[Clue::new("query-sorted")], &with(&sorted.join(&b'&')));
        put(&[Clue::new("query-left-out")], &text(path));
    } else if let Some(query) = split_target(message.target).1 {
        put(&[Clue::new("url-query-missing")], &with(query));
    }
    if let Some(at) = url.find('#') {
        put(&[Clue::new("url-fragment-added")], &url[..at]);
    }
    put(&[Clue::new("url-case-differs")], &url.to_ascii_lowercase());
}
