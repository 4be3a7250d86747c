//! Bodies that hold several separately signed items (Adyen notifications).

use crate::plan::{Cache, json_error, malformed_member};
use crate::recipe::Each;
use crate::sign::{SignOptions, Signed, Signer};
use crate::text::JsonPaths;
use crate::text::json;
use crate::time::UnixMillis;
use crate::verify::{Streamed, Verified, Verifier};
use crate::{Message, Result};
use serde_json::value::RawValue;

/// The items as they stand in the body; none where the body is one bare item.
pub(crate) fn items<'m>(
    plan: &crate::plan::Plan,
    each: &Each,
    message: &Message<'m>,
) -> Result<Option<Vec<&'m RawValue>>> {
    let cache = Cache::default();
    let Some(array) = cache.json(plan, message)?.get(each.slot) else {
        return Ok(None);
    };
    let elements = json::array_items(array).map_err(|e| json_error(e, "the batch"))?;
    let Some(member) = &each.item else {
        return Ok(Some(elements));
    };
    let paths = JsonPaths::new(&[member.replace('.', "\\.")]);
    let mut found = Vec::with_capacity(elements.len());
    for element in elements {
        let values = paths
            .read(element.get().as_bytes(), false)
            .map_err(|e| json_error(e, "an item of the batch"))?;
        found.push(
            values
                .get(0)
                .ok_or_else(|| malformed_member(member, "is missing in an item"))?,
        );
    }
    Ok(Some(found))
}

/// Every item must be authentic.
pub(crate) fn verify<'v>(
    verifier: &'v Verifier,
    each: &Each,
    message: &'v Message<'v>,
    now: Option<UnixMillis>,
) -> Result<Verified<'v>> {
    let Some(items) = items(&verifier.plan, each, message)? else {
        return Ok(Verified {
            verifier,
            first: verifier.verify_one(*message, now, Streamed::default())?,
            more: Vec::new(),
        });
    };
    let mut accepted = Vec::with_capacity(items.len());
    for item in items {
        let one = Message {
            body: item.get().as_bytes(),
            ..*message
        };
        accepted.push(verifier.verify_one(one, now, Streamed::default())?);
    }
    let mut accepted = accepted.into_iter();
    let first = accepted
        .next()
        .ok_or_else(|| malformed_member(&each.path, "is an empty batch"))?;
    Ok(Verified {
        verifier,
        first,
        more: accepted.collect(),
    })
}

/// Signs every item in place; none where the body is one bare item.
pub(crate) fn sign(
    signer: &Signer,
    message: &Message<'_>,
    options: &SignOptions<'_>,
) -> Result<Option<Signed>> {
    let Some(each) = &signer.plan.spec.each else {
        return Ok(None);
    };
    let Some(items) = items(&signer.plan, each, message)? else {
        return Ok(None);
    };
    let mut body = Vec::with_capacity(message.body.len() + 64 * items.len());
    let mut copied = 0;
    let mut last = None;
    for item in items {
        let text = item.get();
        // Raw values borrow from the body, so their place in it is known.
        let start = text.as_ptr() as usize - message.body.as_ptr() as usize;
        let one = Message {
            body: text.as_bytes(),
            ..*message
        };
        let signed = signer.sign_one(&one, options)?;
        body.extend_from_slice(&message.body[copied..start]);
        body.extend_from_slice(signed.body().unwrap_or(text.as_bytes()));
        copied = start + text.len();
        last = Some(signed);
    }
    let Some(mut signed) = last else {
        return Err(malformed_member(&each.path, "is an empty batch"));
    };
    body.extend_from_slice(&message.body[copied..]);
    signed.body = Some(body);
    signed.members.clear();
    Ok(Some(signed))
}
