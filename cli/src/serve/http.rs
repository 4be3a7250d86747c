//! The HTTP/1.1 server under the provider: connections in parallel, keep-alive, chunked bodies, `Expect: 100-continue`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Reply;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// Answers one message.
pub type Answer = Arc<dyn Fn(OwnedMessage) -> Reply + Send + Sync>;

/// How long connections may take to finish after the last answer.
const GRACE: Duration = Duration::from_secs(2);

/// A server that listens and does not answer yet.
pub struct Server {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Listens; connections wait until [`Server::run`].
    pub fn listen(address: SocketAddr) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::file("start", "the server", &e))?;
        let bound = runtime.block_on(async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        });
        let (listener, address) = bound
            .map_err(|e: std::io::Error| Failure::file("listen on", &address.to_string(), &e))?;
        Ok(Server {
            runtime,
            listener,
            address,
        })
    }

    /// Answers until `once` requests were answered, or for ever.
    pub fn run(self, answer: Answer, max_body: usize, once: Option<u64>) {
        let (stop, stopped) = watch::channel(false);
        let service = Service {
            answer,
            max_body,
            left: once.map(AtomicU64::new),
            stop,
        };
        self.runtime
            .block_on(accept(self.listener, Arc::new(service), stopped));
    }
}

struct Service {
    answer: Answer,
    max_body: usize,
    /// Requests that are still to be answered.
    left: Option<AtomicU64>,
    stop: watch::Sender<bool>,
}

async fn accept(listener: TcpListener, service: Arc<Service>, mut stopped: watch::Receiver<bool>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        // Finished connections are let go of as they end.
        while connections.try_join_next().is_some() {}
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(TokioIo::new(stream), service.clone()));
                }
                // Out of file descriptors or the like: it may pass.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn connection(stream: TokioIo<tokio::net::TcpStream>, service: Arc<Service>) {
    let mut stopped = service.stop.subscribe();
    let handler = service_fn(move |request| {
        let service = service.clone();
        async move { Ok::<_, Infallible>(respond(&service, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(stream, handler);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // A connection that breaks concerns its client only.
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn respond(service: &Service, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let reply = match read(request, service.max_body).await {
        Ok(message) => (service.answer)(message),
        Err(reply) => reply,
    };
    if let Some(left) = &service.left
        && left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        let _ = service.stop.send(true);
    }
    response(reply)
}

/// The message with every byte as it came. hyper lower-cases header names, which no scheme signs as spelled by the sender.
async fn read(
    request: Request<Incoming>,
    max_body: usize,
) -> std::result::Result<OwnedMessage, Reply> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, max_body).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(error) => {
            let too_large = error.is::<LengthLimitError>();
            let (status, name) = if too_large {
                (413, "too_large")
            } else {
                (400, "invalid_message")
            };
            let detail = serde_json::json!({ "status": name, "detail": error.to_string() });
            return Err(Reply::json(status, name, &detail));
        }
    };
    let target = head.uri.path_and_query().map_or("/", |t| t.as_str());
    Ok(OwnedMessage {
        method: head.method.as_str().to_owned(),
        target: target.as_bytes().to_vec(),
        url: None,
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.as_bytes().to_vec()))
            .collect(),
        body,
        status: None,
    })
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    // 204 and 304 have no body; hyper would announce one.
    let body = match reply.status {
        204 | 304 => Bytes::new(),
        _ => Bytes::from(reply.body),
    };
    builder.body(Full::new(body)).unwrap_or_else(|_| {
        let mut internal =
            Response::new(Full::new(Bytes::from_static(b"{\"status\":\"internal\"}")));
        *internal.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        internal
    })
}
