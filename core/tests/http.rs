//! The http and tower features.
#![cfg(feature = "tower")]
#![allow(clippy::unwrap_used, clippy::panic)]

use http::Request;
use paysig::{Credentials, Flow, KeyRing, SignOptions, Status, UnixMillis};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

fn options() -> SignOptions<'static> {
    SignOptions {
        now: Some(NOW),
        ..SignOptions::default()
    }
}

#[test]
fn headers_query_and_body_are_put_into_the_request() {
    let jwt = paysig::scheme("pledg-jwt").unwrap();
    let credentials = Credentials::new().with("secret", "a secret that is long enough");
    let signer = jwt.signer(Flow::Request, &credentials).unwrap();
    let request = Request::get("https://pledg.example/purchase?lang=fr")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    let payload = SignOptions {
        payload: Some(b"{\"a\":1}"),
        ..options()
    };
    assert!(
        signer
            .sign_http(&mut parts, b"", &payload)
            .unwrap()
            .is_none()
    );
    let uri = parts.uri.to_string();
    assert!(
        uri.starts_with("https://pledg.example/purchase?lang=fr&signature=ey"),
        "{uri}"
    );

    let smile = paysig::scheme("smile-signature").unwrap();
    let credentials = Credentials::new()
        .with("partner_id", "085")
        .with("api_key", "k");
    let signer = smile.signer(Flow::Request, &credentials).unwrap();
    let request = Request::post("/v1/x")
        .header("content-length", "2")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    let body = signer
        .sign_http(&mut parts, b"{}", &options())
        .unwrap()
        .unwrap();
    assert_eq!(parts.headers["content-length"], body.len().to_string());
    let verifier = smile
        .verifier(Flow::Request, &KeyRing::of(credentials))
        .unwrap();
    let report = verifier
        .verify_http(&parts, None, &body, Some(NOW))
        .unwrap();
    assert_eq!(report.timestamp, Some(NOW));
}

#[test]
fn a_url_scheme_needs_the_configured_url() {
    let square = paysig::scheme("square").unwrap();
    let credentials = Credentials::new().with("signature_key", "k");
    let signer = square.signer(Flow::Webhook, &credentials).unwrap();
    let request = Request::post("https://shop.example/hooks")
        .body(())
        .unwrap();
    let (mut parts, ()) = request.into_parts();
    signer.sign_http(&mut parts, b"{}", &options()).unwrap();
    let verifier = square
        .verifier(Flow::Webhook, &KeyRing::of(credentials))
        .unwrap();
    let seen = |url: Option<&str>| verifier.verify_http(&parts, url, b"{}", None);
    assert!(seen(Some("https://shop.example/hooks")).is_ok());
    // A fragment is never sent, so nobody signs one.
    assert!(seen(Some("https://shop.example/hooks#top")).is_ok());
    for odd in [
        "/hooks",
        "hooks",
        "ftp://shop.example/hooks",
        "https:///hooks",
    ] {
        let error = seen(Some(odd)).unwrap_err();
        assert_eq!(error.status(), Status::InvalidMessage, "{odd}");
        assert_eq!(error.field_name(), Some("url"));
    }
    assert_eq!(
        seen(Some("http://internal/hooks")).unwrap_err().status(),
        Status::SignatureMismatch
    );
    assert_eq!(seen(None).unwrap_err().status(), Status::InvalidMessage);
}

