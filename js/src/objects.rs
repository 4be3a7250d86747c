//! What lives on between calls, by handle.

use paysig::replay::{Guard, MemoryStore};
use paysig::{Error, Result, SignStream, Signer, Status, TokenSession, Verifier, VerifyStream};
use std::collections::BTreeMap;

/// One of them.
pub enum Object {
    /// Made by `signer`.
    Signer(Box<Signer>),
    /// Made by `verifier`.
    Verifier(Box<Verifier>),
    /// Made by `sign_stream`.
    SignStream(Box<SignStream>),
    /// Made by `verify_stream`.
    VerifyStream(Box<VerifyStream>),
    /// Made by `token_session`.
    Token(Box<TokenSession>),
    /// Made by `guard`.
    Guard(Box<Guard<MemoryStore>>),
}

/// All of them. Handles are never used twice.
#[derive(Default)]
pub struct Objects {
    last: u32,
    all: BTreeMap<u32, Object>,
}

impl Objects {
    /// Keeps an object and gives its handle.
    pub fn keep(&mut self, object: Object) -> u32 {
        self.last += 1;
        self.all.insert(self.last, object);
        self.last
    }

    /// Drops an object; a handle that is not known is none.
    pub fn free(&mut self, handle: u32) {
        self.all.remove(&handle);
    }

    /// The signer of a handle.
    pub fn signer(&self, handle: u32) -> Result<&Signer> {
        match self.all.get(&handle) {
            Some(Object::Signer(signer)) => Ok(signer),
            _ => Err(unknown()),
        }
    }

    /// The verifier of a handle.
    pub fn verifier(&self, handle: u32) -> Result<&Verifier> {
        match self.all.get(&handle) {
            Some(Object::Verifier(verifier)) => Ok(verifier),
            _ => Err(unknown()),
        }
    }

    /// Any object of a handle, to be changed.
    pub fn get_mut(&mut self, handle: u32) -> Result<&mut Object> {
        self.all.get_mut(&handle).ok_or_else(unknown)
    }

    /// Takes an object out: it is used up.
    pub fn take(&mut self, handle: u32) -> Result<Object> {
        self.all.remove(&handle).ok_or_else(unknown)
    }

    /// The token session of a handle.
    pub fn token(&mut self, handle: u32) -> Result<&mut TokenSession> {
        match self.all.get_mut(&handle) {
            Some(Object::Token(session)) => Ok(session),
            _ => Err(unknown()),
        }
    }

    /// The guard of a handle.
    pub fn guard(&self, handle: u32) -> Result<&Guard<MemoryStore>> {
        match self.all.get(&handle) {
            Some(Object::Guard(guard)) => Ok(guard),
            _ => Err(unknown()),
        }
    }
}

/// A handle of nothing, or of something else; only a fault of the glue gets here.
pub fn unknown() -> Error {
    Error::new(Status::Internal, "no such object in this module")
}
