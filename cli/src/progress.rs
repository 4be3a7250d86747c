//! A progress bar on standard error, if that is a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Drawn at most so often.
const EVERY: Duration = Duration::from_millis(100);
const WIDTH: usize = 30;

/// How much of an input has been read.
pub struct Progress {
    /// In bytes, where it is known.
    total: Option<u64>,
    done: u64,
    /// When it was last drawn; none where nobody looks.
    drawn: Option<Instant>,
}

impl Progress {
    /// Of so many bytes.
    pub fn new(total: Option<u64>) -> Self {
        Progress {
            total,
            done: 0,
            drawn: std::io::stderr().is_terminal().then(Instant::now),
        }
    }

    /// So many bytes more.
    pub fn advance(&mut self, bytes: u64) {
        self.done += bytes;
        if let Some(drawn) = &mut self.drawn
            && drawn.elapsed() >= EVERY
        {
            *drawn = Instant::now();
            eprint!("\r{}", bar(self.done, self.total));
            let _ = std::io::stderr().flush();
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        if self.drawn.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

fn bar(done: u64, total: Option<u64>) -> String {
    let megabytes = done / 1_000_000;
    let Some(total) = total.filter(|t| *t >= done) else {
        return format!("{megabytes} MB read");
    };
    let share = done as f64 / total as f64;
    let full = (share * WIDTH as f64) as usize;
    format!(
        "[{}{}] {:3.0} % of {} MB",
        "#".repeat(full),
        " ".repeat(WIDTH - full),
        share * 100.0,
        total / 1_000_000
    )
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars() {
        let empty = " ".repeat(30);
        assert_eq!(bar(0, Some(2_000_000)), format!("[{empty}]   0 % of 2 MB"));
        let full = "#".repeat(30);
        assert_eq!(bar(9, Some(9)), format!("[{full}] 100 % of 0 MB"));
        assert_eq!(bar(3_500_000, None), "3 MB read");
        // A file that grew meanwhile.
        assert_eq!(bar(10, Some(9)), "0 MB read");
    }
}
