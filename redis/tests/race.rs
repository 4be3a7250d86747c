//! Two processes race for the same messages, and exactly one wins each: `race`. Called with `PORT PREFIX MESSAGES LAP`, this program is
//! one of the racers; `tests/replay/race.py` says what those do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod server;

use paysig::replay::{Begin, Guard};
use paysig::time::UnixMillis;
use paysig_redis::RedisStore;
use server::Server;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    match given.len() {
        4 => racer(&given),
        // Cargo's own options name no test of this program: there is one.
        _ => {
            two_processes_race_and_exactly_one_wins_each();
            Ok(())
        }
    }
}

fn two_processes_race_and_exactly_one_wins_each() {
    const MESSAGES: usize = 10_000;
    let server = Server::new("race");
    server
        .command(&["CONFIG", "SET", "appendfsync", "no"])
        .unwrap();
    let mut racers: Vec<_> = (0..2)
        .map(|_| {
            let mut racer = Command::new(std::env::current_exe().unwrap())
                .args([&server.port.to_string(), "race:"])
                .args([MESSAGES.to_string(), MESSAGES.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(racer.stdout.take().unwrap()).lines();
            assert_eq!(lines.next().unwrap().unwrap(), "ready");
            (racer, lines)
        })
        .collect();
    for (racer, _) in &mut racers {
        racer.stdin.as_mut().unwrap().write_all(b"race\n").unwrap();
    }
    let mut won = Vec::new();
    for (_, lines) in &mut racers {
        let line = lines.next().unwrap().unwrap();
        assert!(
            !line.is_empty(),
            "one process did everything: that was no race"
        );
        won.extend(line.split(' ').map(|n| n.parse::<usize>().unwrap()));
    }
    won.sort_unstable();
    assert!(won.into_iter().eq(0..MESSAGES));
    for (racer, lines) in &mut racers {
        racer.stdin.as_mut().unwrap().write_all(b"again\n").unwrap();
        let line = lines.next().unwrap().unwrap();
        assert!(line.starts_with("10000 "), "{line}");
        assert!(racer.wait().unwrap().success());
    }
}

fn racer(given: &[String]) -> Result<(), Box<dyn Error>> {
    let mut given = given.iter();
    let mut next = || given.next().ok_or("race PORT PREFIX MESSAGES LAP");
    let client = redis::Client::open(format!("redis://127.0.0.1:{}/", next()?))?;
    let store = RedisStore::new(client)
        .prefix(next()?.as_str())
        .timeout(Duration::from_secs(60));
    let messages: usize = next()?.parse()?;
    let lap: usize = next()?.parse()?;
    let guard = Guard::new(store, 604_800);

    let mut line = String::new();
    for start in (0..messages).step_by(lap) {
        println!("ready");
        std::io::stdin().read_line(&mut line)?;
        let mut won = Vec::new();
        for n in start..start + lap {
            if let Begin::Fresh(lease) = guard.begin(&n.to_string(), now()?)? {
                won.push(n.to_string());
                guard.commit(&lease, now()?)?;
            }
        }
        println!("{}", won.join(" "));
    }

    std::io::stdin().read_line(&mut line)?;
    let mut done = 0;
    for n in 0..messages {
        done += usize::from(guard.begin(&n.to_string(), now()?)? == Begin::Done);
    }
    let held = match guard.begin("held", now()?)? {
        Begin::Fresh(_) => "fresh",
        Begin::InProgress { .. } => "in_progress",
        Begin::Done => "done",
    };
    println!("{done} {held}");
    Ok(())
}

fn now() -> Result<UnixMillis, Box<dyn Error>> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(UnixMillis(since.as_millis().try_into()?))
}
