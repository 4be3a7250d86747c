//! The typed steps of a pipeline.

use super::eval::Eval;
use super::headers::split_on;
use super::limit::too_much;
use super::sink::{Collect, Gather};
use crate::Error;
use crate::crypto::{Encoding, HmacKey};
use crate::recipe::Step;
use crate::text::url;
use zeroize::Zeroize;

/// Why a step failed.
pub(crate) enum Fault {
    /// A part inside the step failed.
    Inner(Error),
    /// The value does not have the form that the step needs.
    Value(&'static str),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Inner(error)
    }
}

/// Applies one step to the value.
pub(crate) fn apply(eval: &Eval<'_, '_>, step: &Step, value: &mut Collect) -> Result<(), Fault> {
    eval.spend(value.bytes.len())?;
    let input = &mut value.bytes;
    let output: Vec<u8> = match step {
        Step::Upper => {
            input.make_ascii_uppercase();
            return Ok(());
        }
        Step::Lower => {
            input.make_ascii_lowercase();
            return Ok(());
        }
        Step::Reverse => {
            input.reverse();
            return Ok(());
        }
        Step::StripWhiteSpace => {
            input.retain(|b| !b.is_ascii_whitespace());
            return Ok(());
        }
        Step::Take(count) => {
            input.truncate(*count);
            return Ok(());
        }
        Step::Trim => input.trim_ascii().to_vec(),
        Step::Hash(hash) => {
            let digest = hash.digest(input);
            value.become_bytes(&digest);
            return Ok(());
        }
        Step::Crc32Decimal => crc32fast::hash(input).to_string().into_bytes(),
        Step::Encode(encoding) => {
            let mut text = Vec::with_capacity(encoding.encoded_len(input.len()));
            encoding.encode_into(input, &mut text);
            text
        }
        Step::Decode(encoding) => decode(*encoding, input, value.secret)?,
        Step::JsonStringEscape => json_escape(input)?.into_bytes(),
        Step::JsonStringEscapeNet => {
            let mut text = json_escape(input)?;
            for (end, escaped) in NET_LINE_ENDS {
                if text.contains(end) {
                    text = text.replace(end, escaped);
                }
            }
            text.into_bytes()
        }
        Step::PercentEncode => {
            let mut text = Vec::with_capacity(input.len());
            url::percent_encode_into(input, &mut text);
            text
        }
        Step::PercentDecode => {
            let mut text = Vec::with_capacity(input.len());
            url::percent_decode_into(input, &mut text);
            text
        }
        Step::PercentDecodeOnly(which) => percent_decode_only(input, which),
        Step::DecimalInteger => {
            if input.is_empty() || !input.iter().all(u8::is_ascii_digit) {
                return Err(Fault::Value("is not a decimal integer"));
            }
            let zeros = input.iter().take_while(|b| **b == b'0').count();
            input[zeros.min(input.len() - 1)..].to_vec()
        }
        Step::Decimals(places) => decimals(input, usize::from(*places))?,
        Step::Only { class, min, max } => {
            if !class.spells(input, *min, *max) {
                return Err(Fault::Value("is not of the form that the scheme expects"));
            }
            return Ok(());
        }
        Step::Latin1ToUtf8 => {
            let text: String = input.iter().map(|&b| char::from(b)).collect();
            text.into_bytes()
        }
        Step::StripPrefix { prefix, optional } => match input.strip_prefix(&prefix[..]) {
            Some(rest) => rest.to_vec(),
            None if *optional => return Ok(()),
            None => return Err(Fault::Value("lacks the prefix that the scheme expects")),
        },
        Step::StripSuffix { suffix, optional } => match input.strip_suffix(&suffix[..]) {
            Some(rest) => rest.to_vec(),
            None if *optional => return Ok(()),
            None => return Err(Fault::Value("lacks the suffix that the scheme expects")),
        },
        Step::CurrencyDecimals(currency) => {
            let code = eval.values(currency)?;
            decimals(input, minor_digits(&code.bytes))?
        }
        Step::RemoveFirst(what) => match find(input, what) {
            Some(at) => [&input[..at], &input[at + what.len()..]].concat(),
            None => return Ok(()),
        },
        Step::AfterLast(what) => {
            let at = (0..=input.len().saturating_sub(what.len()))
                .rev()
                .find(|&at| input[at..].starts_with(what));
            match at {
                Some(at) => input[at + what.len()..].to_vec(),
                None => return Ok(()),
            }
        }
        Step::Piece { index, separator } => {
            let piece = split_on(input, separator).nth(*index);
            let piece = piece.filter(|p| !p.is_empty());
            piece
                .ok_or(Fault::Value("lacks the piece that the scheme expects"))?
                .to_vec()
        }
        Step::HmacAsKey { hash, data } => {
            if input.is_empty() {
                return Err(Fault::Value("is empty"));
            }
            let key = HmacKey::new(*hash, input);
            let mut mac = Gather::new(&key);
            eval.fill(&mut mac, |mac| eval.parts(data, mac))?;
            value.secret |= mac.secret;
            value.become_bytes(&mac.finish());
            return Ok(());
        }
        Step::HmacAsData { hash, key } => {
            let key = eval.values(key)?;
            if key.bytes.is_empty() {
                return Err(Fault::Value("would be authenticated with an empty key"));
            }
            let mac = HmacKey::new(*hash, &key.bytes).mac(input);
            value.secret |= key.secret;
            value.become_bytes(&mac);
            return Ok(());
        }
        Step::CipherAsKey { cipher, data } => {
            let data = eval.values(data)?;
            let encrypted = cipher.encrypt(input, &data.bytes);
            encrypted.map_err(|_| Fault::Value("is not a key of the cipher's length"))?
        }
    };
    if output.len() > eval.room {
        return Err(Fault::Inner(too_much()));
    }
    if value.secret {
        value.bytes.zeroize();
    }
    value.bytes = output;
    Ok(())
}

