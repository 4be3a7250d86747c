//! Messages that want an answer of a certain form: the checks by which a provider finds out whether an endpoint is yours.

use super::judge::window;
use super::{ReadyKey, Verifier};
use crate::plan::keys::CredentialValues;
use crate::plan::{Bound, Cache, Eval};
use crate::recipe::Handshake;
use crate::text::JsonPaths;
use crate::text::json::{self, Scalar};
use crate::time::UnixMillis;
use crate::{Error, Message, Result, Status};

/// What to answer, with HTTP status 200.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandshakeAnswer {
    /// Content-Type of the answer. Send it: the body may repeat what a stranger sent, and must not be read as HTML.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the message was verified first. If not, do nothing but answer.
    pub verified: bool,
}

impl Verifier {
    /// The answer to an endpoint check, if the message is one of those that the scheme has; `None` for ordinary messages.
    /// A check that the provider signs is verified first, and its error is that of [`Verifier::verify`].
    pub fn handshake(
        &self,
        message: &Message<'_>,
        now: Option<UnixMillis>,
    ) -> Result<Option<HandshakeAnswer>> {
        if self.plan.spec.handshakes.is_empty() {
            return Ok(None);
        }
        // Before any of it is read.
        self.check_size(message.body.len() as u64)?;
        let none = CredentialValues::default();
        let (bound, cache) = (Bound::default(), Cache::default());
        let eval = Eval::new(&self.plan, message, &none, &bound, &cache);
        let mut all = self.plan.spec.handshakes.iter();
        let Some(handshake) = all.find(|h| eval.holds(&h.when) && json_holds(h, message)) else {
            return Ok(None);
        };
        // The key that matched also makes the answer; unsigned checks are answered with the first one that may be used.
        let key = match handshake.signed {
            true => Some(self.verify(message, now)?.key_index()),
            false => self.keys.iter().position(|key| self.may_answer(key, now)),
        };
        let key = key.and_then(|index| self.keys.get(index));
        let credentials = key.map_or(&none, |key| &key.credentials);
        let eval = Eval::new(&self.plan, message, credentials, &bound, &cache);
        Ok(Some(HandshakeAnswer {
            content_type: handshake.content_type.clone(),
            body: eval.values(&handshake.answer)?.take(),
            verified: handshake.signed,
        }))
    }

    /// Whether a key is the one that is asked for, if one is, and valid now.
    fn may_answer(&self, key: &ReadyKey, now: Option<UnixMillis>) -> bool {
        let expected = self.expected_key_id.as_deref().is_none_or(|id| {
            let credential = self.plan.spec.key_id;
            credential.and_then(|c| key.credentials.get(c)) == Some(id)
        });
        let known = now.is_some() || !key.has_window();
        expected && known && window(key, now).is_none()
    }

    /// A text that an unsigned check authenticates for anybody who asks is not a message.
    pub(super) fn check_not_answered(&self, eval: &Eval<'_, '_>) -> Result<()> {
        if self.plan.answered.is_empty() {
            return Ok(());
        }
        let string = self.collected(eval)?;
        match self.plan.answered.iter().any(|b| b.holds(&string.bytes)) {
            false => Ok(()),
            true => Err(Error::new(
                Status::ContentRejected,
                "the signed text is one that the scheme's endpoint check would sign for anybody",
            )),
        }
    }
}

/// Not so if it cannot be told: a body that is not JSON, a member that is there twice.
fn lacks_member(message: &Message<'_>, path: &str) -> bool {
    let paths = JsonPaths::new(&[path.to_owned()]);
    let found = paths.read(message.body, true);
    found.is_ok_and(|values| values.get(0).is_none())
}

fn json_holds(handshake: &Handshake, message: &Message<'_>) -> bool {
    let absent = |path: &String| lacks_member(message, path);
    member_is(handshake, message) && handshake.without.as_ref().is_none_or(absent)
}

fn member_is(handshake: &Handshake, message: &Message<'_>) -> bool {
    let Some((path, wanted)) = &handshake.json else {
        return true;
    };
    let paths = JsonPaths::new(std::slice::from_ref(path));
    let Ok(values) = paths.read(message.body, false) else {
        return false;
    };
    let value = values.get(0).map(json::scalar).and_then(|s| s.ok());
    let text = value.filter(|v| !matches!(v, Scalar::Null));
    text.and_then(Scalar::into_text)
        .is_some_and(|text| text == wanted.as_str())
}
