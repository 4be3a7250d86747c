//! The token session of client-credentials schemes (RFC 6749, section 4.4): when to fetch, when to wait, what to send.
//!
//! It does no I/O and owns no clock: the host sends what [`Action::Fetch`] says and reports the answer. Its state can be
//! saved between short-lived processes; it holds the token, so guard it like the secret.

use crate::credentials::Credentials;
use crate::plan::keys::CredentialValues;
use crate::plan::{Bound, Cache, Eval, Plan};
use crate::recipe::{Algorithm, Content, Direction, Flow, Hole, Piece, Place, TokenSpec};
use crate::scheme::Scheme;
use crate::text::JsonPaths;
use crate::text::json::{self, Scalar};
use crate::time::UnixMillis;
use crate::{Error, Message, Result, Status};
use serde_json::json;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How long a fetcher may take before another one may try, in milliseconds.
const LEASE_MS: i64 = 30_000;
/// After a transport failure or a 5xx, how long to wait before the next fetch.
const RETRY_MS: i64 = 1_000;
/// An answer larger than this is not a token answer.
const MAX_ANSWER: usize = 64 * 1024;
/// Tokens longer than this are refused.
const MAX_TOKEN: usize = 16 * 1024;

/// What the host has to do next.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Send the request with these headers. [`TokenSession::token_number`] says which token they hold.
    Authorize(Vec<(String, String)>),
    /// Fetch a token: send this request and report the answer with [`TokenSession::fetched`].
    Fetch(TokenRequest),
    /// Somebody is fetching: ask again at this time.
    Wait {
        /// When to ask again at the latest.
        until: UnixMillis,
    },
}

// Without the headers of a request, which hold the token.
impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Action::Authorize(_) => f.debug_tuple("Authorize").finish_non_exhaustive(),
            Action::Fetch(request) => f.debug_tuple("Fetch").field(request).finish(),
            Action::Wait { until } => f.debug_struct("Wait").field("until", until).finish(),
        }
    }
}

/// A request to the token endpoint. Holds the secret in its headers; never log it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// `POST`
    pub method: String,
    /// `/api/token`
    pub target: String,
    /// Content-Type and Authorization.
    pub headers: Vec<(String, String)>,
    /// `grant_type=client_credentials`
    pub body: Vec<u8>,
    /// The fetcher's time runs out then, and another may try.
    pub lease_until: UnixMillis,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("lease_until", &self.lease_until)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Default)]
struct State {
    token: Option<Zeroizing<String>>,
    /// A new token is fetched from then on.
    refresh_at: i64,
    /// The token is not used any more from then on.
    expires_at: i64,
    lease_until: Option<i64>,
    /// No fetch before this time, after a failure.
    retry_at: Option<i64>,
    /// The answer named no lifetime: the token serves one request.
    once: bool,
    /// The API refused a fresh token once already.
    refused_fresh: bool,
    /// The token was refused, and no other has come since.
    dropped: bool,
    /// How many tokens there have been; that of the last one.
    number: u64,
    failure: Option<(Status, String)>,
}

/// A bearer token and when to renew it. One session a set of credentials; guard it with the host's own lock.
#[derive(Clone)]
pub struct TokenSession {
    plan: Arc<Plan>,
    credentials: CredentialValues,
    state: State,
}

impl std::fmt::Debug for TokenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSession")
            .field("scheme", &self.plan.recipe.id)
            .field("has_token", &self.state.token.is_some())
            .finish_non_exhaustive()
    }
}

impl TokenSession {
    /// A session without a token yet.
    pub fn new(scheme: &Scheme, credentials: &Credentials) -> Result<TokenSession> {
        let plan = scheme.plan(Flow::Request, &[])?;
        if plan.sign_algorithm() != Algorithm::ClientCredentials || plan.spec.token.is_none() {
            return Err(Error::new(
                Status::Unsupported,
                format!("{} does not use a token endpoint", scheme.id()),
            ));
        }
        let credentials = CredentialValues::check(&plan, Direction::Sign, credentials, false)?;
        Ok(TokenSession {
            plan,
            credentials,
            state: State::default(),
        })
    }

    fn spec(&self) -> Result<&TokenSpec> {
        let spec = self.plan.spec.token.as_ref();
        spec.ok_or_else(|| Error::new(Status::Internal, "session without token block"))
    }

