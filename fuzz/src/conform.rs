//! Any line of the conformance protocol has one line as its answer: JSON with a status.

use paysig_conform::conform as protocol;

pub fn run(data: &[u8]) {
    let mut out = Vec::new();
    if protocol::run(data, &mut out).is_err() {
        panic!("a line stopped the program");
    }
    let lines = data
        .split(|b| *b == b'\n')
        .filter(|l| !l.trim_ascii().is_empty());
    assert_eq!(out.iter().filter(|b| **b == b'\n').count(), lines.count());
    for line in out.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let answer: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert!(answer["status"].is_string(), "{answer}");
        assert_ne!(answer["status"], "internal", "{answer}");
    }
}
