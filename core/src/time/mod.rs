//! Instants and the named texts that providers write them in. There is no clock here: a time is always a parameter.
//!
//! Every format writes English names and two-digit days whatever the machine's culture (SDKs that asked the operating system
//! signed French day names), and reads strictly: no surrounding blanks, signs or junk, no impossible date, no overflow.
//! The civil calendar is jiff's, from the year 1 to 9999-12-30T22:00:00Z.

mod read;
mod write;

use std::fmt;

use crate::text::bytes::ByteSet;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// Reads an RFC 3339 time as [`TimeFormat::Rfc3339`] does.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        TimeFormat::Rfc3339.read(text.as_bytes())
    }

    /// `2026-01-02T03:04:05.000Z`; a time outside the years 1 to 9999 is given as its number of milliseconds.
    pub fn to_rfc3339_millis(self) -> String {
        let mut out = Vec::with_capacity(24);
        match TimeFormat::Rfc3339MillisZ.write(self, &mut out) {
            Ok(()) => out.into_iter().map(char::from).collect(),
            Err(_) => self.0.to_string(),
        }
    }

    /// How much later this time is than the other, in milliseconds; the largest number if that overflows.
    pub fn saturating_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The time has no text in this format: it lies outside the calendar (years 1 to 9999), or outside what the format's digits reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the time {} ms has no text in the format {format}", .time.0)]
pub struct TimeNotWritable {
    /// The time.
    pub time: UnixMillis,
    /// The format.
    pub format: TimeFormat,
}

/// A named text of a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeFormat {
    /// `2026-01-02T03:04:05Z`, exactly.
    Rfc3339SecondsZ,
    /// `2026-01-02T03:04:05.000Z`; read also without a fraction, with one only of three digits.
    Rfc3339MillisZ,
    /// Written like [`Self::Rfc3339MillisZ`]; read with an optional fraction of 1 to 9 digits and `Z`, `+hh:mm`, `+hhmm` or no
    /// zone, which is read as UTC. Digits beyond milliseconds are cut off.
    Rfc3339,
    /// `2026-01-02T03:04:05+00:00`; read with any numeric offset, no fraction.
    Rfc3339Offset,
    /// IMF-fixdate of RFC 9110, 5.6.7: `Fri, 02 Jan 2026 03:04:05 GMT`; read also with a one-digit day, which both of
    /// Ingenico's Java SDKs write. The weekday must be the date's.
    HttpDate,
    /// `Friday, 02 January 2026 03:04:05 GMT`; read also with a one-digit day. The weekday must be the date's.
    LongDate,
    /// Seconds since 1970, 1 to 11 digits.
    Unix,
    /// Milliseconds since 1970, 12 to 14 digits: never a text that [`Self::Unix`] reads.
    UnixMillis,
    /// `20260102T030405Z` (AWS).
    Amz,
    /// `20260102`, read as that day's midnight, UTC.
    Ymd,
    /// `2026-01-02 03:04:05`, UTC.
    DateTime,
    /// `2026-01-02 03:04:05 +0000`, any offset (Ruby's `Time#to_s`); written in UTC.
    DateTimeOffset,
    /// `20260102030405`, UTC.
    Compact,
}

impl TimeFormat {
    /// Every format, in the order of their documentation.
    pub const ALL: [Self; 13] = [
        Self::Rfc3339SecondsZ,
        Self::Rfc3339MillisZ,
        Self::Rfc3339,
        Self::Rfc3339Offset,
        Self::HttpDate,
        Self::LongDate,
        Self::Unix,
        Self::UnixMillis,
        Self::Amz,
        Self::Ymd,
        Self::DateTime,
        Self::DateTimeOffset,
        Self::Compact,
    ];

    /// The name recipes use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc3339SecondsZ => "rfc3339-seconds-z",
            Self::Rfc3339MillisZ => "rfc3339-millis-z",
            Self::Rfc3339 => "rfc3339",
            Self::Rfc3339Offset => "rfc3339-offset",
            Self::HttpDate => "http-date",
            Self::LongDate => "long-date",
            Self::Unix => "unix",
            Self::UnixMillis => "unix-ms",
            Self::Amz => "amz",
            Self::Ymd => "ymd",
            Self::DateTime => "datetime",
            Self::DateTimeOffset => "datetime-offset",
            Self::Compact => "compact",
        }
    }

    /// The format of that name.
    pub fn parse_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Which bytes can occur in this format's text, read or written.
    pub const fn chars(self) -> ByteSet {
        const DIGITS: ByteSet = ByteSet::DIGITS;
        match self {
            Self::Rfc3339SecondsZ => DIGITS.union(ByteSet::of(b"-:TZ")),
            Self::Rfc3339MillisZ => DIGITS.union(ByteSet::of(b"-:TZ.")),
            Self::Rfc3339 => DIGITS.union(ByteSet::of(b"-:TZ.+")),
            Self::Rfc3339Offset => DIGITS.union(ByteSet::of(b"-:T+")),
            Self::HttpDate | Self::LongDate => ByteSet::ALPHANUMERIC.union(ByteSet::of(b", :")),
            Self::Unix | Self::UnixMillis | Self::Ymd | Self::Compact => DIGITS,
            Self::Amz => DIGITS.union(ByteSet::of(b"TZ")),
            Self::DateTime => DIGITS.union(ByteSet::of(b"- :")),
            Self::DateTimeOffset => DIGITS.union(ByteSet::of(b"- :+")),
        }
    }

    /// Whether the byte can occur in this format's text.
    pub const fn is_char(self, byte: u8) -> bool {
        self.chars().contains(byte)
    }

    /// Appends the time's text; what the format does not show is cut off downwards. On an error nothing is appended.
    pub fn write(self, time: UnixMillis, out: &mut Vec<u8>) -> Result<(), TimeNotWritable> {
        write::write(self, time, out).ok_or(TimeNotWritable { time, format: self })
    }

    /// Reads a text of exactly this format.
    pub fn read(self, text: &[u8]) -> Option<UnixMillis> {
        read::read(self, text)
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads with the first format that fits.
pub fn read_any(formats: &[TimeFormat], text: &[u8]) -> Option<(TimeFormat, UnixMillis)> {
    formats
        .iter()
        .find_map(|format| Some((*format, format.read(text)?)))
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests;
