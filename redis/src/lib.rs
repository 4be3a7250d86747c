//! Replay protection for several processes and machines: the store of [`paysig::replay::Guard`] over Redis or Valkey.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let replay_key = ""; let now = paysig::time::UnixMillis(0);
//! use paysig::replay::{Begin, Guard};
//!
//! let store = paysig_redis::RedisStore::new(redis::Client::open("redis://cache/")?);
//! let guard = Guard::new(store, 604_800);
//! if let Begin::Fresh(lease) = guard.begin(replay_key, now)? {
//!     // Handle the message, then:
//!     guard.commit(&lease, now)?;
//! }
//! # Ok(()) }
//! ```
//!
//! Every step is one script, so that it is atomic; of the guard's times only the differences count, since the server's clock decides. What the
//! server cannot remember is `store_unavailable`, to be answered with 503: the provider delivers again.
//!
//! The server must not forget on its own: `maxmemory-policy noeviction` (another policy is refused at the first `begin`), `appendonly` if
//! a restart must not lose what was handled, and no replica that may be promoted without the last writes. What is stored is what the
//! guards of the other languages store, so that services in several may share a server.
//!
//! Calls block the thread; asynchronous servers make them where that is allowed, as the tower layer does:
//! `VerifyLayer::new(...).guard_blocking(guard, tokio::task::spawn_blocking)`.
#![forbid(unsafe_code)]

use paysig::replay::{Begin, Lease, Store};
use paysig::time::UnixMillis;
use paysig::{Error, Result, Status};
use redis::{Client, Cmd, Connection, ErrorKind, RedisError, Value, cmd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Answers one's own lease to the one who may handle the message, else what is stored: `done` or another's lease.
const BEGIN: &str = "local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]";
/// A lease that ran out but passed to nobody still counts: the message was handled.
const COMMIT: &str = "local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2])
return 1";
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

const DONE: &[u8] = b"done";
const LEASE: &[u8] = b"lease:";

/// Connections beyond this many are closed after their use.
const MAX_IDLE: usize = 16;

/// A store that all processes share. It opens connections as threads need them, and replaces those that broke.
pub struct RedisStore {
    client: Client,
    prefix: String,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    /// Whether the server was asked for its policy.
    checked: AtomicBool,
}

impl std::fmt::Debug for RedisStore {
    // Not the client's: it may show a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Keys begin with `paysig:replay:`, and a command may take 2 s.
    pub fn new(client: Client) -> RedisStore {
        RedisStore {
            client,
            prefix: "paysig:replay:".into(),
            timeout: Duration::from_secs(2),
            idle: Mutex::default(),
            checked: AtomicBool::new(false),
        }
    }

    /// What keys begin with, so that several services may share a server.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long connecting, or one command, may take; not 0.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> redis::RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(self.timeout)?;
        connection.set_read_timeout(Some(self.timeout))?;
        connection.set_write_timeout(Some(self.timeout))?;
        Ok(connection)
    }

    /// The answer to a command.
    fn ask(&self, command: &Cmd) -> Result<Value> {
        let kept = self.idle().pop();
        if let Some(mut connection) = kept {
            match command.query(&mut connection) {
                // The server was restarted since. What it did of this command, if anything, another try finds: a lease is known again.
                Err(error) if error.is_io_error() && !error.is_timeout() => self.idle().clear(),
                answer => return self.finish(connection, answer),
            }
        }
        let mut connection = self.connect().map_err(|error| unavailable(&error))?;
        let answer = command.query(&mut connection);
        self.finish(connection, answer)
    }

    /// Keeps the connection for others, unless an answer may still come on it.
    fn finish(&self, connection: Connection, answer: redis::RedisResult<Value>) -> Result<Value> {
        let whole =
            !matches!(&answer, Err(error) if error.is_io_error() || error.is_unrecoverable_error());
        let mut idle = self.idle();
        if whole && idle.len() < MAX_IDLE {
            idle.push(connection);
        }
        answer.map_err(|error| unavailable(&error))
    }

    fn script(&self, script: &str, key: &str, held: &str, millis: Option<i64>) -> Result<Value> {
        let mut command = cmd("EVAL");
        command.arg(script).arg(1).arg(self.key(key)).arg(held);
        if let Some(millis) = millis {
            command.arg(millis.max(1));
        }
        self.ask(&command)
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Refuses, once, a server that throws keys away when it is full: what it forgets would be accepted again. One that does not tell is
    /// taken as it is.
    fn check_policy(&self) -> Result<()> {
        if self.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        let info = self.ask(cmd("INFO").arg("memory"))?;
        let info = String::from_utf8_lossy(bytes(&info).unwrap_or_default());
        let told = |name| info.lines().find_map(|line| line.strip_prefix(name));
        let limited = told("maxmemory:").is_some_and(|limit| limit != "0");
        match told("maxmemory_policy:") {
            Some(policy) if limited && policy != "noeviction" => Err(Error::new(
                Status::StoreUnavailable,
                format!(
                    "the replay store would forget messages when it is full (maxmemory-policy {policy}): set maxmemory-policy noeviction"
                ),
            )),
            _ => {
                self.checked.store(true, Ordering::Relaxed);
                Ok(())
            }
        }
    }
}

impl Store for RedisStore {
    fn begin(&self, key: &str, now: UnixMillis, lease_until: UnixMillis) -> Result<Begin> {
        self.check_policy()?;
        let id = getrandom::u64().map_err(|_| {
            Error::new(
                Status::StoreUnavailable,
                "there is no randomness for a lease",
            )
        })?;
        let lease = Lease {
            key: key.to_owned(),
            id,
        };
        let (held, lasts) = (held(&lease), lease_until.0.saturating_sub(now.0));
        match bytes(&self.script(BEGIN, key, &held, Some(lasts))?) {
            Some(answer) if answer == held.as_bytes() => Ok(Begin::Fresh(lease)),
            Some(DONE) => Ok(Begin::Done),
            Some(answer) if answer.starts_with(LEASE) => {
                // Negative if it ended just now.
                let left = match self.ask(cmd("PTTL").arg(self.key(key)))? {
                    Value::Int(left) => left.max(0),
                    _ => 0,
                };
                Ok(Begin::InProgress {
                    until: UnixMillis(now.0.saturating_add(left)),
                })
            }
            _ => Err(Error::new(
                Status::StoreUnavailable,
                "the replay store holds under this key what is not the guard's",
            )),
        }
    }

    fn commit(&self, lease: &Lease, now: UnixMillis, keep_until: UnixMillis) -> Result<()> {
        let keep = keep_until.0.saturating_sub(now.0);
        match self.script(COMMIT, &lease.key, &held(lease), Some(keep))? {
            Value::Int(1) => Ok(()),
            _ => Err(Error::new(
                Status::StoreUnavailable,
                "the lease ran out and passed to another before the handler was done; the message may be handled again",
            )),
        }
    }

    fn release(&self, lease: &Lease) -> Result<()> {
        self.script(RELEASE, &lease.key, &held(lease), None)
            .map(drop)
    }
}

fn held(lease: &Lease) -> String {
    format!("lease:{}", lease.id)
}

fn bytes(answer: &Value) -> Option<&[u8]> {
    match answer {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text.as_bytes()),
        _ => None,
    }
}

/// Nothing of the client's own text, which may name the server.
fn unavailable(error: &RedisError) -> Error {
    let message = match (error.code(), error.kind()) {
        (Some("OOM"), _) => "the replay store is full of messages that must be remembered",
        (_, ErrorKind::Io) => "the replay store did not answer",
        _ => "the replay store refused the command",
    };
    Error::new(Status::StoreUnavailable, message)
}
