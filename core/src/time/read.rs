//! Text to time: one cursor over the bytes, and the text must be used up.

use jiff::{civil, tz::Offset};

use super::{MONTHS, TimeFormat, UnixMillis, WEEKDAYS};

pub(super) fn read(format: TimeFormat, text: &[u8]) -> Option<UnixMillis> {
    let mut c = Cursor(text);
    let (civil, millis, offset_minutes) = match format {
        TimeFormat::Unix => return decimal(text, 1, 11).map(|seconds| UnixMillis(seconds * 1000)),
        TimeFormat::UnixMillis => return decimal(text, 12, 14).map(UnixMillis),
        TimeFormat::Rfc3339SecondsZ => {
            let t = c.date_time(b"-", b"T", b":")?;
            c.literal(b"Z")?;
            (t, 0, 0)
        }
        TimeFormat::Rfc3339MillisZ => {
            let t = c.date_time(b"-", b"T", b":")?;
            let millis = if c.literal(b".").is_some() {
                c.number(3)?
            } else {
                0
            };
            c.literal(b"Z")?;
            (t, millis, 0)
        }
        TimeFormat::Rfc3339 => {
            let t = c.date_time(b"-", b"T", b":")?;
            let millis = if c.literal(b".").is_some() {
                c.fraction()?
            } else {
                0
            };
            let offset = if c.0.is_empty() || c.literal(b"Z").is_some() {
                0
            } else {
                c.offset(true)?
            };
            (t, millis, offset)
        }
        TimeFormat::Rfc3339Offset => {
            let t = c.date_time(b"-", b"T", b":")?;
            (t, 0, c.offset(false)?)
        }
        TimeFormat::HttpDate => (c.named(3)?, 0, 0),
        TimeFormat::LongDate => (c.named(usize::MAX)?, 0, 0),
        TimeFormat::Amz => {
            let t = c.date_time(b"", b"T", b"")?;
            c.literal(b"Z")?;
            (t, 0, 0)
        }
        TimeFormat::Ymd => (c.date(b"")?.to_datetime(civil::Time::midnight()), 0, 0),
        TimeFormat::DateTimeOffset => {
            let t = c.date_time(b"-", b" ", b":")?;
            c.literal(b" ")?;
            (t, 0, c.offset(true)?)
        }
        TimeFormat::DateTime => (c.date_time(b"-", b" ", b":")?, 0, 0),
        TimeFormat::Compact => (c.date_time(b"", b"", b"")?, 0, 0),
    };
    if !c.0.is_empty() {
        return None;
    }
    let local = Offset::UTC.to_timestamp(civil).ok()?.as_millisecond() + i64::from(millis);
    in_calendar(UnixMillis(local - i64::from(offset_minutes) * 60_000))
}

/// An offset can push a valid local time out of the calendar.
fn in_calendar(time: UnixMillis) -> Option<UnixMillis> {
    const FIRST: i64 = -62_135_596_800_000; // 0001-01-01T00:00:00.000Z
    const LAST: i64 = 253_402_207_200_000; // 9999-12-30T22:00:00Z, where jiff's calendar ends
    (FIRST..=LAST).contains(&time.0).then_some(time)
}

/// A whole text of `least` to `most` (at most 18) decimal digits.
fn decimal(text: &[u8], least: usize, most: usize) -> Option<i64> {
    if !(least..=most).contains(&text.len()) {
        return None;
    }
    text.iter().try_fold(0, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0'))
    })
}

/// What is left of the text.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    #[inline]
    fn literal(&mut self, text: &[u8]) -> Option<()> {
        // Most literals are one byte or none: no need to call memcmp.
        self.0 = match text {
            [] => self.0,
            [byte] => self.0.split_first().filter(|(first, _)| *first == byte)?.1,
            _ => self.0.strip_prefix(text)?,
        };
        Some(())
    }

    /// A number of exactly so many digits, at most four.
    fn number(&mut self, digits: usize) -> Option<i16> {
        let (head, tail) = self.0.split_at_checked(digits)?;
        let n = decimal(head, digits, digits)?;
        self.0 = tail;
        i16::try_from(n).ok()
    }

    fn number2(&mut self) -> Option<i8> {
        self.number(2).and_then(|n| i8::try_from(n).ok())
    }

    /// 1 to 9 digits of a second, cut to milliseconds.
    fn fraction(&mut self) -> Option<i16> {
        let len = self
            .0
            .iter()
            .take(10)
            .take_while(|b| b.is_ascii_digit())
            .count();
        if !(1..=9).contains(&len) {
            return None;
        }
        let (head, tail) = self.0.split_at_checked(len)?;
        self.0 = tail;
        Some((0..3).fold(0, |n, i| {
            n * 10 + head.get(i).map_or(0, |b| i16::from(b - b'0'))
        }))
    }

    /// `+hh:mm`, or also `+hhmm`; in minutes.
    fn offset(&mut self, colon_optional: bool) -> Option<i32> {
        let sign = match self.0.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.number2()?;
        if self.literal(b":").is_none() && !colon_optional {
            return None;
        }
        let minutes = self.number2()?;
        (hours <= 23 && minutes <= 59).then(|| sign * (i32::from(hours) * 60 + i32::from(minutes)))
    }

    fn date(&mut self, separator: &[u8]) -> Option<civil::Date> {
        let year = self.number(4)?;
        self.literal(separator)?;
        let month = self.number2()?;
        self.literal(separator)?;
        let day = self.number2()?;
        calendar_date(year, month, day)
    }

    fn clock(&mut self, separator: &[u8]) -> Option<civil::Time> {
        let hour = self.number2()?;
        self.literal(separator)?;
        let minute = self.number2()?;
        self.literal(separator)?;
        let second = self.number2()?;
        civil::Time::new(hour, minute, second, 0).ok()
    }

    fn date_time(&mut self, date: &[u8], between: &[u8], clock: &[u8]) -> Option<civil::DateTime> {
        let date = self.date(date)?;
        self.literal(between)?;
        Some(date.to_datetime(self.clock(clock)?))
    }

    /// The place in the list of the name, cut to so many letters, that comes next. The first three tell the names apart.
    fn name(&mut self, names: &[&str], letters: usize) -> Option<i8> {
        let (head, after) = self.0.split_first_chunk::<3>()?;
        let begins = |name: &&str| name.as_bytes().first_chunk() == Some(head);
        let at = names.iter().position(begins)?;
        self.0 = after;
        if letters > 3 {
            self.literal(names[at].as_bytes().get(3..)?)?;
        }
        i8::try_from(at).ok()
    }

    /// `Fri, 2 Jan 2026 03:04:05 GMT` with names of at most so many letters; the day may have one digit or two.
    fn named(&mut self, letters: usize) -> Option<civil::DateTime> {
        let weekday = self.name(&WEEKDAYS, letters)?;
        self.literal(b", ")?;
        let day = if self.0.get(1) == Some(&b' ') {
            self.number(1)? as i8
        } else {
            self.number2()?
        };
        self.literal(b" ")?;
        let month = self.name(&MONTHS, letters)? + 1;
        self.literal(b" ")?;
        let year = self.number(4)?;
        self.literal(b" ")?;
        let date = calendar_date(year, month, day)?;
        let time = self.clock(b":")?;
        self.literal(b" GMT")?;
        (date.weekday().to_monday_zero_offset() == weekday).then(|| date.to_datetime(time))
    }
}

/// jiff also knows the year 0 and years before it; no provider does.
fn calendar_date(year: i16, month: i8, day: i8) -> Option<civil::Date> {
    if year < 1 {
        return None;
    }
    civil::Date::new(year, month, day).ok()
}
