#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn written(format: TimeFormat, ms: i64) -> String {
    let mut out = Vec::new();
    format.write(UnixMillis(ms), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(format: TimeFormat, text: &str) -> Option<i64> {
    format.read(text.as_bytes()).map(|t| t.0)
}

/// 2026-01-02T03:04:05.678Z, a Friday.
const T: i64 = 1_767_323_045_678;

#[test]
fn writes_every_format() {
    let expected = [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05+00:00",
        "Fri, 02 Jan 2026 03:04:05 GMT",
        "Friday, 02 January 2026 03:04:05 GMT",
        "1767323045",
        "1767323045678",
        "20260102T030405Z",
        "20260102",
        "2026-01-02 03:04:05",
        "2026-01-02 03:04:05 +0000",
        "20260102030405",
    ];
    for (format, text) in TimeFormat::ALL.into_iter().zip(expected) {
        assert_eq!(written(format, T), text, "{format}");
    }
    assert_eq!(written(TimeFormat::Unix, 0), "0");
    assert_eq!(
        written(TimeFormat::HttpDate, 1_434_612_619_000),
        "Thu, 18 Jun 2015 07:30:19 GMT"
    );
    assert_eq!(
        written(TimeFormat::LongDate, 1_434_612_619_000),
        "Thursday, 18 June 2015 07:30:19 GMT"
    );
    // Before 1970 fractions are cut off downwards too.
    assert_eq!(
        written(TimeFormat::Rfc3339MillisZ, -1),
        "1969-12-31T23:59:59.999Z"
    );
    assert_eq!(
        written(TimeFormat::Rfc3339SecondsZ, -1),
        "1969-12-31T23:59:59Z"
    );
    assert_eq!(
        UnixMillis(T).to_rfc3339_millis(),
        "2026-01-02T03:04:05.678Z"
    );
    assert_eq!(
        UnixMillis(i64::MAX).to_rfc3339_millis(),
        i64::MAX.to_string()
    );
}

#[test]
fn refuses_times_without_a_text() {
    for format in TimeFormat::ALL {
        for ms in [i64::MIN, i64::MAX, -62_135_596_800_001, 253_402_207_201_000] {
            let mut out = Vec::new();
            assert!(
                format.write(UnixMillis(ms), &mut out).is_err(),
                "{format} {ms}"
            );
            assert!(out.is_empty());
        }
    }
    let mut out = Vec::new();
    assert!(TimeFormat::Unix.write(UnixMillis(-1), &mut out).is_err());
    assert!(
        TimeFormat::UnixMillis
            .write(UnixMillis(99_999_999_999), &mut out)
            .is_err()
    );
    let error = TimeFormat::Unix
        .write(UnixMillis(-1), &mut out)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the time -1 ms has no text in the format unix"
    );
    assert_eq!(written(TimeFormat::Ymd, -62_135_596_800_000), "00010101");
    assert_eq!(written(TimeFormat::Ymd, 253_402_207_200_000), "99991230");
}

