//! The token session: single flight, refresh, leases, refusals, saved state.
#![allow(clippy::unwrap_used, clippy::panic)]

use paysig::token::{Action, TokenSession};
use paysig::{Credentials, Status, UnixMillis};

const T0: i64 = 1_767_323_045_000;

fn at(seconds: i64) -> UnixMillis {
    UnixMillis(T0 + seconds * 1000)
}

fn session() -> TokenSession {
    let scheme = paysig::scheme("pledg-token").unwrap();
    let credentials = Credentials::new()
        .with("api_key", "k")
        .with("api_secret", "s");
    TokenSession::new(&scheme, &credentials).unwrap()
}

fn bearer(action: Action) -> String {
    match action {
        Action::Authorize(headers) => headers[0].1.clone(),
        other => panic!("{other:?}"),
    }
}

fn fetched(s: &mut TokenSession, seconds: i64) -> u64 {
    assert!(matches!(s.next(at(seconds)).unwrap(), Action::Fetch(_)));
    s.fetched(200, ANSWER, at(seconds)).unwrap();
    assert_eq!(bearer(s.next(at(seconds)).unwrap()), "Bearer tok1");
    s.token_number()
}

const ANSWER: &[u8] = br#"{"access_token":"tok1","token_type":"Bearer","expires_in":600}"#;

#[test]
fn a_clock_before_1970_fetches_too() {
    for now in [i64::MIN, -1, 0] {
        assert!(matches!(
            session().next(UnixMillis(now)).unwrap(),
            Action::Fetch(_)
        ));
    }
}

#[test]
fn one_fetches_while_others_wait() {
    let mut s = session();
    let Action::Fetch(request) = s.next(at(0)).unwrap() else {
        panic!("fetch first")
    };
    assert_eq!(request.method, "POST");
    assert_eq!(request.body, b"grant_type=client_credentials");
    assert!(
        matches!(s.next(at(0)).unwrap(), Action::Wait { until } if until == request.lease_until)
    );
    s.fetched(200, ANSWER, at(1)).unwrap();
    assert_eq!(bearer(s.next(at(2)).unwrap()), "Bearer tok1");
    // Due for renewal: one fetches, the others go on with the old token.
    assert!(matches!(s.next(at(570)).unwrap(), Action::Fetch(_)));
    assert_eq!(bearer(s.next(at(571)).unwrap()), "Bearer tok1");
    assert!(
        matches!(s.next(at(700)).unwrap(), Action::Fetch(_)),
        "the lease ran out"
    );
}

#[test]
fn a_dead_fetcher_does_not_block() {
    let mut s = session();
    let Action::Fetch(request) = s.next(at(0)).unwrap() else {
        panic!("fetch first")
    };
    assert!(matches!(
        s.next(request.lease_until).unwrap(),
        Action::Fetch(_)
    ));
}

#[test]
fn a_refused_token_is_fetched_once_more() {
    let mut s = session();
    s.next(at(0)).unwrap();
    s.fetched(200, ANSWER, at(0)).unwrap();
    s.refused(at(1)).unwrap();
    assert!(matches!(s.next(at(1)).unwrap(), Action::Fetch(_)));
    s.fetched(200, ANSWER, at(1)).unwrap();
    assert_eq!(bearer(s.next(at(1)).unwrap()), "Bearer tok1");
    assert_eq!(s.refused(at(2)).unwrap_err().status(), Status::TokenRefused);
}

