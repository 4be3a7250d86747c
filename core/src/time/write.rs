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
    let mut text = Text::default();
    match format {
        TimeFormat::Rfc3339SecondsZ => {
            text.date(&t, b"-");
            text.put(b"T");
            text.clock(&t, b":");
            text.put(b"Z");
        }
        TimeFormat::Rfc3339MillisZ | TimeFormat::Rfc3339 => {
            text.date(&t, b"-");
            text.put(b"T");
            text.clock(&t, b":");
            text.put(b".");
            let millis = time.0.rem_euclid(1000) as u16;
            text.put(&[b'0' + (millis / 100) as u8]);
            text.put(&two_digits((millis % 100) as u8));
            text.put(b"Z");
        }
        TimeFormat::Rfc3339Offset => {
            text.date(&t, b"-");
            text.put(b"T");
            text.clock(&t, b":");
            text.put(b"+00:00");
        }
        TimeFormat::HttpDate => text.named(&t, 3),
        TimeFormat::LongDate => text.named(&t, usize::MAX),
        TimeFormat::Amz => {
            text.date(&t, b"");
            text.put(b"T");
            text.clock(&t, b"");
            text.put(b"Z");
        }
        TimeFormat::Ymd => text.date(&t, b""),
        TimeFormat::DateTime | TimeFormat::DateTimeOffset => {
            text.date(&t, b"-");
            text.put(b" ");
            text.clock(&t, b":");
            if format == TimeFormat::DateTimeOffset {
                text.put(b" +0000");
            }
        }
        TimeFormat::Compact => {
            text.date(&t, b"");
            text.clock(&t, b"");
        }
        // Written above: they need no calendar.
        TimeFormat::Unix | TimeFormat::UnixMillis => {}
    }
    out.extend_from_slice(text.bytes.get(..text.len)?);
    Some(())
}

fn civil_time(time: UnixMillis) -> Option<civil::DateTime> {
    let t = Offset::UTC.to_datetime(Timestamp::from_millisecond(time.0).ok()?);
    (t.year() >= 1).then_some(t)
}

/// The longest text: `Wednesday, 02 September 2026 03:04:05 GMT`.
const LONGEST: usize = 41;

/// A time's text while it is written: in an array, since each piece that a vector is extended by asks whether there is room.
struct Text {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Default for Text {
    fn default() -> Self {
        Text {
            bytes: [0; LONGEST],
            len: 0,
        }
    }
}

impl Text {
    #[inline(always)]
    fn put(&mut self, piece: &[u8]) {
        let end = self.len + piece.len();
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(piece);
        }
        self.len = end;
    }

    /// `Fri, 02 Jan 2026 03:04:05 GMT` with names of at most so many letters.
    fn named(&mut self, t: &civil::DateTime, letters: usize) {
        let weekday = WEEKDAYS[t.weekday().to_monday_zero_offset() as usize].as_bytes();
        let month = MONTHS[t.month() as usize - 1].as_bytes();
        self.name(weekday, letters);
        self.put(b", ");
        self.two(t.day());
        self.put(b" ");
        self.name(month, letters);
        self.put(b" ");
        self.four(t.year());
        self.put(b" ");
        self.clock(t, b":");
        self.put(b" GMT");
    }

    /// The first three letters of a name (none is shorter), or so many.
    #[inline]
    fn name(&mut self, name: &[u8], letters: usize) {
        if let Some((first, others)) = name.split_first_chunk::<3>() {
            self.put(first);
            if letters > 3 {
                self.put(&others[..others.len().min(letters - 3)]);
            }
        }
    }

    #[inline]
    fn date(&mut self, t: &civil::DateTime, separator: &[u8]) {
        self.four(t.year());
        self.put(separator);
        self.two(t.month());
        self.put(separator);
        self.two(t.day());
    }

    #[inline]
    fn clock(&mut self, t: &civil::DateTime, separator: &[u8]) {
        self.two(t.hour());
        self.put(separator);
        self.two(t.minute());
        self.put(separator);
        self.two(t.second());
    }

    #[inline]
    fn two(&mut self, number: i8) {
        self.put(&two_digits(number.unsigned_abs()));
    }

    #[inline]
    fn four(&mut self, number: i16) {
        let number = number.unsigned_abs();
        self.put(&two_digits((number / 100) as u8));
        self.put(&two_digits((number % 100) as u8));
    }
}

/// A number below 100, with a leading zero.
#[inline]
fn two_digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10, b'0' + number % 10]
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