#[test]
fn reads_rfc3339() {
    use TimeFormat::{Rfc3339, Rfc3339MillisZ, Rfc3339Offset, Rfc3339SecondsZ};
    let s = T - 678;
    for (text, ms) in [
        ("2026-01-02T03:04:05Z", s),
        ("2026-01-02T03:04:05", s),
        ("2026-01-02T03:04:05.6Z", s + 600),
        ("2026-01-02T03:04:05.678999999", T),
        ("2026-01-02T03:04:05.000000001+00:00", s),
        ("2026-01-02T05:34:05+02:30", s),
        ("2026-01-02T05:34:05+0230", s),
        ("2026-01-01T22:04:05.678-0500", T),
        ("2026-01-02T03:04:05-00:00", s),
    ] {
        assert_eq!(read(Rfc3339, text), Some(ms), "{text}");
    }
    assert_eq!(read(Rfc3339SecondsZ, "2026-01-02T03:04:05Z"), Some(s));
    assert_eq!(read(Rfc3339MillisZ, "2026-01-02T03:04:05Z"), Some(s));
    assert_eq!(read(Rfc3339MillisZ, "2026-01-02T03:04:05.678Z"), Some(T));
    assert_eq!(read(Rfc3339Offset, "2026-01-02T04:04:05+01:00"), Some(s));
    for (format, text) in [
        (Rfc3339SecondsZ, "2026-01-02T03:04:05.678Z"),
        (Rfc3339SecondsZ, "2026-01-02T03:04:05"),
        (Rfc3339SecondsZ, "2026-01-02T03:04:05+00:00"),
        (Rfc3339MillisZ, "2026-01-02T03:04:05.67Z"),
        (Rfc3339MillisZ, "2026-01-02T03:04:05.6789Z"),
        (Rfc3339MillisZ, "2026-01-02T03:04:05.678"),
        (Rfc3339MillisZ, "2026-01-02T03:04:05.Z"),
        (Rfc3339Offset, "2026-01-02T03:04:05Z"),
        (Rfc3339Offset, "2026-01-02T03:04:05+0000"),
        (Rfc3339Offset, "2026-01-02T03:04:05.0+00:00"),
    ] {
        assert_eq!(read(format, text), None, "{format} {text}");
    }
    for text in [
        "",
        "2026-01-02",
        "2026-01-02t03:04:05z",
        "2026-01-02 03:04:05Z",
        " 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z ",
        "2026-01-02T03:04:05Z\n",
        "2026-01-02T03:04:05Z\0",
        "2026-01-02T03:04:05ZZ",
        "+2026-01-02T03:04:05Z",
        "-026-01-02T03:04:05Z",
        "2026-02-29T03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2026-00-02T03:04:05Z",
        "2026-01-00T03:04:05Z",
        "2026-01-32T03:04:05Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:60Z",
        "0000-01-02T03:04:05Z",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.1234567890Z",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+01:60",
        "2026-01-02T03:04:05+1:00",
        "2026-01-02T03:04:05+01",
        "2026-01-02T03:04:05+01:00:00",
        "2026-1-02T03:04:05Z",
        "2026-01-02T3:04:05Z",
        "12026-01-02T03:04:05Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "２026-01-02T03:04:05Z",
    ] {
        assert_eq!(read(Rfc3339, text), None, "{text}");
    }
    assert_eq!(
        UnixMillis::from_rfc3339("2024-02-29T00:00:00Z"),
        Some(UnixMillis(1_709_164_800_000))
    );
}

#[test]
fn reads_named_dates() {
    use TimeFormat::{HttpDate, LongDate};
    assert_eq!(
        read(HttpDate, "Fri, 02 Jan 2026 03:04:05 GMT"),
        Some(T - 678)
    );
    assert_eq!(
        read(HttpDate, "Fri, 2 Jan 2026 03:04:05 GMT"),
        Some(T - 678)
    );
    assert_eq!(
        read(LongDate, "Thursday, 18 June 2015 07:30:19 GMT"),
        Some(1_434_612_619_000)
    );
    assert_eq!(
        read(LongDate, "Friday, 2 January 2026 03:04:05 GMT"),
        Some(T - 678)
    );
    for text in [
        "Thu, 02 Jan 2026 03:04:05 GMT",
        "fri, 02 Jan 2026 03:04:05 GMT",
        "Fri, 02 jan 2026 03:04:05 GMT",
        "Fri, 02 Jan 2026 03:04:05 UTC",
        "Fri, 02 Jan 2026 03:04:05 gmt",
        "Fri, 02 Jan 2026 03:04:05",
        "Fri, 02 Jan 2026 03:04:05 +0000",
        "Fri,02 Jan 2026 03:04:05 GMT",
        "Fri,  2 Jan 2026 03:04:05 GMT",
        "Fri, 002 Jan 2026 03:04:05 GMT",
        "Fri, 0 Jan 2026 03:04:05 GMT",
        "Fri, 2  Jan 2026 03:04:05 GMT",
        "Friday, 02 Jan 2026 03:04:05 GMT",
        "Fri, 02 January 2026 03:04:05 GMT",
        "Fri, 02 Jan 26 03:04:05 GMT",
        "Fri, 02 Jan 2026 3:04:05 GMT",
        "Fri, 02 Jan 2026 03:04:05 GMT ",
        "Friday, 02-Jan-26 03:04:05 GMT",
        "Fri Jan  2 03:04:05 2026",
        "Mon, 30 Feb 2026 03:04:05 GMT",
        "Xyz, 02 Jan 2026 03:04:05 GMT",
        "ven, 02 janv 2026 03:04:05 GMT",
        "",
    ] {
        assert_eq!(read(HttpDate, text), None, "{text}");
        assert_eq!(read(LongDate, text), None, "{text}");
    }
}

