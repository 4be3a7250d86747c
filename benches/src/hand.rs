//! Two schemes written by hand with the crates that paysig uses itself: what a program does at least that knows one scheme only, but
//! refuses the messages that paysig refuses. What the engine costs shows beside these; the bare MAC checks nothing.

use crate::cases::{INGENICO_KEY, Ready, STRIPE_KEY};
use paysig::crypto::{Encoding, Hash, HmacKey, equal};
use paysig::{Header, Message, UnixMillis};
use std::hint::black_box;
use std::io::Write;
use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TOKEN: u8 = 1;
const TARGET: u8 = 1 << 1;
const VALUE: u8 = 1 << 2;
const PLAIN: u8 = 1 << 3;

/// Where each byte may stand; `PLAIN` in a target means that no escape and no dot has to be looked at.
static MAY_STAND: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let (mut token, mut target) = (byte.is_ascii_alphanumeric(), byte.is_ascii_alphanumeric());
        token |= matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~');
        target |= matches!(byte, b'!' | b'$'..=b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'[' | b']' | b'_' | b'|' | b'~' | 0x80..);
        let value = !matches!(byte, b'\r' | b'\n' | 0);
        let plain = !matches!(byte, b'.' | b'%');
        table[at] = (token as u8 * TOKEN)
            | (target as u8 * TARGET)
            | (value as u8 * VALUE)
            | (plain as u8 * PLAIN);
        at += 1;
    }
    table
};

fn all(text: &[u8]) -> u8 {
    (text.iter()).fold(u8::MAX, |all, byte| all & MAY_STAND[usize::from(*byte)])
}

/// A header that occurs at most once.
fn once<'a>(headers: &[Header<'a>], name: &[u8]) -> Option<Option<&'a [u8]>> {
    let mut found = (headers.iter()).filter(|h| h.name.eq_ignore_ascii_case(name));
    let first = found.next();
    (found.next().is_none()).then_some(first.map(|h| h.value.trim_ascii()))
}

fn instant(now: UnixMillis) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_millis(now.0.try_into().ok()?))
}

/// The hand-written programs with their keys.
pub struct ByHand {
    ingenico: HmacKey,
    stripe: HmacKey,
}

impl ByHand {
    pub fn new() -> ByHand {
        let key = |secret: &str| HmacKey::new(Hash::Sha256, secret.as_bytes());
        ByHand {
            ingenico: key(INGENICO_KEY[1].1),
            stripe: key(STRIPE_KEY[0].1),
        }
    }

    /// Signs the message, a request to Ingenico.
    pub fn sign(&self, ready: &Ready) -> Option<Added> {
        let now = ready.options.now?;
        ingenico_sign(
            &self.ingenico,
            INGENICO_KEY[0].1,
            black_box(&ready.message),
            now,
        )
    }

    /// Verifies the message, a request to Ingenico.
    pub fn verify(&self, ready: &Ready) -> Option<bool> {
        ingenico_verify(
            &self.ingenico,
            INGENICO_KEY[0].1,
            black_box(&ready.received),
        )
    }

    /// Verifies the message, a notification of Stripe.
    pub fn verify_stripe(&self, ready: &Ready) -> Option<bool> {
        stripe_verify(&self.stripe, black_box(&ready.received), ready.options.now?)
    }
}

/// What Ingenico's signature adds: two headers, within one text.
pub struct Added {
    text: Vec<u8>,
    date: Range<usize>,
    authorization: Range<usize>,
}

fn ingenico_checked(message: &Message<'_>) -> Option<()> {
    let is_token = |text: &[u8]| !text.is_empty() && all(text) & TOKEN != 0;
    let target = all(message.target);
    // Escapes and dot segments are not needed here: a program that has none refuses them.
    let target =
        message.target.first() == Some(&b'/') && target & TARGET != 0 && target & PLAIN != 0;
    let headers = (message.headers.iter()).all(|h| is_token(h.name) && all(h.value) & VALUE != 0);
    (is_token(message.method.as_bytes()) && target && headers).then_some(())
}

