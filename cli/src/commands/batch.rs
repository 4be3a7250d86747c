//! `paysig verify --batch`: many notifications, one JSON object a line, on all cores and in constant memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use paysig::time::UnixMillis;
use paysig::{Status, Verifier};
use serde::{Deserialize, Serialize};

use crate::conform::line;
use crate::failure::{Failure, Result};
use crate::output::escape::one_line;
use crate::output::{Output, Tone};
use crate::progress::Progress;

/// So much of the input is handed to a thread at a time: enough lines that handing over costs nothing.
const BLOCK: u64 = 256 * 1024;
/// A longer line is no notification.
const MAX_LINE: usize = 64 * 1024 * 1024;
/// So many refused messages are named.
const NAMED: usize = 10;

/// One line: a message of the conformance protocol, and when it was received if that is not now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notification {
    message: line::Message,
    now: Option<String>,
}

/// Whole lines of the input.
struct Block {
    first_line: u64,
    bytes: Vec<u8>,
}

/// A message that was not found authentic.
#[derive(Serialize)]
struct Refused {
    line: u64,
    status: &'static str,
    detail: String,
}

/// How many messages had one verdict under one key.
#[derive(Serialize)]
struct Count {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    messages: u64,
}

/// What was found out so far.
#[derive(Default)]
struct Tally {
    messages: u64,
    refused: u64,
    /// By verdict and by number of the key.
    counts: BTreeMap<(u32, Option<usize>), Count>,
    /// The first ones, with the status of the very first.
    named: Vec<Refused>,
    /// Lines that hold no message.
    unreadable: u64,
}

#[derive(Serialize)]
struct Report<'a> {
    scheme: &'a str,
    flow: &'a str,
    messages: u64,
    refused: u64,
    unreadable: u64,
    verdicts: Vec<&'a Count>,
    first_refused: &'a [Refused],
}

impl Tally {
    fn count(
        &mut self,
        status: Status,
        key: Option<usize>,
        label: impl FnOnce() -> Option<String>,
    ) {
        self.messages += 1;
        let of_key = self.counts.entry((status.code(), key));
        let count = of_key.or_insert_with(|| Count {
            status: status.name(),
            key: label(),
            messages: 0,
        });
        count.messages += 1;
    }

    fn name(&mut self, line: u64, status: Status, detail: String) {
        if self.named.len() < NAMED {
            self.named.push(Refused {
                line,
                status: status.name(),
                detail,
            });
        }
    }

    /// Judges one line.
    fn judge(&mut self, verifier: &Verifier, now: UnixMillis, number: u64, text: &[u8]) {
        let read = serde_json::from_slice::<Notification>(text)
            .map_err(|e| Failure::usage(format!("not a notification: {e}")))
            .and_then(|n| {
                let received = n.now.as_deref().map(|t| line::rfc3339("now", t));
                Ok((n.message.wire(false)?, received.transpose()?))
            });
        let (message, received) = match read {
            Ok(read) => read,
            Err(failure) => {
                self.unreadable += 1;
                return self.name(number, failure.status, failure.message);
            }
        };
        let headers = message.header_list();
        match verifier.verify(&message.message(&headers), Some(received.unwrap_or(now))) {
            Ok(verified) => {
                let key = verified.key_index();
                let label = || {
                    verified
                        .key_id()
                        .or_else(|| Some(format!("no. {}", key + 1)))
                };
                self.count(Status::Ok, Some(key), label);
            }
            Err(error) => {
                self.refused += 1;
                self.count(error.status(), None, || None);
                self.name(number, error.status(), error.message().to_owned());
            }
        }
    }

    fn block(&mut self, verifier: &Verifier, now: UnixMillis, block: &Block) {
        for (number, text) in (block.first_line..).zip(block.bytes.split(|b| *b == b'\n')) {
            if !text.trim_ascii().is_empty() {
                self.judge(verifier, now, number, text);
            }
        }
    }

    fn add(&mut self, other: Tally) {
        self.messages += other.messages;
        self.refused += other.refused;
        self.unreadable += other.unreadable;
        for (of_key, count) in other.counts {
            match self.counts.get_mut(&of_key) {
                Some(own) => own.messages += count.messages,
                None => drop(self.counts.insert(of_key, count)),
            }
        }
        self.named.extend(other.named);
        self.named.sort_by_key(|refused| refused.line);
        self.named.truncate(NAMED);
    }

    /// As one verdict, for the exit code.
    fn outcome(&self) -> Result<()> {
        let (unreadable, refused) = (self.unreadable, self.refused);
        let failure = if unreadable > 0 {
            Failure::usage(format!("lines that hold no notification: {unreadable}"))
        } else if refused > 0 {
            let verdict = self
                .counts
                .keys()
                .find(|(code, _)| *code != Status::Ok.code());
            let verdict = verdict.and_then(|(code, _)| Status::from_code(*code));
            Failure::new(
                verdict.unwrap_or(Status::SignatureMismatch),
                format!("{refused} of {} messages are refused", self.messages),
            )
        } else {
            return Ok(());
        };
        Err(failure.after_output())
    }
}