fn percent_decode_only(text: &[u8], which: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.first_chunk::<2>()).flatten();
        let decoded = escaped.and_then(|digits| {
            let nibble = |d: u8| char::from(d).to_digit(16);
            let value = nibble(digits[0])? << 4 | nibble(digits[1])?;
            u8::try_from(value).ok().filter(|v| which.contains(v))
        });
        match decoded {
            Some(value) => {
                out.push(value);
                rest = &after[2..];
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    (!what.is_empty())
        .then(|| text.windows(what.len()).position(|w| w == what))
        .flatten()
}

fn decode(encoding: Encoding, text: &[u8], secret: bool) -> Result<Vec<u8>, Fault> {
    let decoded = if secret {
        encoding
            .decode_secret(text)
            .map(|mut d| std::mem::take(&mut *d))
    } else {
        encoding.decode(text)
    };
    decoded.ok_or(Fault::Value(match encoding {
        Encoding::Hex | Encoding::HexUpper => "is not hexadecimal",
        Encoding::Base64Url | Encoding::Base64UrlPadded => "is not base64url",
        _ => "is not base64",
    }))
}

/// What Newtonsoft.Json escapes beside what every writer of JSON does (`JavaScriptUtils.WriteEscapedJavaScriptString`).
const NET_LINE_ENDS: [(char, &str); 3] = [
    ('\u{85}', "\\u0085"),
    ('\u{2028}', "\\u2028"),
    ('\u{2029}', "\\u2029"),
];

fn json_escape(text: &[u8]) -> Result<String, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| Fault::Value("is not UTF-8"))?;
    let quoted = serde_json::to_string(text).map_err(|_| Fault::Value("is not text"))?;
    let inner = quoted
        .strip_prefix('"')
        .and_then(|q| q.strip_suffix('"'))
        .unwrap_or(&quoted);
    Ok(inner.to_owned())
}

/// Digits of the minor unit (ISO 4217, list one); two where the list has nothing else to say.
fn minor_digits(code: &[u8]) -> usize {
    match code {
        b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
        | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
        b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
        b"CLF" | b"UYW" => 4,
        _ => 2,
    }
}

/// `1.5` with two places is `1.50`; `1.555` does not fit; `1.500` does.
fn decimals(text: &[u8], places: usize) -> Result<Vec<u8>, Fault> {
    const BAD: Fault = Fault::Value("is not a decimal number with that many fraction digits");
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let dot = unsigned.iter().position(|b| *b == b'.');
    let (whole, fraction) = match dot {
        Some(at) => (&unsigned[..at], &unsigned[at + 1..]),
        None => (unsigned, &[][..]),
    };
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty()
        || !digits(whole)
        || !digits(fraction)
        || (dot.is_some() && fraction.is_empty())
    {
        return Err(BAD);
    }
    let kept = fraction.len().min(places);
    if fraction[kept..].iter().any(|b| *b != b'0') {
        return Err(BAD);
    }
    let mut out = text[..text.len() - unsigned.len() + whole.len()].to_vec();
    if places > 0 {
        out.push(b'.');
        out.extend_from_slice(&fraction[..kept]);
        out.resize(out.len() + places - kept, b'0');
    }
    Ok(out)
}