/// The string to sign, at the end of the text.
fn ingenico_string(message: &Message<'_>, date: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let mut signed: [(&[u8], &[u8]); 16] = Default::default();
    let mut count = 0;
    for header in message.headers {
        if header.name.len() >= 5 && header.name[..5].eq_ignore_ascii_case(b"x-gcs") {
            *signed.get_mut(count)? = (header.name, header.value.trim_ascii());
            count += 1;
        }
    }
    let signed = &mut signed[..count];
    let small = u8::to_ascii_lowercase;
    signed.sort_by(|a, b| a.0.iter().map(small).cmp(b.0.iter().map(small)));
    if (signed.windows(2)).any(|two| two[0].0.eq_ignore_ascii_case(two[1].0)) {
        return None;
    }
    text.extend(message.method.bytes().map(|b| b.to_ascii_uppercase()));
    text.push(b'\n');
    text.extend_from_slice(once(message.headers, b"content-type")?.unwrap_or_default());
    text.push(b'\n');
    text.extend_from_slice(date);
    text.push(b'\n');
    for (name, value) in signed {
        let start = text.len();
        text.extend_from_slice(name);
        text[start..].make_ascii_lowercase();
        text.push(b':');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    text.extend_from_slice(message.target);
    text.push(b'\n');
    Some(())
}

/// Signs a request to Ingenico.
fn ingenico_sign(
    key: &HmacKey,
    key_id: &str,
    message: &Message<'_>,
    now: UnixMillis,
) -> Option<Added> {
    ingenico_checked(message)?;
    if once(message.headers, b"date")?.is_some()
        || once(message.headers, b"authorization")?.is_some()
    {
        return None;
    }
    let mut text = Vec::with_capacity(512);
    write!(text, "{}", httpdate::HttpDate::from(instant(now)?)).ok()?;
    let date = 0..text.len();
    let mut stamp = [0; 29];
    stamp.copy_from_slice(&text);
    ingenico_string(message, &stamp, &mut text)?;
    let mac = key.mac(&text[date.end..]);
    text.truncate(date.end);
    text.extend_from_slice(b"GCS v1HMAC:");
    text.extend_from_slice(key_id.as_bytes());
    text.push(b':');
    Encoding::Base64.encode_into(&mac, &mut text);
    let authorization = date.end..text.len();
    Some(Added {
        text,
        date,
        authorization,
    })
}

impl Added {
    /// Name and value.
    pub fn headers(&self) -> [(&str, &[u8]); 2] {
        let value = |range: &Range<usize>| &self.text[range.clone()];
        [
            ("Date", value(&self.date)),
            ("Authorization", value(&self.authorization)),
        ]
    }
}

/// Verifies a request to Ingenico.
fn ingenico_verify(key: &HmacKey, key_id: &str, message: &Message<'_>) -> Option<bool> {
    let date = once(message.headers, b"date")??;
    httpdate::parse_http_date(std::str::from_utf8(date).ok()?).ok()?;
    let value = once(message.headers, b"authorization")??.strip_prefix(b"GCS v1HMAC:")?;
    let signature = value.strip_prefix(key_id.as_bytes())?.strip_prefix(b":")?;
    let given = Encoding::Base64.decode_digest(signature, 32)?;
    let mut text = Vec::with_capacity(512);
    ingenico_string(message, date, &mut text)?;
    Some(equal(&given, &key.mac(&text)))
}

/// Verifies a notification of Stripe, not older or newer than 300 seconds.
fn stripe_verify(key: &HmacKey, message: &Message<'_>, now: UnixMillis) -> Option<bool> {
    let value = once(message.headers, b"stripe-signature")??;
    let mut time = None;
    let mut signatures: [Option<&[u8]>; 8] = [None; 8];
    let mut count = 0;
    for item in value.split(|b| *b == b',') {
        let at = item.iter().position(|b| *b == b'=')?;
        let (name, value) = (&item[..at], &item[at + 1..]);
        match name {
            b"t" if time.is_none() => time = Some(value),
            b"t" => return None,
            b"v1" => {
                *signatures.get_mut(count)? = Some(value);
                count += 1;
            }
            _ => {}
        }
    }
    let time = time?;
    let seconds: i64 = std::str::from_utf8(time).ok()?.parse().ok()?;
    if (now.0 / 1000 - seconds).abs() > 300 {
        return Some(false);
    }
    let mut state = key.start();
    state.update(time);
    state.update(b".");
    state.update(message.body);
    let mac = state.finish();
    Some(signatures.iter().flatten().any(|signature| {
        let given = Encoding::Hex.decode_digest(signature, 32);
        given.is_some_and(|given| equal(&given, &mac))
    }))
}
