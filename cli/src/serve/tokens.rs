//! The provider's side of a token session: issues tokens to who knows the credentials, and accepts them until they expire.
//!
//! What a right token request and a right authorised request look like is asked of the engine's own client; nothing is known here.

use std::sync::Mutex;

use paysig::crypto::equal;
use paysig::time::UnixMillis;
use paysig::token::{Action, TokenRequest, TokenSession};
use paysig::{Credentials, Scheme, Status};
use serde_json::json;

use super::Reply;
use super::verdict::Accepted;
use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// Tokens that are remembered; the oldest go first.
const MAX_TOKENS: usize = 1000;

/// Issues and checks tokens.
pub struct TokenEndpoint {
    scheme: Scheme,
    credentials: Credentials,
    expected: TokenRequest,
    token_member: String,
    expires_member: String,
    lifetime_seconds: u32,
    issued: Mutex<Vec<Issued>>,
}

struct Issued {
    /// What a request with this token carries.
    headers: Vec<(String, Vec<u8>)>,
    until: UnixMillis,
}

impl TokenEndpoint {
    /// For one client.
    pub fn new(scheme: &Scheme, credentials: &Credentials, lifetime_seconds: u32) -> Result<Self> {
        let spec = scheme
            .recipe()
            .flow(paysig::recipe::Flow::Request)
            .and_then(|f| f.token.as_ref())
            .ok_or_else(|| Failure::new(Status::Unsupported, "the scheme has no token endpoint"))?;
        let request = TokenSession::new(scheme, credentials)?.request(clock::system())?;
        Ok(TokenEndpoint {
            scheme: scheme.clone(),
            credentials: credentials.clone(),
            expected: request,
            token_member: spec.token.clone(),
            expires_member: spec.expires_in.clone(),
            lifetime_seconds,
            issued: Mutex::default(),
        })
    }

    /// Issues a token, or judges the one in the request.
    pub fn answer(&self, message: &OwnedMessage) -> std::result::Result<Accepted, Reply> {
        let path = |target: &[u8]| target.split(|b| *b == b'?').next().map(<[u8]>::to_vec);
        if path(&message.target) == path(self.expected.target.as_bytes()) {
            return Err(self
                .issue(message)
                .unwrap_or_else(|failure| super::verdict::internal(&failure.to_string())));
        }
        self.judge(message, clock::system())
    }

    fn issue(&self, message: &OwnedMessage) -> Result<Reply> {
        if message.method != self.expected.method {
            return Ok(problem(405, "the token endpoint takes another method"));
        }
        for (name, value) in &self.expected.headers {
            let right = message
                .header(name)
                .is_some_and(|got| equal(got, value.as_bytes()));
            if !right {
                let credentials = name.eq_ignore_ascii_case("authorization");
                let status = if credentials { 401 } else { 400 };
                return Ok(problem(
                    status,
                    &format!("the header {name} is missing or wrong"),
                ));
            }
        }
        if message.body != self.expected.body {
            return Ok(problem(
                400,
                "the body is not that of a client credentials request",
            ));
        }
        let token = format!("{}{}", clock::token()?, clock::token()?);
        let now = clock::system();
        let mut answer = json!({ "token_type": "Bearer" });
        answer[&self.token_member] = json!(token);
        answer[&self.expires_member] = json!(self.lifetime_seconds);
        let body = answer.to_string();
        let mut issued = self.issued.lock().unwrap_or_else(|e| e.into_inner());
        if issued.len() >= MAX_TOKENS {
            issued.remove(0);
        }
        issued.push(Issued {
            headers: self.authorised(body.as_bytes(), now)?,
            until: UnixMillis(now.0 + i64::from(self.lifetime_seconds) * 1000),
        });
        Ok(Reply {
            status: 200,
            headers: vec![("Content-Type".into(), b"application/json".to_vec())],
            body: body.into_bytes(),
            verdict: "token issued".into(),
        })
    }

    /// What the engine's client puts on a request once it has this answer.
    fn authorised(&self, answer: &[u8], now: UnixMillis) -> Result<Vec<(String, Vec<u8>)>> {
        let mut session = TokenSession::new(&self.scheme, &self.credentials)?;
        session.next(now)?;
        session.fetched(200, answer, now)?;
        match session.next(now)? {
            Action::Authorize(headers) => Ok(headers
                .iter()
                .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
                .collect()),
            _ => Err(Failure::new(Status::Internal, "a fresh token is not used")),
        }
    }

    fn judge(
        &self,
        message: &OwnedMessage,
        now: UnixMillis,
    ) -> std::result::Result<Accepted, Reply> {
        let issued = self.issued.lock().unwrap_or_else(|e| e.into_inner());
        let found = issued.iter().find(|token| {
            token
                .headers
                .iter()
                .all(|(name, value)| message.header(name).is_some_and(|got| equal(got, value)))
        });
        match found {
            Some(token) if now <= token.until => Ok(Accepted::by_token(self.scheme.id())),
            Some(_) => Err(problem(401, "the token has expired")),
            None => Err(problem(
                401,
                "there is no token, or none that was issued here",
            )),
        }
    }
}

fn problem(status: u16, detail: &str) -> Reply {
    let name = match status {
        401 => Status::TokenRefused.name(),
        _ => Status::InvalidMessage.name(),
    };
    Reply::json(
        status,
        format!("{name}: {detail}"),
        &json!({ "status": name, "detail": detail }),
    )
}
