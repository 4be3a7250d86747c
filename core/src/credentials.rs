//! Credentials and key rings.

use crate::time::UnixMillis;
use zeroize::Zeroizing;

/// Named values: `key_id`, `secret`, `login`. Secret or not, none is ever shown by `Debug`; all are wiped when dropped.
#[derive(Clone, Default)]
pub struct Credentials(Vec<(String, Zeroizing<Vec<u8>>)>);

impl Credentials {
    /// No values yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value, replacing one of the same name.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = Zeroizing::new(value.as_ref().to_vec());
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Adds a value and hands the whole back, for chaining.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.set(name, value);
        self
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| &v[..])
    }

    /// The names, in the order they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(n, _)| n.as_str())
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> FromIterator<(N, V)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(iter: I) -> Self {
        let mut all = Credentials::new();
        for (name, value) in iter {
            all.set(name.as_ref(), value);
        }
        all
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.names().map(|n| (n, "<redacted>")))
            .finish()
    }
}

/// One key of a ring: its credentials and when it is valid.
#[derive(Clone, Debug)]
pub struct RingKey {
    /// The values that the scheme asks for.
    pub credentials: Credentials,
    /// Valid from this instant on.
    pub not_before: Option<UnixMillis>,
    /// Valid up to and including this instant.
    pub not_after: Option<UnixMillis>,
}

/// The keys that a verifier accepts: at most 16 are tried for one message.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(pub(crate) Vec<RingKey>);

impl KeyRing {
    /// An empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ring of one key that is always valid.
    pub fn of(credentials: Credentials) -> Self {
        let mut ring = KeyRing::new();
        ring.add(credentials);
        ring
    }

    /// Adds a key that is always valid.
    pub fn add(&mut self, credentials: Credentials) -> &mut Self {
        self.add_between(credentials, None, None)
    }

    /// Adds a key with a validity window; either end may be open.
    pub fn add_between(
        &mut self,
        credentials: Credentials,
        not_before: Option<UnixMillis>,
        not_after: Option<UnixMillis>,
    ) -> &mut Self {
        self.0.push(RingKey {
            credentials,
            not_before,
            not_after,
        });
        self
    }

    /// The keys.
    pub fn keys(&self) -> &[RingKey] {
        &self.0
    }
}

impl From<Credentials> for KeyRing {
    fn from(credentials: Credentials) -> Self {
        KeyRing::of(credentials)
    }
}
