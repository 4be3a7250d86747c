//! Side by side: two closures in turn, many short rounds, the median of the rounds' ratios.

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What was measured of one pair.
pub struct Pair {
    /// Nanoseconds a call of the thing measured, median.
    pub ours: f64,
    /// Nanoseconds a call of what it is compared with, median.
    pub bare: f64,
    /// Median of the rounds' ratios.
    pub ratio: f64,
    /// 10th and 90th percentile of the rounds' ratios.
    pub spread: (f64, f64),
    /// Heap allocations of one call of ours.
    pub allocations: usize,
}

fn rounds_of<T>(run: &mut impl FnMut() -> T, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(run());
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

/// Measures two closures in turn.
pub fn pair<A, B>(mut ours: impl FnMut() -> A, mut bare: impl FnMut() -> B) -> Pair {
    let once = rounds_of(&mut ours, 3)
        .max(rounds_of(&mut bare, 3))
        .max(50.0);
    let calls = ((2_000_000.0 / once) as u32).clamp(1, 20_000);
    let region = Region::new(ALLOCATOR);
    black_box(ours());
    let change = region.change();
    let allocations = change.allocations + change.reallocations;
    let rounds = if once < 10_000_000.0 { 61 } else { 7 };
    let (mut a, mut b, mut r) = (vec![], vec![], vec![]);
    for _ in 0..rounds {
        let x = rounds_of(&mut ours, calls);
        let y = rounds_of(&mut bare, calls);
        a.push(x);
        b.push(y);
        r.push(x / y);
    }
    Pair {
        ours: percentile(&mut a, 0.5),
        bare: percentile(&mut b, 0.5),
        ratio: percentile(&mut r, 0.5),
        spread: (percentile(&mut r, 0.1), percentile(&mut r, 0.9)),
        allocations,
    }
}
