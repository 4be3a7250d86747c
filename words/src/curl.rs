//! A curl command as copied from documents or a browser ("Copy as cURL (bash)"): the message that curl would send.
//!
//! Only options that shape the message matter. Those that do not (`-s`, `-k`, `-o FILE`, ...) are skipped; those whose effect cannot
//! be reproduced byte for byte (`-F`, `-T`, ...) are refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::message::{OwnedMessage, header_line};
use crate::url;
use paysig::{Error, Result, Status};

/// Reads a file that a command names (`@file`); `-` is standard input. A page has no files and refuses.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>>;

/// Reads one command.
pub fn parse(text: &[u8], files: Files<'_>) -> Result<OwnedMessage> {
    let words = words(text)?;
    let mut words = words.iter().map(Vec::as_slice);
    match words.next() {
        Some(first) if is_curl(first) => {}
        _ => return Err(wrong("it must begin with the word curl")),
    }
    let mut command = Command::default();
    command.read(words, files)?;
    command.message()
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::new(
        Status::InvalidOption,
        format!("cannot read this curl command: {what}"),
    )
}

fn is_curl(word: &[u8]) -> bool {
    let name = word
        .rsplit(|b| matches!(b, b'/' | b'\\'))
        .next()
        .unwrap_or(word);
    name == b"curl" || name == b"curl.exe"
}

/// The shell's words.
fn words(text: &[u8]) -> Result<Vec<Vec<u8>>> {
    let text: Vec<u8> = plain_line_ends(text);
    // A prompt copied along with the command.
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"$ ").unwrap_or(text);
    if text.windows(2).any(|w| w == b"^\"" || w == b"^\n") {
        return Err(wrong(
            "this is the form for Windows' cmd; copy it as cURL (bash) instead",
        ));
    }
    let text = plain_quotes(text)?;
    let mut shell = shlex::bytes::Shlex::new(&text);
    let words = shell.by_ref().collect();
    if shell.had_error {
        return Err(wrong("a quotation mark is not closed"));
    }
    Ok(words)
}

fn plain_line_ends(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (index, byte) in text.iter().enumerate() {
        if *byte == b'\r' && text.get(index + 1) == Some(&b'\n') {
            continue;
        }
        out.push(*byte);
    }
    out
}

