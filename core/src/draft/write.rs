//! Writing a draft's fields to their places.

use super::{Draft, Signature};
use crate::plan::Plan;
use crate::plan::wire::at;
use crate::recipe::{Content, Field, Hole, Piece, Place, Template};
use crate::refuse;
use crate::text::{form, json_edit, url};
use crate::{Error, Result, Status};
use smallvec::SmallVec;

impl Draft<'_> {
    /// Writes the fields that hold the signature.
    pub(crate) fn place(&mut self, signature: &Signature) -> Result<()> {
        let plan = &*self.signer.plan;
        for (index, field) in plan.spec.fields.iter().enumerate() {
            if plan.facts[index].has_signature() && self.applies(field)? {
                self.write(index, field, Some(signature))?;
            }
        }
        self.insert_members()
    }

    /// Writes one field to its place.
    pub(super) fn write(
        &mut self,
        index: usize,
        field: &Field,
        signature: Option<&Signature>,
    ) -> Result<()> {
        let start = self.text.len();
        match &field.content {
            Content::Template(template) => self.fill(template, signature)?,
            Content::Covered(covered) => {
                self.text.extend_from_slice(covered.label.as_bytes());
                self.text.push(b'=');
                self.fill_hole(Hole::Let(covered.input), signature)?;
            }
            Content::Items(items) => {
                self.text.extend_from_slice(&items.lead);
                for (nth, (key, template)) in items.entries.iter().enumerate() {
                    if nth > 0 {
                        self.text.extend_from_slice(&items.item);
                    }
                    self.text.extend_from_slice(key.as_bytes());
                    self.text.extend_from_slice(&items.kv);
                    let quote: &[u8] = if items.quoted { b"\"" } else { b"" };
                    self.text.extend_from_slice(quote);
                    self.fill(template, signature)?;
                    self.text.extend_from_slice(quote);
                }
            }
        }
        let range = start..self.text.len();
        refuse::field_text(field, &self.text[range.clone()])?;
        match &field.place {
            Place::Header(_) => self.headers.push((index, range)),
            Place::Cookie(name) => {
                self.text
                    .splice(start..start, format!("{name}=").into_bytes());
                self.headers.push((index, start..self.text.len()));
            }
            Place::Query(name) => {
                let value = self.text.split_off(start);
                let target = self.target.as_deref().unwrap_or(self.message.target);
                self.target = Some(url::append_query(target, name, &value));
                if let Some(public) = self.url.as_deref().or(self.message.url) {
                    let public = url::append_query(public.as_bytes(), name, &value);
                    self.url = Some(String::from_utf8_lossy(&public).into_owned());
                }
            }
            Place::Form(name) => {
                let value = self.text.split_off(start);
                let body = self.body.as_deref().unwrap_or(self.message.body);
                self.body = Some(form::append_form(body, name, &value));
            }
            Place::Json(_) => {
                let value = json_value(field, &self.text[range])?;
                self.text.truncate(start);
                self.members.push((index, value));
            }
        }
        Ok(())
    }

    /// Writes the JSON members that are not in the body yet: all at once, since each time reads the body once.
    pub(super) fn insert_members(&mut self) -> Result<()> {
        let fields = &self.signer.plan.spec.fields;
        let waiting = self.members.get(self.in_body..).unwrap_or_default();
        if waiting.is_empty() {
            return Ok(());
        }
        let members: SmallVec<[(&str, &str); 4]> = waiting
            .iter()
            .filter_map(|(index, value)| match &fields.get(*index)?.place {
                Place::Json(path) => Some((path.as_str(), value.as_str())),
                _ => None,
            })
            .collect();
        let body = self.body.as_deref().unwrap_or(self.message.body);
        let body = json_edit::insert_members(body, &members)
            .map_err(|e| crate::plan::json_error(e, "the body").while_signing())?;
        self.in_body = self.members.len();
        self.body = Some(body);
        Ok(())
    }

    fn fill(&mut self, template: &Template, signature: Option<&Signature>) -> Result<()> {
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => self.text.extend_from_slice(text),
                Piece::Hole(hole, class) => {
                    let start = self.text.len();
                    self.fill_hole(*hole, signature)?;
                    let value = &self.text[start..];
                    if *hole != Hole::Signature && !class.contains_all(value) {
                        return Err(unfit(&self.signer.plan, *hole));
                    }
                }
            }
        }
        Ok(())
    }

    fn fill_hole(&mut self, hole: Hole, signature: Option<&Signature>) -> Result<()> {
        let plan = &*self.signer.plan;
        match hole {
            Hole::Signature => match signature {
                Some(Signature::Digest(digest)) => {
                    plan.spec.write_encoding.encode_into(digest, &mut self.text);
                }
                Some(Signature::Bytes(bytes)) => {
                    plan.spec.write_encoding.encode_into(bytes, &mut self.text);
                }
                Some(Signature::Text(text)) => self.text.extend_from_slice(text),
                None => {}
            },
            Hole::Timestamp(None) => match self.time.clone() {
                Some(range) => self.text.extend_from_within(range),
                None => return Err(Error::new(Status::InvalidOption, "no time")),
            },
            Hole::Timestamp(Some(format)) => match self.instant {
                Some(instant) => format
                    .write(instant, &mut self.text)
                    .map_err(|_| Error::field(Status::InvalidOption, "now", "year out of range"))?,
                None => return Err(Error::field(Status::InvalidOption, "now", "is needed")),
            },
            Hole::Nonce => match &self.nonce {
                Some(nonce) => self.text.extend_from_slice(nonce),
                None => {
                    return Err(Error::field(
                        Status::InvalidOption,
                        "nonce",
                        "this scheme needs a nonce (a message id that is used once)",
                    ));
                }
            },
            Hole::KeyId => {
                let id = plan
                    .spec
                    .key_id
                    .and_then(|id| self.signer.credentials.get(id));
                self.text.extend_from_slice(id.unwrap_or_default());
            }
            Hole::Credential(id) => {
                let value = self.signer.credentials.get(id).unwrap_or_default();
                self.text.extend_from_slice(value);
            }
            Hole::Let(id) => {
                self.insert_members()?;
                let value = self.with_eval(|eval| eval.let_bytes(id))?;
                self.text.extend_from_slice(&value.bytes);
            }
            Hole::Algorithm => {
                if let crate::recipe::AlgorithmRule::Named { map, sign } = &plan.spec.algorithm
                    && let Some((name, _)) = map.get(*sign)
                {
                    self.text.extend_from_slice(name.as_bytes());
                }
            }
        }
        Ok(())
    }
}

fn unfit(plan: &Plan, hole: Hole) -> Error {
    match hole {
        Hole::KeyId | Hole::Credential(_) => {
            let id = match hole {
                Hole::Credential(id) => Some(id),
                _ => plan.spec.key_id,
            };
            let name = id.map_or("key_id", |id| plan.recipe.credential_name(id));
            Error::field(
                Status::InvalidCredentials,
                name,
                format!("credential {name} holds a character that its field cannot carry"),
            )
        }
        Hole::Nonce => Error::field(
            Status::InvalidOption,
            "nonce",
            "nonce holds a character that its field cannot carry",
        ),
        Hole::Timestamp(_) => Error::field(
            Status::InvalidOption,
            "timestamp_text",
            "timestamp_text holds a character that its field cannot carry",
        ),
        _ => Error::new(
            Status::InvalidMessage,
            "a value holds a character that its field cannot carry",
        ),
    }
}

fn json_value(field: &Field, value: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(value)
        .map_err(|_| at(field, Status::InvalidMessage, "would not be UTF-8"))?;
    let is_number = field.number && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    Ok(if is_number {
        text.to_owned()
    } else {
        json_edit::quote(text)
    })
}
