//! The client's side.

use super::{BODY_LIMIT, Boxed, Clock, Nonces};
use crate::Error;
use crate::sign::{SignOptions, Signer};
use crate::time::UnixMillis;
use bytes::Bytes;
use http::Request;
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

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