/// `$'...'` (browsers write it for bodies with special characters) as plain single quotes, and continued lines joined: shlex knows
/// neither the one nor, between words, the other.
fn plain_quotes(text: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    while let Some((&byte, tail)) = rest.split_first() {
        match (quote, byte) {
            (None, b'$') if tail.first() == Some(&b'\'') => {
                let (value, after) = ansi_c_string(&tail[1..])?;
                out.push(b'\'');
                for byte in value {
                    if byte == b'\'' {
                        out.extend_from_slice(b"'\\''");
                    } else {
                        out.push(byte);
                    }
                }
                out.push(b'\'');
                rest = after;
                continue;
            }
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None | Some(b'"'), b'\\') if tail.first() == Some(&b'\n') => {
                rest = &tail[1..];
                continue;
            }
            (None | Some(b'"'), b'\\') => {
                out.push(byte);
                if let Some((&next, after)) = tail.split_first() {
                    out.push(next);
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        out.push(byte);
        rest = tail;
    }
    Ok(out)
}

/// The inside of `$'...'` up to its closing quote, and what follows.
fn ansi_c_string(mut rest: &[u8]) -> Result<(Vec<u8>, &[u8])> {
    let mut out = Vec::new();
    loop {
        let (&byte, tail) = rest
            .split_first()
            .ok_or_else(|| wrong("a $' is not closed"))?;
        rest = tail;
        if byte == b'\'' {
            return Ok((out, rest));
        }
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let (&escape, tail) = rest
            .split_first()
            .ok_or_else(|| wrong("a $' is not closed"))?;
        rest = tail;
        match escape {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'e' | b'E' => out.push(27),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'\\' | b'\'' | b'"' | b'?' => out.push(escape),
            b'x' => {
                let (value, after) = number(rest, 16, 2)?;
                out.push(value as u8);
                rest = after;
            }
            b'0'..=b'7' => {
                let at = &text_from(rest, escape);
                let (value, _) = number(at, 8, 3)?;
                let used = at.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7'));
                rest = &rest[used.count() - 1..];
                out.push(value as u8);
            }
            b'u' | b'U' => {
                let (value, after) = number(rest, 16, if escape == b'u' { 4 } else { 8 })?;
                let c = char::from_u32(value)
                    .ok_or_else(|| wrong("a \\u in $'...' is no character"))?;
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
            }
            other => out.extend_from_slice(&[b'\\', other]),
        }
    }
}

/// The first digit was already taken off.
fn text_from(rest: &[u8], first: u8) -> Vec<u8> {
    std::iter::once(first)
        .chain(rest.iter().copied().take(2))
        .collect()
}

fn number(rest: &[u8], radix: u32, most: usize) -> Result<(u32, &[u8])> {
    let digits = rest
        .iter()
        .take(most)
        .take_while(|b| char::from(**b).is_digit(radix))
        .count();
    let value = std::str::from_utf8(&rest[..digits])
        .ok()
        .and_then(|text| u32::from_str_radix(text, radix).ok())
        .ok_or_else(|| wrong("an escape in $'...' has no digits"))?;
    Ok((value, &rest[digits..]))
}

/// What the options say.
#[derive(Default)]
struct Command {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// Headers of curl's own that are turned off with `-H "Name:"`.
    removed: Vec<Vec<u8>>,
    data: Option<Vec<u8>>,
    json: bool,
    data_in_query: bool,
    head: bool,
    user: Option<Vec<u8>>,
}

/// Options with a value that say nothing about the message.
const SKIP_WITH_VALUE: &[&str] = &[
    "output",
    "max-time",
    "connect-timeout",
    "write-out",
    "retry",
    "retry-delay",
    "retry-max-time",
    "proxy",
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "key",
    "key-type",
    "pass",
    "resolve",
    "connect-to",
    "cookie-jar",
    "dump-header",
    "interface",
    "limit-rate",
    "max-redirs",
    "stderr",
    "trace",
    "trace-ascii",
    "tls-max",
    "ciphers",
    "noproxy",
    "proxy-user",
    "unix-socket",
    "local-port",
    "dns-servers",
    "max-filesize",
    "speed-limit",
    "speed-time",
    "keepalive-time",
];

/// Options without a value that say nothing about the message.
const SKIP: &[&str] = &[
    "silent",
    "show-error",
    "verbose",
    "include",
    "insecure",
    "location",
    "location-trusted",
    "fail",
    "fail-with-body",
    "globoff",
    "http1.0",
    "http1.1",
    "http2",
    "http2-prior-knowledge",
    "http3",
    "no-buffer",
    "no-keepalive",
    "no-progress-meter",
    "progress-bar",
    "ipv4",
    "ipv6",
    "tlsv1",
    "tlsv1.0",
    "tlsv1.1",
    "tlsv1.2",
    "tlsv1.3",
    "ssl",
    "path-as-is",
    "compressed",
    "remote-name",
    "remote-header-name",
    "styled-output",
    "no-styled-output",
    "create-dirs",
    "disable",
    "tcp-nodelay",
    "tcp-fastopen",
    "post301",
    "post302",
    "post303",
    "raw",
    "basic",
    "proto-default",
    "no-alpn",
    "no-npn",
];

/// What each short option is called in full.
fn long_name(short: u8) -> Option<&'static str> {
    Some(match short {
        b'X' => "request",
        b'H' => "header",
        b'd' => "data",
        b'u' => "user",
        b'G' => "get",
        b'I' => "head",
        b'A' => "user-agent",
        b'e' => "referer",
        b'b' => "cookie",
        b'F' => "form",
        b'T' => "upload-file",
        b'K' => "config",
        b's' => "silent",
        b'S' => "show-error",
        b'v' => "verbose",
        b'i' => "include",
        b'k' => "insecure",
        b'L' => "location",
        b'f' => "fail",
        b'g' => "globoff",
        b'N' => "no-buffer",
        b'O' => "remote-name",
        b'J' => "remote-header-name",
        b'0' => "http1.0",
        b'1' => "tlsv1",
        b'4' => "ipv4",
        b'6' => "ipv6",
        b'#' => "progress-bar",
        b'q' => "disable",
        b'o' => "output",
        b'm' => "max-time",
        b'w' => "write-out",
        b'x' => "proxy",
        b'E' => "cert",
        b'c' => "cookie-jar",
        b'D' => "dump-header",
        _ => return None,
    })
}

impl Command {
    fn read<'a>(
        &mut self,
        mut words: impl Iterator<Item = &'a [u8]>,
        files: Files<'_>,
    ) -> Result<()> {
        let mut only_urls = false;
        while let Some(word) = words.next() {
            match word {
                [b'-', b'-'] if !only_urls => only_urls = true,
                [b'-', b'-', name @ ..] if !only_urls => {
                    let name = text(name, "an option")?;
                    self.option(name, &mut words, files)?;
                }
                [b'-', letters @ ..] if !only_urls && !letters.is_empty() => {
                    self.short_options(letters, &mut words, files)?;
                }
                _ => self.set_url(word)?,
            }
        }
        Ok(())
    }

    /// `-sSL`, `-XPOST`: letters up to one that takes the rest as its value.
    fn short_options<'a>(
        &mut self,
        letters: &'a [u8],
        words: &mut dyn Iterator<Item = &'a [u8]>,
        files: Files<'_>,
    ) -> Result<()> {
        for (index, letter) in letters.iter().enumerate() {
            let name = long_name(*letter).ok_or_else(|| {
                wrong(format!("the option -{} is not known", char::from(*letter)))
            })?;
            let rest = &letters[index + 1..];
            if takes_value(name) && !rest.is_empty() {
                return self.option(name, &mut std::iter::once(rest), files);
            }
            self.option(name, words, files)?;
        }
        Ok(())
    }

    fn option(
        &mut self,
        name: &str,
        words: &mut dyn Iterator<Item = &[u8]>,
        files: Files<'_>,
    ) -> Result<()> {
        if !takes_value(name) {
            return self.switch(name);
        }
        let value = words
            .next()
            .ok_or_else(|| wrong(format!("--{name} lacks its value")))?;
        match name {
            "request" => self.method = Some(text(value, "--request")?.to_owned()),
            "url" => self.set_url(value)?,
            "header" => self.header(value)?,
            "data" | "data-ascii" => {
                let mut data = content(value, files)?;
                if value.first() == Some(&b'@') {
                    data.retain(|b| !matches!(b, b'\r' | b'\n' | 0));
                }
                self.append(&data, b'&');
            }
            "data-raw" => self.append(value, b'&'),
            "data-binary" => self.append(&content(value, files)?, b'&'),
            "data-urlencode" => self.append(&url_encoded(value, files)?, b'&'),
            "json" => {
                self.json = true;
                let data = content(value, files)?;
                self.data.get_or_insert_default().extend_from_slice(&data);
            }
            "user" => self.user = Some(value.to_vec()),
            "user-agent" => self.default_header("User-Agent", value),
            "referer" => self.default_header("Referer", value),
            "oauth2-bearer" => {
                self.default_header("Authorization", &[b"Bearer ", value].concat());
            }
            "cookie" if value.contains(&b'=') => self.default_header("Cookie", value),
            "cookie" => {
                return Err(wrong(
                    "--cookie with a file is not supported; give the Cookie header",
                ));
            }
            "form" | "form-string" => {
                return Err(wrong(
                    "--form makes a multipart body with a boundary that curl draws at random; give the exact body with --data-binary @file and its Content-Type",
                ));
            }
            "upload-file" => {
                return Err(wrong(
                    "--upload-file is not supported; use --data-binary @file and -X PUT",
                ));
            }
            "config" | "variable" | "expand-url" | "expand-data" | "url-query" | "digest"
            | "ntlm" | "aws-sigv4" => return Err(wrong(format!("--{name} is not supported"))),
            _ => {}
        }
        Ok(())
    }

    fn switch(&mut self, name: &str) -> Result<()> {
        match name {
            "get" => self.data_in_query = true,
            "head" => self.head = true,
            "next" => return Err(wrong("--next starts a second request; give one at a time")),
            "digest" | "ntlm" | "negotiate" | "anyauth" => {
                return Err(wrong(format!("--{name} is not supported")));
            }
            _ if SKIP.contains(&name) => {}
            _ => return Err(wrong(format!("the option --{name} is not known"))),
        }
        Ok(())
    }

    fn set_url(&mut self, word: &[u8]) -> Result<()> {
        let word = text(word, "the URL")?;
        if self.url.is_some() {
            return Err(wrong(format!(
                "there are two URLs, or a stray word: {word:?}"
            )));
        }
        self.url = Some(if word.contains("://") {
            word.to_owned()
        } else {
            format!("http://{word}")
        });
        Ok(())
    }

    fn header(&mut self, line: &[u8]) -> Result<()> {
        if line.first() == Some(&b'@') {
            return Err(wrong(
                "-H @file is not supported; give the headers themselves",
            ));
        }
        // `Name;` sends the header without a value, `Name:` takes away one that curl would send.
        if let Some(name) = line.strip_suffix(b";")
            && !name.contains(&b':')
        {
            self.headers.push((name.to_vec(), Vec::new()));
            return Ok(());
        }
        match header_line(line) {
            Some((name, b"")) => self.removed.push(name.to_vec()),
            Some((name, value)) => self.headers.push((name.to_vec(), value.to_vec())),
            None => return Err(wrong("a header must be \"Name: value\"")),
        }
        Ok(())
    }

    fn default_header(&mut self, name: &str, value: &[u8]) {
        if !value.is_empty() && !self.has(name) {
            self.headers.push((name.into(), value.to_vec()));
        }
    }

    fn has(&self, name: &str) -> bool {
        let same = |n: &[u8]| n.eq_ignore_ascii_case(name.as_bytes());
        self.headers.iter().any(|(n, _)| same(n)) || self.removed.iter().any(|n| same(n))
    }

    fn append(&mut self, data: &[u8], separator: u8) {
        match &mut self.data {
            Some(all) => {
                all.push(separator);
                all.extend_from_slice(data);
            }
            None => self.data = Some(data.to_vec()),
        }
    }

    fn message(mut self) -> Result<OwnedMessage> {
        let address = self.url.take().ok_or_else(|| wrong("there is no URL"))?;
        let cut = url::cut(&address)
            .ok_or_else(|| wrong(format!("{address:?} is no http or https URL")))?;
        let mut target = cut.target;
        if self.data_in_query
            && let Some(data) = self.data.take()
        {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(text(&data, "the data of --get")?);
        }
        if let Some(user) = self.user.take().or(cut.user_info.map(|u| u.into())) {
            if !user.contains(&b':') {
                return Err(wrong(
                    "--user without a password would ask for it; write user:password",
                ));
            }
            let value = format!("Basic {}", STANDARD.encode(&user));
            self.default_header("Authorization", value.as_bytes());
        }
        let scheme = address.split("://").next().unwrap_or_default();
        let public = format!("{scheme}://{}{target}", cut.authority);
        self.default_header("Host", cut.authority.as_bytes());
        if self.json {
            self.default_header("Content-Type", b"application/json");
            self.default_header("Accept", b"application/json");
        } else if self.data.is_some() {
            self.default_header("Content-Type", b"application/x-www-form-urlencoded");
        }
        let method = match self.method {
            Some(method) => method,
            None if self.head => "HEAD".to_owned(),
            None if self.data.is_some() => "POST".to_owned(),
            None => "GET".to_owned(),
        };
        Ok(OwnedMessage {
            method,
            target: target.into_bytes(),
            url: Some(public),
            headers: self.headers,
            body: self.data.unwrap_or_default(),
            status: None,
        })
    }
}