    /// What to do now. While a token is being renewed, others keep using the old one as long as it lasts.
    pub fn next(&mut self, now: UnixMillis) -> Result<Action> {
        if std::mem::take(&mut self.state.once) {
            let action = self.authorize();
            self.state.token = None;
            return action;
        }
        let state = &self.state;
        let usable = state.token.is_some() && now.0 < state.expires_at;
        let leased = state.lease_until.is_some_and(|until| now.0 < until);
        let due = !usable || now.0 >= state.refresh_at;
        if due && !leased && state.retry_at.is_none_or(|at| now.0 >= at) {
            let request = self.request(now)?;
            self.state.lease_until = Some(request.lease_until.0);
            return Ok(Action::Fetch(request));
        }
        if usable {
            return self.authorize();
        }
        if let (false, Some((status, message))) = (leased, &state.failure) {
            return Err(Error::new(*status, message.as_str()));
        }
        let until = state
            .lease_until
            .filter(|_| leased)
            .or(state.retry_at)
            .unwrap_or(now.0);
        Ok(Action::Wait {
            until: UnixMillis(until),
        })
    }

    /// The request to the token endpoint, whatever the session's state: its lease runs from `now`.
    pub fn request(&self, now: UnixMillis) -> Result<TokenRequest> {
        let spec = self.spec()?;
        let message = Message::new(&spec.method, &spec.target, &[], b"");
        let bound = Bound::default();
        let cache = Cache::default();
        let eval = Eval::new(&self.plan, &message, &self.credentials, &bound, &cache);
        let mut headers = Vec::with_capacity(spec.headers.len());
        for (name, parts) in &spec.headers {
            let value = eval.values(parts)?.take();
            let value = String::from_utf8(value).map_err(|_| {
                Error::field(
                    Status::InvalidCredentials,
                    name.as_str(),
                    format!("{name} would not be UTF-8"),
                )
            })?;
            headers.push((name.clone(), value));
        }
        Ok(TokenRequest {
            method: spec.method.clone(),
            target: spec.target.clone(),
            headers,
            body: eval.values(&spec.body)?.take(),
            lease_until: UnixMillis(now.0.saturating_add(LEASE_MS)),
        })
    }

    fn authorize(&self) -> Result<Action> {
        let token = self.state.token.as_deref().map_or("", String::as_str);
        let mut headers = Vec::new();
        for field in &self.plan.spec.fields {
            let (Place::Header(name), Content::Template(template)) = (&field.place, &field.content)
            else {
                continue;
            };
            let mut value = String::new();
            for piece in &template.pieces {
                match piece {
                    Piece::Literal(text) => value.push_str(&String::from_utf8_lossy(text)),
                    Piece::Hole(Hole::Signature, _) => value.push_str(token),
                    Piece::Hole(Hole::Credential(id), _) => {
                        let text = self.credentials.get(*id).unwrap_or_default();
                        value.push_str(&String::from_utf8_lossy(text));
                    }
                    Piece::Hole(..) => {}
                }
            }
            headers.push((name.clone(), value));
        }
        Ok(Action::Authorize(headers))
    }

    /// Reports the token endpoint's answer: its HTTP status (0: it could not be reached) and body.
    pub fn fetched(&mut self, http_status: u16, body: &[u8], now: UnixMillis) -> Result<()> {
        self.state.lease_until = None;
        let outcome = self.read_answer(http_status, body);
        match outcome {
            Ok((token, lifetime_ms)) => {
                let percent = i64::from(self.spec()?.refresh_percent.clamp(1, 100));
                self.state = State {
                    token: Some(token),
                    once: lifetime_ms == 0,
                    refresh_at: now
                        .0
                        .saturating_add(lifetime_ms.saturating_mul(percent) / 100),
                    expires_at: now.0.saturating_add(lifetime_ms),
                    refused_fresh: self.state.refused_fresh,
                    number: self.state.number + 1,
                    ..State::default()
                };
                Ok(())
            }
            Err(error) => {
                self.state.retry_at = Some(now.0.saturating_add(RETRY_MS));
                self.state.failure = Some((error.status(), error.message().to_owned()));
                Err(error)
            }
        }
    }

