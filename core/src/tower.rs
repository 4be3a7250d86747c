//! Tower layers (feature `tower`): a server that lets only authentic requests through, a client that signs.
//!
//! Both gather the body, up to a limit, because that is what is signed. Clock and nonces are the host's: paysig's core
//! has neither.

use crate::sign::{SignOptions, Signer};
use crate::time::UnixMillis;
use crate::verify::Verifier;
use crate::{Error, Status};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;
/// A fresh nonce for every call.
pub type Nonces = Arc<dyn Fn() -> String + Send + Sync>;

type Boxed<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The default limit of a body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Answers 400, 401, 413 or 503 instead of calling the inner service unless the request is authentic. The
/// [`Report`](crate::Report) is then among the request's extensions, and the body is there again.
#[derive(Clone)]
pub struct VerifyLayer {
    verifier: Arc<Verifier>,
    clock: Clock,
    origin: Option<Arc<str>>,
    limit: usize,
}

impl VerifyLayer {
    /// A layer over one verifier.
    pub fn new(
        verifier: Verifier,
        clock: impl Fn() -> UnixMillis + Send + Sync + 'static,
    ) -> VerifyLayer {
        VerifyLayer {
            verifier: Arc::new(verifier),
            clock: Arc::new(clock),
            origin: None,
            limit: BODY_LIMIT,
        }
    }

    /// Scheme, host and port as the sender knows them (`https://shop.example`), for schemes that sign the URL.
    #[must_use]
    pub fn public_origin(mut self, origin: &str) -> Self {
        self.origin = Some(origin.trim_end_matches('/').into());
        self
    }

    /// The largest body that is read.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = VerifyService<S>;

    fn layer(&self, inner: S) -> VerifyService<S> {
        VerifyService {
            inner,
            layer: self.clone(),
        }
    }
}

/// See [`VerifyLayer`].
#[derive(Clone)]
pub struct VerifyService<S> {
    inner: S,
    layer: VerifyLayer,
}

impl<S, B, R> Service<Request<B>> for VerifyService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Boxed<Response<R>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let layer = self.layer.clone();
        // The service that was polled ready is the one that is called.
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let body = match Limited::new(body, layer.limit).collect().await {
                Ok(body) => body.to_bytes(),
                Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                    return Ok(refusal(Status::TooLarge));
                }
                // The sender broke off: there is nobody to answer.
                Err(_) => return Ok(refusal(Status::MalformedField)),
            };
            let target = parts.uri.path_and_query().map_or("/", |p| p.as_str());
            let url = layer
                .origin
                .as_ref()
                .map(|origin| format!("{origin}{target}"));
            let now = (layer.clock)();
            match layer
                .verifier
                .verify_http(&parts, url.as_deref(), &body, Some(now))
            {
                Ok(report) => {
                    parts.extensions.insert(report);
                    inner.call(Request::from_parts(parts, B::from(body))).await
                }
                Err(error) => Ok(refusal(error.status())),
            }
        })
    }
}

/// The status name is not sent: it would help only somebody who probes.
fn refusal<R: Default>(status: Status) -> Response<R> {
    let mut response = Response::new(R::default());
    *response.status_mut() =
        StatusCode::from_u16(status.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Signs every request before the inner service sends it.
#[derive(Clone)]
pub struct SignLayer {
    signer: Arc<Signer>,
    clock: Clock,
    nonces: Option<Nonces>,
    limit: usize,
}

impl SignLayer {
    /// A layer over one signer.
    pub fn new(signer: Signer, clock: impl Fn() -> UnixMillis + Send + Sync + 'static) -> Self {
        SignLayer {
            signer: Arc::new(signer),
            clock: Arc::new(clock),
            nonces: None,
            limit: BODY_LIMIT,
        }
    }

    /// Where nonces (message ids, idempotency keys) come from.
    #[must_use]
    pub fn nonces(mut self, nonces: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.nonces = Some(Arc::new(nonces));
        self
    }

    /// The largest body that is gathered.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = SignService<S>;

    fn layer(&self, inner: S) -> SignService<S> {
        SignService {
            inner,
            layer: self.clone(),
        }
    }
}

/// See [`SignLayer`].
#[derive(Clone)]
pub struct SignService<S> {
    inner: S,
    layer: SignLayer,
}

/// Why a request was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError<E> {
    /// It could not be signed.
    #[error(transparent)]
    Sign(Error),
    /// Its body broke off or is over the limit.
    #[error("the body of the request could not be gathered: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// The inner service failed.
    #[error(transparent)]
    Inner(E),
}

impl<S, B> Service<Request<B>> for SignService<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = S::Response;
    type Error = SendError<S::Error>;
    type Future = Boxed<S::Response, SendError<S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(SendError::Inner)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let layer = self.layer.clone();
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let body = Limited::new(body, layer.limit).collect().await;
            let body = body.map_err(SendError::Body)?.to_bytes();
            let nonce = layer.nonces.as_ref().map(|n| n());
            let options = SignOptions {
                now: Some((layer.clock)()),
                nonce: nonce.as_deref(),
                ..SignOptions::default()
            };
            let signed = layer
                .signer
                .sign_http(&mut parts, &body, &options)
                .map_err(SendError::Sign)?;
            let body = signed.map_or(body, Bytes::from);
            inner
                .call(Request::from_parts(parts, B::from(body)))
                .await
                .map_err(SendError::Inner)
        })
    }
}
