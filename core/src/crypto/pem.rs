//! PEM as people paste it.
//!
//! RFC 7468 fixes the line length; keys from environment variables, JSON files and web forms have
//! lost their line ends, got `\n` as two characters, or blanks in the middle. All of that is read;
//! the base64 inside is strict.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::key_error::KeyError;

/// One PEM block.
pub(super) struct Block {
    /// The bytes inside.
    pub der: Zeroizing<Vec<u8>>,
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Whether `text` looks like PEM at all.
pub(super) fn is_pem(text: &[u8]) -> bool {
    text.windows(BEGIN.len())
        .any(|window| window == BEGIN.as_bytes())
}

/// The first block of `text` that is not `EC PARAMETERS`: in a certificate chain the leaf.
pub(super) fn first_block(text: &[u8]) -> Result<Block, KeyError> {
    let text = core::str::from_utf8(text).map_err(|_| broken())?;
    next_block(text).map(|(block, _)| block)
}

/// Every block of `text`: a certificate chain.
pub(super) fn all_blocks(text: &[u8]) -> Result<Vec<Block>, KeyError> {
    let mut rest = core::str::from_utf8(text).map_err(|_| broken())?;
    let mut blocks = Vec::new();
    while blocks.is_empty() || is_pem(rest.as_bytes()) {
        let (block, after) = next_block(rest)?;
        blocks.push(block);
        rest = after;
    }
    Ok(blocks)
}

fn broken() -> KeyError {
    KeyError::new(
        "the PEM text is damaged: it needs a BEGIN line, base64 and the matching END line",
    )
}

fn next_block(text: &str) -> Result<(Block, &str), KeyError> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once(BEGIN).ok_or_else(broken)?;
        let (label, after) = after.split_once(DASHES).ok_or_else(broken)?;
        let (body, after) = after.split_once("-----END ").ok_or_else(broken)?;
        let after = after
            .strip_prefix(label)
            .and_then(|end| end.strip_prefix(DASHES))
            .ok_or_else(broken)?;
        // `openssl ecparam -genkey` writes the curve before the key.
        if label == "EC PARAMETERS" {
            rest = after;
            continue;
        }
        if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
            return Err(KeyError::new(
                "the private key is encrypted with a passphrase: decrypt it first",
            ));
        }
        let der = base64(body.as_bytes()).ok_or_else(broken)?;
        return Ok((Block { der }, after));
    }
}

/// Base64 with whatever blanks, line ends and written-out `\n` and `\r` it contains.
pub(super) fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if bytes.next_if(|next| matches!(next, b'n' | b'r')).is_some() => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => plain.push(byte),
        }
    }
    if plain.is_empty() {
        return None;
    }
    let mut out = Zeroizing::new(vec![0; plain.len() / 4 * 3 + 3]);
    let len = Base64::decode(&*plain, &mut out).ok()?.len();
    out.truncate(len);
    Some(out)
}
