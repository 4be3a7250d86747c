//! A shop in Rust: an axum endpoint that lets only authentic Stripe webhooks through, each once, and a client that signs them.
//!
//! `cargo run -p paysig-example` starts both on loopback, sends a genuine webhook, the same again and a forged one, prints the answers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::{Extension, Router, routing::post};
use http_body_util::BodyExt;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use paysig::replay::{Guard, MemoryStore};
use paysig::tower::{SignLayer, VerifyLayer};
use paysig::{Credentials, Flow, KeyRing, Report, UnixMillis};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;
use tower::{Layer, ServiceExt};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn clock() -> UnixMillis {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixMillis(now.map_or(0, |t| i64::try_from(t.as_millis()).unwrap_or(i64::MAX)))
}

/// How often the endpoint was reached.
static HANDLED: AtomicUsize = AtomicUsize::new(0);

async fn webhook(Extension(report): Extension<Report>, body: String) -> String {
    HANDLED.fetch_add(1, Ordering::Relaxed);
    format!(
        "authentic, signed at {}, {} bytes\n",
        report
            .timestamp
            .map_or_else(String::new, UnixMillis::to_rfc3339_millis),
        body.len()
    )
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let stripe = paysig::scheme("stripe")?;
    let credentials = Credentials::new().with("secret", "whsec_example");

    let verifier = stripe.verifier(Flow::Webhook, &KeyRing::of(credentials.clone()))?;
    // For several processes: paysig-redis, and guard_blocking.
    let guard = Guard::new(MemoryStore::new(100_000), verifier.retention_seconds());
    let app = Router::new()
        .route("/hooks", post(webhook))
        .layer(VerifyLayer::new(verifier, clock).guard(guard));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hooks", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });

    let http: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    // A provider that delivers again sends what it sent before, its time too.
    let sent = clock();
    let signed = SignLayer::new(stripe.signer(Flow::Webhook, &credentials)?, move || sent)
        .layer(http.clone());
    let mut statuses = Vec::new();
    for delivery in ["genuine", "again  "] {
        let request = Request::post(&url).body(Body::from(r#"{"id":"evt_1"}"#))?;
        let answer = signed.clone().oneshot(request).await?;
        statuses.push(answer.status());
        let text = answer.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&text).into_owned();
        println!("{delivery}: {text:?}");
    }

    let forged = Request::post(&url)
        .header(
            "Stripe-Signature",
            format!("t={},v1={}", clock().0 / 1000, "0".repeat(64)),
        )
        .body(Body::from(r#"{"id":"evt_2"}"#))?;
    let answer = http.oneshot(forged).await?;
    println!("forged : {}", answer.status());
    statuses.push(answer.status());
    let handled = HANDLED.load(Ordering::Relaxed);
    if (&statuses[..], handled)
        != (
            &[StatusCode::OK, StatusCode::OK, StatusCode::UNAUTHORIZED],
            1,
        )
    {
        return Err("the endpoint judged otherwise than it should".into());
    }
    Ok(())
}