#[test]
fn answers_are_judged() {
    for (status, body, wanted) in [
        (401, &b"no"[..], Status::TokenRefused),
        (500, b"", Status::TokenResponseInvalid),
        (0, b"", Status::TokenResponseInvalid),
        (200, b"<html>", Status::TokenResponseInvalid),
        (200, br#"{"access_token":7}"#, Status::TokenResponseInvalid),
        (
            200,
            b"{\"access_token\":\"a\\r\\nX: y\"}",
            Status::TokenResponseInvalid,
        ),
        (
            200,
            br#"{"access_token":"t","token_type":"mac"}"#,
            Status::TokenResponseInvalid,
        ),
    ] {
        let mut s = session();
        s.next(at(0)).unwrap();
        assert_eq!(s.fetched(status, body, at(0)).unwrap_err().status(), wanted);
        // The failure is reported to the others instead of hammering the endpoint.
        assert_eq!(s.next(at(0)).unwrap_err().status(), wanted);
        assert!(matches!(s.next(at(2)).unwrap(), Action::Fetch(_)));
    }
}

#[test]
fn a_token_without_lifetime_serves_one_request() {
    let mut s = session();
    s.next(at(0)).unwrap();
    s.fetched(200, br#"{"access_token":"once"}"#, at(0))
        .unwrap();
    assert_eq!(bearer(s.next(at(0)).unwrap()), "Bearer once");
    assert!(matches!(s.next(at(0)).unwrap(), Action::Fetch(_)));
}

#[test]
fn state_survives_a_process() {
    let mut s = session();
    s.next(at(0)).unwrap();
    s.fetched(200, ANSWER, at(0)).unwrap();
    let saved = s.save();
    let mut other = session();
    other.load(&saved).unwrap();
    assert_eq!(bearer(other.next(at(1)).unwrap()), "Bearer tok1");
    assert!(other.load("{}").is_err());
    assert!(!format!("{other:?}").contains("tok1"));
}

#[test]
fn what_is_to_be_done_is_printed_without_the_token() {
    let mut s = session();
    let fetch = s.next(at(0)).unwrap();
    let wait = s.next(at(0)).unwrap();
    s.fetched(200, ANSWER, at(0)).unwrap();
    let authorize = s.next(at(1)).unwrap();
    let printed = format!("{fetch:?} {wait:?} {authorize:?}");
    for secret in ["tok1", "Bearer", "Basic"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("Fetch(TokenRequest") && printed.contains("Wait { until"));
    assert!(printed.ends_with("Authorize(..)"), "{printed}");
}

#[test]
fn requests_with_one_token_are_refused_together() {
    // Without numbers: until another token has come, the one that was dropped is meant.
    let mut s = session();
    assert_eq!(s.token_number(), 0);
    fetched(&mut s, 0);
    for _ in 0..3 {
        assert_eq!(s.refused(at(1)), Ok(()));
    }
    fetched(&mut s, 2);
    assert_eq!(s.refused(at(3)).unwrap_err().status(), Status::TokenRefused);

    // With them it may come late: the other token stays, and is not called refused.
    let mut s = session();
    let first = fetched(&mut s, 0);
    assert_eq!(s.refused_token(first, at(1)), Ok(()));
    assert_eq!(s.refused_token(first, at(1)), Ok(()));
    let second = fetched(&mut s, 2);
    assert_ne!(first, second);
    for _ in 0..3 {
        assert_eq!(s.refused_token(first, at(3)), Ok(()));
        assert_eq!(bearer(s.next(at(3)).unwrap()), "Bearer tok1");
    }
    let error = s.refused_token(second, at(4)).unwrap_err();
    assert_eq!(error.status(), Status::TokenRefused);
    s.accepted();
    assert_eq!(s.refused_token(second, at(5)), Ok(()));
    assert!(matches!(s.next(at(5)).unwrap(), Action::Fetch(_)));
}

#[test]
fn a_token_of_one_request_that_is_refused_twice_is_an_error() {
    let mut s = session();
    let once = br#"{"access_token":"once"}"#;
    let mut refused = || {
        s.next(at(0)).unwrap();
        s.fetched(200, once, at(0)).unwrap();
        assert_eq!(bearer(s.next(at(0)).unwrap()), "Bearer once");
        s.refused(at(0))
    };
    assert_eq!(refused(), Ok(()));
    assert_eq!(refused().unwrap_err().status(), Status::TokenRefused);
}

#[test]
fn a_saved_state_knows_that_its_token_was_dropped() {
    let mut s = session();
    let before = fetched(&mut s, 0);
    s.refused(at(1)).unwrap();
    let mut other = session();
    fetched(&mut other, 0);
    let own = other.token_number();
    other.load(&s.save()).unwrap();
    assert_eq!(other.refused(at(2)), Ok(()));
    // What was handed out before belongs to another state.
    assert_ne!(other.token_number(), own);
    assert_eq!(s.token_number(), before);
}
