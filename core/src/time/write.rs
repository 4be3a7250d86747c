//! Time to text: fixed positions, no format strings.

use jiff::{Timestamp, civil, tz::Offset};

use super::{MONTHS, TimeFormat, UnixMillis, WEEKDAYS};

/// The largest number of 11 digits: seconds for `unix`, and with three more digits milliseconds for `unix-ms`.
const UNIX_MAX: i64 = 99_999_999_999;

pub(super) fn write(format: TimeFormat, time: UnixMillis, out: &mut Vec<u8>) -> Option<()> {
    match format {
        TimeFormat::Unix => {
            let seconds = time.0.div_euclid(1000);
            return (0..=UNIX_MAX)
                .contains(&seconds)
                .then(|| decimal(seconds, out));
        }
        TimeFormat::UnixMillis => {
            return (100_000_000_000..=UNIX_MAX * 1000 + 999)
                .contains(&time.0)
                .then(|| decimal(time.0, out));
        }
        _ => {}
    }
    let t = civil_time(time)?;
    out.reserve(40);
    match format {
        TimeFormat::Rfc3339SecondsZ => {
            date(&t, b"-", out);
            out.push(b'T');
            clock(&t, b":", out);
            out.push(b'Z');
        }
        TimeFormat::Rfc3339MillisZ | TimeFormat::Rfc3339 => {
            date(&t, b"-", out);
            out.push(b'T');
            clock(&t, b":", out);
            out.push(b'.');
            digits(time.0.rem_euclid(1000) as i16, 3, out);
            out.push(b'Z');
        }
        TimeFormat::Rfc3339Offset => {
            date(&t, b"-", out);
            out.push(b'T');
            clock(&t, b":", out);
            out.extend_from_slice(b"+00:00");
        }
        TimeFormat::HttpDate => named(&t, 3, out),
        TimeFormat::LongDate => named(&t, usize::MAX, out),
        TimeFormat::Amz => {
            date(&t, b"", out);
            out.push(b'T');
            clock(&t, b"", out);
            out.push(b'Z');
        }
        TimeFormat::Ymd => date(&t, b"", out),
        TimeFormat::DateTime | TimeFormat::DateTimeOffset => {
            date(&t, b"-", out);
            out.push(b' ');
            clock(&t, b":", out);
            if format == TimeFormat::DateTimeOffset {
                out.extend_from_slice(b" +0000");
            }
        }
        TimeFormat::Compact => {
            date(&t, b"", out);
            clock(&t, b"", out);
        }
        // Written above: they need no calendar.
        TimeFormat::Unix | TimeFormat::UnixMillis => {}
    }
    Some(())
}

fn civil_time(time: UnixMillis) -> Option<civil::DateTime> {
    let t = Offset::UTC.to_datetime(Timestamp::from_millisecond(time.0).ok()?);
    (t.year() >= 1).then_some(t)
}

/// `Fri, 02 Jan 2026 03:04:05 GMT` with names of at most so many letters.
fn named(t: &civil::DateTime, letters: usize, out: &mut Vec<u8>) {
    let weekday = WEEKDAYS[t.weekday().to_monday_zero_offset() as usize].as_bytes();
    let month = MONTHS[t.month() as usize - 1].as_bytes();
    out.extend_from_slice(&weekday[..letters.min(weekday.len())]);
    out.extend_from_slice(b", ");
    digits(t.day().into(), 2, out);
    out.push(b' ');
    out.extend_from_slice(&month[..letters.min(month.len())]);
    out.push(b' ');
    digits(t.year(), 4, out);
    out.push(b' ');
    clock(t, b":", out);
    out.extend_from_slice(b" GMT");
}

#[inline]
fn date(t: &civil::DateTime, separator: &[u8], out: &mut Vec<u8>) {
    digits(t.year(), 4, out);
    out.extend_from_slice(separator);
    digits(t.month().into(), 2, out);
    out.extend_from_slice(separator);
    digits(t.day().into(), 2, out);
}

#[inline]
fn clock(t: &civil::DateTime, separator: &[u8], out: &mut Vec<u8>) {
    digits(t.hour().into(), 2, out);
    out.extend_from_slice(separator);
    digits(t.minute().into(), 2, out);
    out.extend_from_slice(separator);
    digits(t.second().into(), 2, out);
}

/// A number of two, three or four digits, with leading zeros.
#[inline]
fn digits(number: i16, width: usize, out: &mut Vec<u8>) {
    let digit = |power: i16| b'0' + (number / power % 10) as u8;
    match width {
        2 => out.extend_from_slice(&[digit(10), digit(1)]),
        3 => out.extend_from_slice(&[digit(100), digit(10), digit(1)]),
        _ => out.extend_from_slice(&[digit(1000), digit(100), digit(10), digit(1)]),
    }
}

/// A number that is not negative, without leading zeros.
fn decimal(number: i64, out: &mut Vec<u8>) {
    let mut text = [b'0'; 20];
    let mut start = text.len();
    let mut rest = number;
    while rest > 0 || start == text.len() {
        start -= 1;
        text[start] += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&text[start..]);
}