/// Layers around a service, driven by hand: nothing here waits for anything.
mod layers {
    use super::{NOW, options};
    use bytes::Bytes;
    use http::{Request, Response, StatusCode};
    use http_body_util::{BodyExt, Full};
    use paysig::replay::{Begin, Guard, Lease, MemoryStore, Store};
    use paysig::tower::{Job, VerifyLayer};
    use paysig::{Credentials, Flow, KeyRing, Report, Status, UnixMillis};
    use std::convert::Infallible;
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll, Waker};
    use tower_layer::Layer;
    use tower_service::Service;

    type Body = Full<Bytes>;

    /// Answers with these statuses, one after the other; 0 never answers.
    #[derive(Clone)]
    struct Shop(Arc<Mutex<Vec<u16>>>);

    impl Service<Request<Body>> for Shop {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Self::Future {
            assert!(request.extensions().get::<Report>().is_some());
            let status = self.0.lock().unwrap().remove(0);
            Box::pin(async move {
                if status == 0 {
                    std::future::pending::<()>().await;
                }
                let mut response = Response::new(Body::default());
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                Ok(response)
            })
        }
    }

    /// What an endpoint that answers so says to deliveries of one message, and what it heard.
    struct Endpoint {
        layer: VerifyLayer,
        shop: Shop,
        heard: Arc<Mutex<Vec<Status>>>,
    }

    fn endpoint(statuses: &[u16], guarded: impl Fn(VerifyLayer) -> VerifyLayer) -> Endpoint {
        let stripe = paysig::scheme("stripe").unwrap();
        let verifier = stripe.verifier(Flow::Webhook, &KeyRing::of(credentials()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = heard.clone();
        let layer = VerifyLayer::new(verifier.unwrap(), || NOW)
            .on_error(move |error| hears.lock().unwrap().push(error.status()));
        Endpoint {
            layer: guarded(layer),
            shop: Shop(Arc::new(Mutex::new(statuses.to_vec()))),
            heard,
        }
    }

    fn credentials() -> Credentials {
        Credentials::new().with("secret", "whsec_example")
    }

    impl Endpoint {
        /// Delivers the message; nothing if the shop does not answer and the sender hangs up.
        fn deliver(&self) -> Option<Response<Body>> {
            let stripe = paysig::scheme("stripe").unwrap();
            let signer = stripe.signer(Flow::Webhook, &credentials()).unwrap();
            let body = r#"{"id":"evt_1"}"#;
            let (mut parts, ()) = Request::post("/hooks").body(()).unwrap().into_parts();
            let added = signer.sign_http(&mut parts, body.as_bytes(), &options());
            assert!(added.unwrap().is_none());
            let mut service = self.layer.layer(self.shop.clone());
            let mut context = Context::from_waker(Waker::noop());
            assert!(service.poll_ready(&mut context).is_ready());
            let answer = service.call(Request::from_parts(parts, Body::from(body)));
            match pin!(answer).poll(&mut context) {
                Poll::Ready(response) => Some(response.unwrap()),
                Poll::Pending => None,
            }
        }

        fn status(&self) -> u16 {
            self.deliver().unwrap().status().as_u16()
        }
    }

    fn in_memory() -> Guard<MemoryStore> {
        Guard::new(MemoryStore::new(10), 600)
    }

    #[test]
    fn without_a_guard_every_delivery_is_handled() {
        let endpoint = endpoint(&[200, 500, 200], |layer| layer);
        let answers = [(); 3].map(|()| endpoint.status());
        assert_eq!(answers, [200, 500, 200]);
    }

    #[test]
    fn a_message_is_handled_once_and_again_after_a_failure() {
        let endpoint = endpoint(&[500, 204], |layer| layer.guard(in_memory()));
        let answers = [(); 4].map(|()| endpoint.status());
        assert_eq!(answers, [500, 204, 200, 200]);
        assert_eq!(*endpoint.heard.lock().unwrap(), [Status::Replayed; 2]);
    }

    #[test]
    fn a_handler_that_is_dropped_gives_its_lease_back() {
        let endpoint = endpoint(&[0, 200], |layer| layer.guard(in_memory()));
        assert!(endpoint.deliver().is_none());
        assert_eq!(endpoint.status(), 200);
    }

    /// Jobs that somebody else runs, some time.
    #[derive(Clone, Default)]
    struct Later(Arc<Mutex<Vec<Job>>>);

    impl Later {
        fn guarded(&self, store: &Arc<MemoryStore>, layer: VerifyLayer) -> VerifyLayer {
            let later = self.clone();
            layer.guard_blocking(Guard::new(store.clone(), 600), move |job: Job| {
                later.0.lock().unwrap().push(job);
                std::future::pending::<()>()
            })
        }
    }

    fn becomes_fresh(store: &Arc<MemoryStore>, key: &str) -> bool {
        let guard = Guard::new(store.clone(), 600);
        (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            matches!(guard.begin(key, NOW), Ok(Begin::Fresh(_)))
        })
    }

    #[test]
    fn who_hangs_up_while_the_store_is_asked_leaves_no_lease() {
        let (later, store) = (Later::default(), Arc::new(MemoryStore::new(10)));
        let endpoint = endpoint(&[], |layer| later.guarded(&store, layer));
        assert!(endpoint.deliver().is_none());
        let begin = later.0.lock().unwrap().remove(0);
        begin();
        assert!(becomes_fresh(&store, &replay_key()));
    }

    #[test]
    fn a_lease_is_given_back_where_it_may_block() {
        struct Watched(Arc<MemoryStore>, Arc<Mutex<Vec<std::thread::ThreadId>>>);
        impl Store for Watched {
            fn begin(
                &self,
                key: &str,
                now: UnixMillis,
                until: UnixMillis,
            ) -> paysig::Result<Begin> {
                self.0.begin(key, now, until)
            }
            fn commit(
                &self,
                lease: &Lease,
                now: UnixMillis,
                until: UnixMillis,
            ) -> paysig::Result<()> {
                self.0.commit(lease, now, until)
            }
            fn release(&self, lease: &Lease) -> paysig::Result<()> {
                self.1.lock().unwrap().push(std::thread::current().id());
                self.0.release(lease)
            }
        }
        let (store, threads) = (Arc::new(MemoryStore::new(10)), Arc::default());
        let blocking = |layer: VerifyLayer| {
            let watched = Watched(store.clone(), Arc::clone(&threads));
            layer.guard_blocking(Guard::new(watched, 600), |job: Job| async { job() })
        };
        let endpoint = endpoint(&[0], blocking);
        assert!(endpoint.deliver().is_none());
        assert!(becomes_fresh(&store, &replay_key()));
        assert!(
            !threads
                .lock()
                .unwrap()
                .contains(&std::thread::current().id())
        );
    }

    /// Of the message that is delivered.
    fn replay_key() -> String {
        let key = Arc::new(Mutex::new(String::new()));
        let seen = key.clone();
        struct Tells(Arc<Mutex<String>>);
        impl Store for Tells {
            fn begin(&self, key: &str, _: UnixMillis, _: UnixMillis) -> paysig::Result<Begin> {
                *self.0.lock().unwrap() = key.to_owned();
                Ok(Begin::Done)
            }
            fn commit(&self, _: &Lease, _: UnixMillis, _: UnixMillis) -> paysig::Result<()> {
                Ok(())
            }
            fn release(&self, _: &Lease) -> paysig::Result<()> {
                Ok(())
            }
        }
        endpoint(&[], |layer| {
            layer.guard(Guard::new(Tells(seen.clone()), 600))
        })
        .status();
        key.lock().unwrap().clone()
    }

    #[test]
    fn what_another_handles_is_to_come_again() {
        let endpoint = endpoint(&[], |layer| layer.guard(Guard::new(Busy, 600)));
        let answer = endpoint.deliver().unwrap();
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "1");
    }

    #[test]
    fn steps_run_where_they_may_block() {
        let blocking = |layer: VerifyLayer| {
            layer.guard_blocking(in_memory(), |job: Job| async {
                std::thread::spawn(job).join().unwrap();
            })
        };
        let endpoint = endpoint(&[500, 200], blocking);
        let answers = [(); 3].map(|()| endpoint.status());
        assert_eq!(answers, [500, 200, 200]);
    }

    #[test]
    fn what_the_store_cannot_say_is_refused() {
        let lazy = |layer: VerifyLayer| layer.guard_blocking(in_memory(), |_: Job| async {});
        let full = |layer: VerifyLayer| layer.guard(Guard::new(MemoryStore::new(0), 600));
        for endpoint in [endpoint(&[200], lazy), endpoint(&[200], full)] {
            assert_eq!(endpoint.status(), 503);
            assert_eq!(*endpoint.heard.lock().unwrap(), [Status::StoreUnavailable]);
        }
    }

    #[test]
    fn endpoint_checks_are_answered_and_do_not_reach_the_service() {
        let credentials = Credentials::new().with("signing_secret", "s");
        let slack = paysig::scheme("slack").unwrap();
        let signer = slack.signer(Flow::Webhook, &credentials).unwrap();
        let verifier = slack.verifier(Flow::Webhook, &KeyRing::of(credentials));
        let layer = VerifyLayer::new(verifier.unwrap(), || NOW).guard(in_memory());
        let service = layer.layer(Shop(Arc::new(Mutex::new(Vec::new()))));
        let check = r#"{"type":"url_verification","challenge":"<3eZb>"}"#;
        let (mut parts, ()) = Request::post("/hooks").body(()).unwrap().into_parts();
        let forged = Request::from_parts(parts.clone(), Body::from(check));
        signer
            .sign_http(&mut parts, check.as_bytes(), &options())
            .unwrap();
        // Twice: nothing of it is kept from coming again.
        for _ in 0..2 {
            let request = Request::from_parts(parts.clone(), Body::from(check));
            let answer = answered(service.clone(), request);
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "text/plain");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert_eq!(text(answer), "<3eZb>");
        }
        let refused = answered(service, forged);
        assert_eq!(refused.status(), 400);
        assert_eq!(text(refused), "");
    }

    fn answered<S>(mut service: S, request: Request<Body>) -> Response<Body>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(service.call(request)).poll(&mut context) {
            Poll::Ready(response) => response.unwrap(),
            Poll::Pending => panic!("waits for something"),
        }
    }

    fn text(response: Response<Body>) -> String {
        let mut body = response.into_body();
        let mut context = Context::from_waker(Waker::noop());
        match pin!(body.frame()).poll(&mut context) {
            Poll::Ready(Some(frame)) => {
                String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap()
            }
            Poll::Ready(None) => String::new(),
            Poll::Pending => panic!("waits for something"),
        }
    }

    /// Somebody else is always handling the message.
    struct Busy;

    impl Store for Busy {
        fn begin(&self, _: &str, _: UnixMillis, until: UnixMillis) -> paysig::Result<Begin> {
            Ok(Begin::InProgress { until })
        }
        fn commit(&self, _: &Lease, _: UnixMillis, _: UnixMillis) -> paysig::Result<()> {
            Ok(())
        }
        fn release(&self, _: &Lease) -> paysig::Result<()> {
            Ok(())
        }
    }
}
