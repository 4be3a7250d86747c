//! Messages that can be changed, and seeded randomness: what the property and hostile tests share.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses its own part of this"
)]

pub mod table;

use paysig::{Credentials, Header, Message, SignOptions, Signed, Signer};
use serde_json::Value;

/// SplitMix64: the same messages on every machine; a failure names its seed.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn pick<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.below(all.len())]
    }

    /// Letters and digits, 1 to `max`.
    pub fn word(&mut self, max: usize) -> String {
        const CHARS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        (0..1 + self.below(max))
            .map(|_| char::from(CHARS[self.below(CHARS.len())]))
            .collect()
    }

    /// Any text: separators of every scheme, escapes, other scripts.
    pub fn text(&mut self) -> String {
        const PIECES: [&str; 26] = [
            "a", "B", "7", " ", "  ", "|", ":", ".", ",", ";", "&", "=", "+", "%", "%41", "/",
            "\\", "\"", "\n", "\t", "é", "€", "日本", "😀", "{}", "e\u{301}",
        ];
        (0..self.below(9)).map(|_| self.pick(&PIECES)).collect()
    }

    pub fn json(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => Value::from(self.next() as i32),
            3 => serde_json::json!(self.below(10_000) as f64 / 4.0),
            4 => Value::String(self.text()),
            5 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            _ => Value::Object(
                (0..self.below(4))
                    .map(|i| (format!("{}{i}", self.word(5)), self.json(depth - 1)))
                    .collect(),
            ),
        }
    }
}

/// A message of one's own.
#[derive(Clone, Debug)]
pub struct Wire {
    pub method: String,
    pub target: Vec<u8>,
    pub url: Option<String>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Wire {
    pub fn new(method: &str, target: &str) -> Wire {
        Wire {
            method: method.into(),
            target: target.into(),
            url: None,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Wire {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Wire {
        self.body = body.into();
        self
    }

    pub fn json(self, value: &Value) -> Wire {
        self.header("Content-Type", "application/json")
            .body(serde_json::to_vec(value).unwrap())
    }

    pub fn form(self, pairs: &[(&str, String)]) -> Wire {
        let body = form_urlencoded(pairs.iter().map(|(n, v)| (*n, v.as_str())));
        self.header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// As a message, for as long as `run` takes.
    pub fn with<T>(&self, run: impl FnOnce(&Message<'_>) -> T) -> T {
        let headers: Vec<Header<'_>> = self
            .headers
            .iter()
            .map(|(name, value)| Header {
                name: name.as_bytes(),
                value,
            })
            .collect();
        run(&Message {
            method: &self.method,
            target: &self.target,
            url: self.url.as_deref(),
            headers: &headers,
            body: &self.body,
        })
    }

    /// Signs it: it is then what goes over the wire.
    #[track_caller]
    pub fn sign(&mut self, signer: &Signer, options: &SignOptions<'_>) {
        let made = self.with(|m| signer.sign(m, options)).unwrap();
        self.apply(&made);
    }

    /// Adds everything that signing made.
    pub fn apply(&mut self, signed: &Signed) {
        for (name, value) in signed.headers() {
            self.headers.push((name.to_owned(), value.to_vec()));
        }
        if let Some(target) = signed.target() {
            self.target = target.to_vec();
        }
        if let Some(url) = signed.url() {
            self.url = Some(url.to_owned());
        }
        if let Some(body) = signed.body() {
            self.body = body.to_vec();
        }
    }

    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let mut all = self.headers.iter();
        all.find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| &v[..])
    }

    pub fn set(&mut self, name: &str, value: Vec<u8>) {
        for (n, v) in &mut self.headers {
            if n.eq_ignore_ascii_case(name) {
                *v = value.clone();
            }
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Puts text at the end of the path, in target and public URL alike.
    pub fn extend_path(&mut self, text: &str) {
        self.both(|whole| {
            let at = whole.find('?').unwrap_or(whole.len());
            whole.insert_str(at, text);
        });
    }

    /// Adds a field to the query, in target and public URL alike.
    pub fn extend_query(&mut self, text: &str) {
        self.both(|whole| {
            whole.push(if whole.contains('?') { '&' } else { '?' });
            whole.push_str(text);
        });
    }

    fn both(&mut self, change: impl Fn(&mut String)) {
        let mut target = String::from_utf8(self.target.clone()).unwrap();
        change(&mut target);
        self.target = target.into();
        if let Some(url) = &mut self.url {
            change(url);
        }
    }

    /// Fields of a form body, in order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    pub fn set_pairs(&mut self, pairs: &[(String, String)]) {
        self.body = form_urlencoded(pairs.iter().map(|(n, v)| (&n[..], &v[..]))).into();
    }
}

pub fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(text).unwrap();
    let decode = |t: &str| {
        let mut out = Vec::new();
        paysig::text::url::form_decode_into(t.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    text.split('&')
        .filter(|p| !p.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

pub fn form_urlencoded<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> String {
    let encode = |text: &str| {
        let mut out = Vec::new();
        paysig::text::url::percent_encode_into(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    pairs
        .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
        .collect::<Vec<_>>()
        .join("&")
}

/// Where a JSON path with dots leads.
pub fn at_path<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').try_fold(value, |v, name| v.get_mut(name))
}

pub fn credentials(pairs: &[(&str, &str)]) -> Credentials {
    pairs.iter().copied().collect()
}