#[test]
fn reads_numbers_and_the_rest() {
    use TimeFormat::{Amz, Compact, DateTime, Unix, UnixMillis as Ms, Ymd};
    assert_eq!(read(Unix, "0"), Some(0));
    assert_eq!(read(Unix, "1767323045"), Some(T - 678));
    assert_eq!(read(Unix, "99999999999"), Some(99_999_999_999_000));
    assert_eq!(read(Ms, "1767323045678"), Some(T));
    assert_eq!(read(Ms, "100000000000"), Some(100_000_000_000));
    assert_eq!(read(Ms, "99999999999999"), Some(99_999_999_999_999));
    for text in [
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x1",
        "1e3",
        "1_0",
        "123456789012",
        "99999999999999999999999",
        "１",
        "1\n",
        "1\0",
    ] {
        assert_eq!(read(Unix, text), None, "{text}");
    }
    for text in [
        "",
        "12345678901",
        "123456789012345",
        "99999999999999999999",
        "-767323045678",
        "176732304567 ",
    ] {
        assert_eq!(read(Ms, text), None, "{text}");
    }
    assert_eq!(read(Amz, "20260102T030405Z"), Some(T - 678));
    assert_eq!(read(Ymd, "20260102"), Some(1_767_312_000_000));
    assert_eq!(read(DateTime, "2026-01-02 03:04:05"), Some(T - 678));
    assert_eq!(read(Compact, "20260102030405"), Some(T - 678));
    for text in [
        "20260102T030405",
        "20260102T030405z",
        "20260230T030405Z",
        "20260102T250405Z",
        "2026010T2030405Z",
    ] {
        assert_eq!(read(Amz, text), None, "{text}");
    }
    for text in ["20260231", "2026010", "202601021", "2026-1-2", "00000101"] {
        assert_eq!(read(Ymd, text), None, "{text}");
    }
    assert_eq!(read(DateTime, "2026-01-02T03:04:05"), None);
    assert_eq!(read(Compact, "2026010203040"), None);
    let huge = vec![b'9'; 1 << 20];
    assert!(
        TimeFormat::ALL
            .into_iter()
            .all(|format| format.read(&huge).is_none())
    );
}

#[test]
fn first_format_that_fits() {
    let accept = [
        TimeFormat::Unix,
        TimeFormat::UnixMillis,
        TimeFormat::Rfc3339,
    ];
    assert_eq!(
        read_any(&accept, b"1767323045678"),
        Some((TimeFormat::UnixMillis, UnixMillis(T)))
    );
    assert_eq!(
        read_any(&accept, b"1767323045"),
        Some((TimeFormat::Unix, UnixMillis(T - 678)))
    );
    assert_eq!(read_any(&accept, b"now"), None);
    assert_eq!(read_any(&[], b"0"), None);
}

#[test]
fn names() {
    for format in TimeFormat::ALL {
        assert_eq!(TimeFormat::parse_name(format.name()), Some(format));
    }
    assert_eq!(TimeFormat::parse_name("RFC3339"), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read(ms in 100_000_000_000_i64..99_999_999_999_999) {
        for format in TimeFormat::ALL {
            let text = written(format, ms);
            let shown = match format {
                TimeFormat::Rfc3339MillisZ | TimeFormat::Rfc3339 | TimeFormat::UnixMillis => ms,
                TimeFormat::Ymd => ms - ms.rem_euclid(86_400_000),
                _ => ms - ms.rem_euclid(1000),
            };
            prop_assert_eq!(read(format, &text), Some(shown));
            prop_assert!(format.chars().contains_all(text.as_bytes()));
        }
    }

    #[test]
    fn agrees_with_jiff(ms in -62_135_596_800_000_i64..=253_402_207_200_000) {
        let t = jiff::Timestamp::from_millisecond(ms).unwrap();
        prop_assert_eq!(written(TimeFormat::Rfc3339MillisZ, ms), t.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
        prop_assert_eq!(written(TimeFormat::HttpDate, ms), t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
        prop_assert_eq!(written(TimeFormat::LongDate, ms), t.strftime("%A, %d %B %Y %H:%M:%S GMT").to_string());
        prop_assert_eq!(UnixMillis::from_rfc3339(&UnixMillis(ms).to_rfc3339_millis()), Some(UnixMillis(ms)));
    }

    #[test]
    fn one_changed_byte_is_read_right_or_refused(at in 0usize..36, byte in any::<u8>()) {
        for format in TimeFormat::ALL {
            let mut text = written(format, T).into_bytes();
            if let Some(place) = text.get_mut(at) {
                *place = byte;
            }
            if format.read(&text).is_some() {
                prop_assert!(format.chars().contains_all(&text));
            }
        }
    }

    #[test]
    fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        for format in TimeFormat::ALL {
            let _ = format.read(&text);
        }
    }
}