/// Verifies every line of a file (`-`: standard input) on so many threads.
pub fn run(
    verifier: &Verifier,
    path: &str,
    now: UnixMillis,
    threads: usize,
    out: &Output,
) -> Result<()> {
    let cannot = |e: std::io::Error| Failure::file("read", path, &e);
    let (input, size): (Box<dyn Read>, Option<u64>) = if path == "-" {
        (Box::new(std::io::stdin().lock()), None)
    } else {
        let file = File::open(path).map_err(cannot)?;
        let size = file.metadata().map_err(cannot)?.len();
        (Box::new(file), (size > 0).then_some(size))
    };
    let start = Instant::now();
    let tally = judge_all(verifier, input, now, threads, &mut Progress::new(size))?;
    if out.json {
        out.object(&Report {
            scheme: verifier.scheme_id(),
            flow: verifier.flow().name(),
            messages: tally.messages,
            refused: tally.refused,
            unreadable: tally.unreadable,
            verdicts: tally.counts.values().collect(),
            first_refused: &tally.named,
        })?;
    } else {
        out.text(&text(&tally, start.elapsed().as_secs_f64(), out))?;
    }
    tally.outcome()
}

fn text(tally: &Tally, seconds: f64, out: &Output) -> String {
    let mut text = format!("{} messages in {seconds:.1} s\n", tally.messages);
    for count in tally.counts.values() {
        let tone = if count.status == Status::Ok.name() {
            Tone::Good
        } else {
            Tone::Bad
        };
        text.push_str(&format!(
            "{:>10}  {}",
            count.messages,
            out.paint(tone, count.status)
        ));
        if let Some(key) = &count.key {
            text.push_str(&format!("  key {}", one_line(key.as_bytes())));
        }
        text.push('\n');
    }
    if tally.unreadable > 0 {
        let unreadable = out.paint(Tone::Bad, "no notification");
        text.push_str(&format!("{:>10}  {unreadable}\n", tally.unreadable));
    }
    for refused in &tally.named {
        let detail = one_line(refused.detail.as_bytes());
        text.push_str(&format!(
            "line {}: {}: {detail}\n",
            refused.line, refused.status
        ));
    }
    text
}

fn judge_all(
    verifier: &Verifier,
    input: impl Read,
    now: UnixMillis,
    threads: usize,
    progress: &mut Progress,
) -> Result<Tally> {
    // Two blocks for each thread are on the way at most: that, and not the input, bounds the memory.
    let (send, receive) = sync_channel::<Block>(2 * threads);
    let receive = Mutex::new(receive);
    let next = |receive: &Mutex<Receiver<Block>>| {
        let receive = receive.lock().unwrap_or_else(PoisonError::into_inner);
        receive.recv().ok()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut tally = Tally::default();
                    while let Some(block) = next(&receive) {
                        tally.block(verifier, now, &block);
                    }
                    tally
                })
            })
            .collect();
        let read = read_blocks(input, |block| {
            progress.advance(block.bytes.len() as u64);
            // Fails only if every thread is gone, which joining them will tell.
            let _ = send.send(block);
        });
        drop(send);
        let mut tally = Tally::default();
        for worker in workers {
            let done = worker.join();
            tally.add(done.map_err(|_| Failure::new(Status::Internal, "a thread panicked"))?);
        }
        progress.clear();
        read.map(|()| tally)
    })
}

/// Cuts the input into blocks of whole lines.
fn read_blocks(mut input: impl Read, mut each: impl FnMut(Block)) -> Result<()> {
    let mut first_line = 1;
    let mut bytes = Vec::new();
    loop {
        let read = input.by_ref().take(BLOCK).read_to_end(&mut bytes);
        let read = read.map_err(|e| Failure::usage(format!("cannot read the messages: {e}")))?;
        let end = match bytes.iter().rposition(|b| *b == b'\n') {
            _ if read == 0 => bytes.len(),
            Some(last) => last + 1,
            None if bytes.len() > MAX_LINE => {
                return Err(Failure::usage(format!(
                    "line {first_line} is longer than {MAX_LINE} bytes"
                )));
            }
            None => continue,
        };
        let rest = bytes.split_off(end);
        let lines = bytes.iter().filter(|b| **b == b'\n').count() as u64;
        if !bytes.is_empty() {
            each(Block { first_line, bytes });
        }
        if read == 0 {
            return Ok(());
        }
        first_line += lines;
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn blocks_hold_whole_lines_and_know_their_numbers() {
        let line = "x".repeat(100_000);
        let text = [line.as_str(); 11].join("\n");
        let (mut all, mut next) = (Vec::new(), 1);
        read_blocks(text.as_bytes(), |block| {
            assert_eq!(block.first_line, next);
            next += block.bytes.iter().filter(|b| **b == b'\n').count() as u64;
            all.extend_from_slice(&block.bytes);
        })
        .unwrap();
        assert_eq!(all, text.as_bytes());
        assert_eq!(next, 11);
        read_blocks(&b""[..], |_| unreachable!("there is nothing")).unwrap();
    }
}