fn takes_value(name: &str) -> bool {
    matches!(
        name,
        "request"
            | "url"
            | "header"
            | "data"
            | "data-ascii"
            | "data-raw"
            | "data-binary"
            | "data-urlencode"
            | "json"
            | "user"
            | "user-agent"
            | "referer"
            | "oauth2-bearer"
            | "cookie"
            | "form"
            | "form-string"
            | "upload-file"
            | "config"
            | "variable"
            | "expand-url"
            | "expand-data"
            | "url-query"
            | "aws-sigv4"
    ) || SKIP_WITH_VALUE.contains(&name)
}

fn text<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|_| wrong(format!("{what} is not UTF-8")))
}

/// `@file` or the value itself.
fn content(value: &[u8], files: Files<'_>) -> Result<Vec<u8>> {
    match value.strip_prefix(b"@") {
        Some(path) => files(text(path, "a file name")?),
        None => Ok(value.to_vec()),
    }
}

/// `content`, `=content`, `name=content`, `@file`, `name@file`: the content percent-encoded, the name as it is.
fn url_encoded(value: &[u8], files: Files<'_>) -> Result<Vec<u8>> {
    let at = value.iter().position(|b| matches!(b, b'=' | b'@'));
    let (name, raw) = match at {
        None => (&b""[..], value.to_vec()),
        Some(index) if value[index] == b'=' => (&value[..index], value[index + 1..].to_vec()),
        Some(index) => {
            let path = text(&value[index + 1..], "a file name")?;
            (&value[..index], files(path)?)
        }
    };
    let encoded = percent_encoding::percent_encode(&raw, UNRESERVED).to_string();
    Ok(match name {
        b"" => encoded.into_bytes(),
        _ => [name, b"=", encoded.as_bytes()].concat(),
    })
}

/// curl encodes everything but RFC 3986's unreserved characters.
const UNRESERVED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
#[path = "curl_tests.rs"]
mod tests;