    fn read_answer(&self, http_status: u16, body: &[u8]) -> Result<(Zeroizing<String>, i64)> {
        let invalid = |why: &str| {
            Error::new(
                Status::TokenResponseInvalid,
                format!("the token endpoint's answer {why}"),
            )
        };
        match http_status {
            200..=299 => {}
            0 => return Err(invalid("never came")),
            400 | 401 | 403 => {
                return Err(Error::new(
                    Status::TokenRefused,
                    format!("the token endpoint refused the credentials with HTTP {http_status}"),
                ));
            }
            _ => return Err(invalid(&format!("has HTTP status {http_status}"))),
        }
        if body.len() > MAX_ANSWER {
            return Err(invalid("is too large"));
        }
        let spec = self.spec()?;
        let paths = JsonPaths::new(&[
            spec.token.clone(),
            spec.expires_in.clone(),
            "token_type".to_owned(),
        ]);
        let values = paths
            .read(body, false)
            .map_err(|_| invalid("is not JSON"))?;
        let scalar = |i: usize| values.get(i).map(json::scalar).and_then(|s| s.ok());
        let Some(Scalar::String(token)) = scalar(0) else {
            return Err(invalid(&format!("has no text {}", spec.token)));
        };
        let sendable =
            (1..=MAX_TOKEN).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        if !sendable {
            return Err(invalid("holds a token that cannot be sent in a header"));
        }
        if let Some(Scalar::String(kind)) = scalar(2)
            && !kind.eq_ignore_ascii_case("bearer")
        {
            return Err(invalid("holds a token of another type than Bearer"));
        }
        // A missing or odd lifetime means that the token is not kept.
        let seconds = match scalar(1) {
            Some(Scalar::Number(text)) => text.parse::<f64>().ok(),
            Some(Scalar::String(text)) => text.parse::<f64>().ok(),
            _ => None,
        };
        let seconds = seconds.filter(|s| s.is_finite() && *s > 0.0).unwrap_or(0.0);
        let millis = (seconds * 1000.0).min(31_536_000_000.0) as i64;
        Ok((Zeroizing::new(token.into_owned()), millis))
    }

    /// The number of the token that [`Action::Authorize`] hands out, for [`TokenSession::refused_token`]: ask for it before anybody
    /// else uses the session. The same text may be handed out by the provider again; its number is another one. 0 before the first.
    pub fn token_number(&self) -> u64 {
        self.state.number
    }

    /// Reports that the API answered 401 to a request with the token of that number, as [`TokenSession::refused`]. Nothing is done if
    /// another one has been fetched since, so requests that were under way together may all be refused, early or late.
    pub fn refused_token(&mut self, number: u64, now: UnixMillis) -> Result<()> {
        match number == self.state.number {
            true => self.refused(now),
            false => Ok(()),
        }
    }

    /// Reports that the API answered 401 to a request with the token: one new token is fetched. A second refusal in a
    /// row is an error, since a fresh token was not accepted either; until that has come, further refusals are of the one that was
    /// dropped. Where requests overlap, say which token it was: [`TokenSession::refused_token`].
    pub fn refused(&mut self, _now: UnixMillis) -> Result<()> {
        if self.state.dropped {
            return Ok(());
        }
        if self.state.refused_fresh {
            self.state.refused_fresh = false;
            return Err(Error::new(
                Status::TokenRefused,
                "the API refused a token that was fetched a moment ago",
            ));
        }
        self.state.token = None;
        self.state.dropped = true;
        self.state.refused_fresh = true;
        Ok(())
    }

    /// Reports that the API accepted the token, so that a later refusal is answered by a new fetch.
    pub fn accepted(&mut self) {
        self.state.refused_fresh = false;
    }

    /// The state as JSON text, to be kept where the secret may be kept. Holds the token.
    pub fn save(&self) -> String {
        let state = &self.state;
        json!({
            "paysig_token_session": 1,
            "scheme": self.plan.recipe.id,
            "token": state.token.as_deref(),
            "refresh_at": state.refresh_at,
            "expires_at": state.expires_at,
            "lease_until": state.lease_until,
            "retry_at": state.retry_at,
            "once": state.once,
            "refused_fresh": state.refused_fresh,
            "dropped": state.dropped,
        })
        .to_string()
    }

    /// Continues from a saved state of the same scheme.
    pub fn load(&mut self, saved: &str) -> Result<()> {
        let invalid = || {
            Error::field(
                Status::InvalidOption,
                "state",
                "this is not a saved token session of this scheme",
            )
        };
        let value: serde_json::Value = serde_json::from_str(saved).map_err(|_| invalid())?;
        if value["paysig_token_session"] != 1 || value["scheme"] != self.plan.recipe.id.as_str() {
            return Err(invalid());
        }
        let time = |name: &str| value[name].as_i64().ok_or_else(invalid);
        let token = value["token"]
            .as_str()
            .map(|t| Zeroizing::new(t.to_owned()));
        if token
            .as_ref()
            .is_some_and(|t| t.is_empty() || !t.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(invalid());
        }
        self.state = State {
            token,
            refresh_at: time("refresh_at")?,
            expires_at: time("expires_at")?,
            lease_until: value["lease_until"].as_i64(),
            retry_at: match value["retry_at"].is_null() {
                true => None,
                false => Some(time("retry_at")?),
            },
            once: value["once"] == true,
            refused_fresh: value["refused_fresh"] == true,
            dropped: value["dropped"] == true,
            number: self.state.number + 1,
            failure: None,
        };
        Ok(())
    }
}
