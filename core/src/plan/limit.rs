//! How much one run of a plan may make of a message: a recipe may come from anywhere, and so may the message.

use super::Plan;
use super::eval::Eval;
use super::sink::{Bounded, Sink};
use crate::{Error, Message, Result, Status};

/// More than the input's own size that a string to sign may hold.
const EXPANSION: usize = 64 * 1024;
/// So many times the input and [`EXPANSION`] go through digests, steps and parsers, all together.
const WORK: usize = 64;

/// How much a string to sign may hold, and every value on the way to it; and how much all of them together.
pub(super) struct Limit {
    pub(super) room: usize,
    pub(super) work: usize,
}

impl Limit {
    #[inline]
    pub(super) fn new(plan: &Plan, message: &Message<'_>, payload: Option<&[u8]>) -> Limit {
        let read = message.body.len() + message.target.len() + message.url.map_or(0, str::len);
        Limit::of(plan, read + payload.map_or(0, <[u8]>::len))
    }

    /// That of so many bytes of input.
    #[inline]
    pub(super) fn of(plan: &Plan, input: usize) -> Limit {
        Limit {
            room: input
                .saturating_mul(plan.expansion)
                .saturating_add(EXPANSION),
            work: input.saturating_add(EXPANSION).saturating_mul(WORK),
        }
    }
}

#[cold]
pub(crate) fn too_much() -> Error {
    Error::new(
        Status::TooLarge,
        "the string to sign, or a value that it is made of, would be much longer than the message",
    )
}

impl Eval<'_, '_> {
    /// Fills a sink with one value: no more than the string to sign may hold.
    pub(crate) fn fill<S: Sink>(
        &self,
        sink: &mut S,
        write: impl FnOnce(&mut Bounded<'_, S>) -> Result<()>,
    ) -> Result<()> {
        let mut bounded = Bounded {
            inner: sink,
            left: self.room,
            overflow: false,
        };
        write(&mut bounded)?;
        let used = self.room - bounded.left;
        match bounded.overflow {
            true => Err(too_much()),
            false => self.spend(used),
        }
    }

    /// So many bytes are looked at once more.
    #[inline]
    pub(crate) fn spend(&self, bytes: usize) -> Result<()> {
        let left = self.work.get().checked_sub(bytes).ok_or_else(too_much)?;
        self.work.set(left);
        Ok(())
    }
}
