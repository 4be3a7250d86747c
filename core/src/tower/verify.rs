//! The server's side.

use super::once::{Job, Once};
use super::{BODY_LIMIT, Boxed, Clock};
use crate::replay::{Guard, Store};
use crate::time::UnixMillis;
use crate::verify::{HandshakeAnswer, Verifier};
use crate::{Error, Status};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

type Hear = Arc<dyn Fn(&Error) + Send + Sync>;

/// Answers 400, 401, 413 or 503 instead of calling the inner service unless the request is authentic. The
/// [`Report`](crate::Report) is then among the request's extensions, and the body is there again. Endpoint checks of the
/// provider are answered here; the inner service never sees them.
#[derive(Clone)]
pub struct VerifyLayer {
    verifier: Arc<Verifier>,
    clock: Clock,
    origin: Option<Arc<str>>,
    limit: usize,
    once: Option<Once>,
    hear: Option<Hear>,
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
            once: None,
            hear: None,
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

    /// Hands each message to the inner service once. What was handled before is answered 200 and what is being handled 503; a
    /// message that the service does not answer 2xx, or does not live to answer, may come again.
    ///
    /// The guard's steps run where the service is polled, which suits [`MemoryStore`](crate::replay::MemoryStore). A store that waits
    /// for a server wants [`guard_blocking`](Self::guard_blocking).
    #[must_use]
    pub fn guard<S: Store + 'static>(mut self, guard: Guard<S>) -> Self {
        self.once = Some(Once::new(guard, None));
        self
    }

    /// As [`guard`](Self::guard), each step by something that may block: `tokio::task::spawn_blocking`. The lease
    /// of a request that is dropped is given back by a thread of its own.
    #[must_use]
    pub fn guard_blocking<S, F>(
        mut self,
        guard: Guard<S>,
        run: impl Fn(Job) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: Store + 'static,
        F: Future<Output: Send> + Send + 'static,
    {
        self.once = Some(Once::new(
            guard,
            Some(Arc::new(move |job| {
                let ran = run(job);
                Box::pin(async move { drop(ran.await) })
            })),
        ));
        self
    }

    /// Hears why a message was refused or not handled again (`replayed`), and what the guard's store said. Log it, never send it.
    #[must_use]
    pub fn on_error(mut self, hear: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.hear = Some(Arc::new(hear));
        self
    }

    pub(super) fn now(&self) -> UnixMillis {
        (self.clock)()
    }

    pub(super) fn hear(&self, error: &Error) {
        if let Some(hear) = &self.hear {
            hear(error);
        }
    }

    /// The status name is not sent: it would help only somebody who probes.
    pub(super) fn refuse<R: From<Bytes>>(&self, error: &Error) -> Response<R> {
        self.hear(error);
        answer(
            StatusCode::from_u16(error.status().http())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        )
    }
}

/// An answer without a body.
pub(super) fn answer<R: From<Bytes>>(status: StatusCode) -> Response<R> {
    let mut response = Response::new(R::from(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// What a provider's endpoint check wants to hear. What a stranger may have written is never read as HTML.
fn check_answer<R: From<Bytes>>(check: HandshakeAnswer) -> Response<R> {
    let mut response = Response::new(R::from(Bytes::from(check.body)));
    let headers = response.headers_mut();
    // A recipe's content type is visible ASCII.
    if let Ok(content_type) = HeaderValue::try_from(check.content_type) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
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
    S::Error: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    R: From<Bytes> + Send,
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
                    let why = "the body is over the limit";
                    return Ok(layer.refuse(&Error::field(Status::TooLarge, "body", why)));
                }
                // The sender broke off: there is nobody to answer.
                Err(_) => {
                    let why = "the body cannot be read";
                    return Ok(layer.refuse(&Error::field(Status::MalformedField, "body", why)));
                }
            };
            let target = parts.uri.path_and_query().map_or("/", |p| p.as_str());
            let url = layer
                .origin
                .as_ref()
                .map(|origin| format!("{origin}{target}"));
            let (verifier, now) = (&layer.verifier, Some(layer.now()));
            match verifier.handshake_http(&parts, url.as_deref(), &body, now) {
                Ok(None) => {}
                Ok(Some(check)) => return Ok(check_answer(check)),
                Err(error) => return Ok(layer.refuse(&error)),
            }
            let report = match verifier.verify_http(&parts, url.as_deref(), &body, now) {
                Ok(report) => report,
                Err(error) => return Ok(layer.refuse(&error)),
            };
            let key = report.replay_key.clone().unwrap_or_default();
            parts.extensions.insert(report);
            let call = move || inner.call(Request::from_parts(parts, B::from(body)));
            match &layer.once {
                Some(once) => once.call(&layer, key, call).await,
                None => call().await,
            }
        })
    }
}
