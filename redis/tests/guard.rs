//! The store against a real server, which these tests start: races, crashes, a restart, a full server.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod server;

use paysig::Status;
use paysig::replay::{Begin, Guard, Lease};
use paysig::time::UnixMillis;
use paysig_redis::RedisStore;
use redis::{Client, cmd};
use server::Server;
use std::time::{Duration, Instant};

const NOW: UnixMillis = UnixMillis(1_767_323_045_000);

fn fresh(guard: &Guard<RedisStore>, key: &str) -> Lease {
    match guard.begin(key, NOW).unwrap() {
        Begin::Fresh(lease) => lease,
        other => panic!("{other:?}"),
    }
}

fn in_progress(guard: &Guard<RedisStore>, key: &str) -> bool {
    matches!(guard.begin(key, NOW).unwrap(), Begin::InProgress { .. })
}

fn refused<T: std::fmt::Debug>(answer: paysig::Result<T>, message: &str) {
    let error = answer.unwrap_err();
    assert_eq!(error.status(), Status::StoreUnavailable);
    assert!(error.message().contains(message), "{error}");
}

#[test]
fn begin_release_commit() {
    let server = Server::new("steps");
    let guard = server.guard();
    let lease = fresh(&guard, "a");
    let Begin::InProgress { until } = guard.begin("a", NOW).unwrap() else {
        panic!("the lease is held");
    };
    assert!((50_000..=60_000).contains(&(until.0 - NOW.0)));
    guard.release(&lease).unwrap();
    let lease = fresh(&guard, "a");
    guard.commit(&lease, NOW).unwrap();
    assert_eq!(guard.begin("a", NOW).unwrap(), Begin::Done);
    guard.release(&lease).unwrap();
    assert_eq!(guard.begin("a", NOW).unwrap(), Begin::Done);
    let left: i64 = cmd("TTL")
        .arg("paysig:replay:a")
        .query(&mut server.connection())
        .unwrap();
    assert!((604_000..=604_800).contains(&left));
}

#[test]
fn a_handler_that_dies_loses_its_lease() {
    let server = Server::new("dies");
    fresh(&server.guard().lease_seconds(1), "k");
    let guard = server.guard();
    assert!(in_progress(&guard, "k"));
    let start = Instant::now();
    while in_progress(&guard, "k") {
        assert!(start.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(50));
    }
    // The last look took it.
    assert!(in_progress(&server.guard(), "k"));
}

#[test]
fn a_lease_that_passed_to_another_is_lost_and_one_that_passed_to_nobody_is_not() {
    let server = Server::new("passed");
    let guard = server.guard();
    let late = fresh(&guard, "k");
    server.command(&["DEL", "paysig:replay:k"]).unwrap();
    let second = fresh(&guard, "k");
    refused(guard.commit(&late, NOW), "passed to another");
    guard.release(&late).unwrap();
    assert!(in_progress(&guard, "k"));
    server.command(&["DEL", "paysig:replay:k"]).unwrap();
    guard.commit(&second, NOW).unwrap();
    assert_eq!(guard.begin("k", NOW).unwrap(), Begin::Done);
}

#[test]
fn a_server_that_stops_and_comes_back() {
    let mut server = Server::new("stops");
    let guard = server.guard();
    guard.commit(&fresh(&guard, "handled"), NOW).unwrap();
    let lease = fresh(&guard, "being handled");
    server.kill();
    refused(guard.begin("handled", NOW), "did not answer");
    refused(guard.begin("new", NOW), "did not answer");
    server.restart();
    // Nothing that was handled is forgotten, and what was refused is handled now.
    assert_eq!(guard.begin("handled", NOW).unwrap(), Begin::Done);
    fresh(&guard, "new");
    // A restart between two calls is not noticed: the kept connection broke, and another is opened.
    server.kill();
    server.restart();
    guard.commit(&lease, NOW).unwrap();
    assert_eq!(guard.begin("being handled", NOW).unwrap(), Begin::Done);
}

#[test]
fn a_full_server_refuses_and_loses_nothing() {
    let server = Server::new("full");
    let guard = server.guard();
    guard.commit(&fresh(&guard, "handled"), NOW).unwrap();
    server
        .command(&["CONFIG", "SET", "maxmemory", "1"])
        .unwrap();
    refused(guard.begin("new", NOW), "full");
    assert_eq!(guard.begin("handled", NOW).unwrap(), Begin::Done);
    server
        .command(&["CONFIG", "SET", "maxmemory", "0"])
        .unwrap();
    fresh(&guard, "new");
}

#[test]
fn a_server_that_forgets_on_its_own_is_refused() {
    let server = Server::new("forgets");
    let set = ["CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy"];
    server
        .command(&[&set[..], &["allkeys-lru"]].concat())
        .unwrap();
    let guard = server.guard();
    refused(guard.begin("k", NOW), "allkeys-lru");
    server
        .command(&[&set[..], &["noeviction"]].concat())
        .unwrap();
    fresh(&guard, "k");
}

#[test]
fn a_value_of_somebody_else_is_no_lease() {
    let server = Server::new("foreign");
    for value in ["something", "", "1", "Lease:1"] {
        server.command(&["SET", "paysig:replay:k", value]).unwrap();
        refused(server.guard().begin("k", NOW), "not the guard's");
    }
    server.command(&["DEL", "paysig:replay:k"]).unwrap();
    server
        .command(&["RPUSH", "paysig:replay:k", "a list"])
        .unwrap();
    refused(server.guard().begin("k", NOW), "refused the command");
}

#[test]
fn nothing_shows_the_password_and_a_wrong_one_is_store_unavailable() {
    let server = Server::new("password");
    let client = Client::open(format!("redis://:hunter2@127.0.0.1:{}/", server.port)).unwrap();
    let guard = Guard::new(RedisStore::new(client), 600);
    assert!(!format!("{guard:?}").contains("hunter2"));
    let error = guard.begin("k", NOW).unwrap_err();
    assert_eq!(error.status(), Status::StoreUnavailable);
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
