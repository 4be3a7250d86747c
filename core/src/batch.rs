//! Bodies that hold several separately signed items (Adyen notifications).

use crate::plan::{Cache, Plan, json_error, malformed_member, numbered};
use crate::recipe::Each;
use crate::sign::{SignOptions, Signed, Signer};
use crate::text::JsonPaths;
use crate::text::json;
use crate::time::UnixMillis;
use crate::verify::{Streamed, Verified, Verifier};
use crate::{Error, Message, Result, Status};
use serde_json::value::RawValue;

/// The items as they stand in the body; none where the body is one bare item.
pub(crate) fn items<'m>(
    plan: &Plan,
    each: &Each,
    message: &Message<'m>,
) -> Result<Option<Vec<&'m RawValue>>> {
    let cache = Cache::default();
    let values = cache.json(plan, message)?;
    let Some(array) = numbered(values, each.slot, &each.path)? else {
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
            .read(element.get().as_bytes(), plan.check_case_twins)
            .map_err(|e| json_error(e, "an item of the batch"))?;
        found.push(
            values
                .get(0)
                .ok_or_else(|| malformed_member(member, "is missing in an item"))?,
        );
    }
    Ok(Some(found))
}

/// The message of which a string to sign can be shown: of a batch, its first item, with how many there are.
pub(crate) fn first<'m>(
    plan: &Plan,
    message: &Message<'m>,
) -> Result<(Message<'m>, Option<usize>)> {
    let Some(each) = &plan.spec.each else {
        return Ok((*message, None));
    };
    let Some(items) = items(plan, each, message)? else {
        return Ok((*message, None));
    };
    let item = items.first().ok_or_else(|| empty(each))?;
    let one = Message {
        body: item.get().as_bytes(),
        ..*message
    };
    Ok((one, Some(items.len())))
}

fn empty(each: &Each) -> Error {
    malformed_member(&each.path, "is an empty batch")
}

/// Every item must be authentic, under one key: the report names one, and who knows another key of the ring could add items to it.
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
    let first = accepted.next().ok_or_else(|| empty(each))?;
    let more: Vec<_> = accepted.collect();
    if more
        .iter()
        .any(|item| item.key_index() != first.key_index())
    {
        return Err(Error::new(
            Status::SignatureMismatch,
            "the items of the batch are signed with different keys",
        ));
    }
    Ok(Verified {
        verifier,
        first,
        more,
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
        return Err(empty(each));
    };
    body.extend_from_slice(&message.body[copied..]);
    signed.body = Some(body);
    signed.members.clear();
    Ok(Some(signed))
}
