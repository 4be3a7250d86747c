//! The signed time in another notation, zone, language or unit, or read from the clock a second time.

use super::clue::{Clue, Scene, See};
use crate::recipe::TimestampSpec;
use crate::time::{TimeFormat, UnixMillis, read_any};

const MINUTE: i64 = 60_000;

/// Every departure of the time. `text` is what travels.
pub(super) fn time(spec: &TimestampSpec, scene: Scene<'_>, text: &[u8], wide: bool, see: See<'_>) {
    let Some((format, instant)) = read(spec, text) else {
        return;
    };
    let mut put = |clue: Clue, text: &[u8], at: UnixMillis| {
        see(
            &[clue],
            Scene {
                time: Some((text, Some(at))),
                ..scene
            },
        );
    };
    notations(format, instant, text, &mut put);
    // The clock was read twice: most often within the next second.
    let seconds: Vec<i64> = (1..=if wide { 30 } else { 3 }).collect();
    for second in seconds {
        for ms in [second * 1000, -second * 1000] {
            shifted(format, instant, ms, "timestamp-regenerated", text, &mut put);
        }
    }
    if wide
        && matches!(
            format,
            TimeFormat::UnixMillis | TimeFormat::Rfc3339MillisZ | TimeFormat::Rfc3339
        )
    {
        for ms in (1..=250).flat_map(|ms| [ms, -ms]) {
            shifted(format, instant, ms, "timestamp-regenerated", text, &mut put);
        }
    }
    let step = if wide { 15 } else { 60 };
    for quarter in (-12 * 60 / step)..=(14 * 60 / step) {
        if quarter != 0 {
            let ms = quarter * step * MINUTE;
            shifted(
                format,
                instant,
                ms,
                "date-signed-in-local-time",
                text,
                &mut put,
            );
        }
    }
    for translated in languages(text) {
        put(Clue::new("date-not-english"), &translated, instant);
    }
}

/// The instant of a time text, also of one that the scheme would refuse.
pub(super) fn read(spec: &TimestampSpec, text: &[u8]) -> Option<(TimeFormat, UnixMillis)> {
    let known = read_any(&spec.accept, text).or_else(|| read_any(&TimeFormat::ALL, text));
    known.or_else(|| languages_back(text).find_map(|t| read_any(&TimeFormat::ALL, &t)))
}

type Put<'p> = &'p mut dyn FnMut(Clue, &[u8], UnixMillis);

fn shifted(
    format: TimeFormat,
    instant: UnixMillis,
    ms: i64,
    id: &'static str,
    original: &[u8],
    put: Put<'_>,
) {
    let at = UnixMillis(instant.0.saturating_add(ms));
    let mut text = Vec::new();
    if format.write(at, &mut text).is_err() || text == original {
        return;
    }
    let zone = "the local zone is ahead of UTC";
    let about = match ms {
        _ if id != "date-signed-in-local-time" => format!("by {} ms", ms.abs()),
        ms if ms > 0 => format!("{zone} by {} min", ms / MINUTE),
        ms => format!("the local zone is behind UTC by {} min", -ms / MINUTE),
    };
    put(Clue::about(id, about), &text, at);
}

fn is_number(format: TimeFormat) -> bool {
    matches!(format, TimeFormat::Unix | TimeFormat::UnixMillis)
}

fn notations(format: TimeFormat, instant: UnixMillis, original: &[u8], put: Put<'_>) {
    let mut texts: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for other in TimeFormat::ALL {
        let id = if is_number(format) && is_number(other) {
            "timestamp-unit-differs"
        } else {
            "timestamp-format-differs"
        };
        let mut text = Vec::new();
        if other.write(instant, &mut text).is_ok() {
            texts.push((id, text));
        }
    }
    let known = texts.len();
    for index in 0..known {
        let text = String::from_utf8_lossy(&texts[index].1).into_owned();
        for (from, to) in [
            ("Z", "+00:00"),
            ("Z", "+0000"),
            ("Z", ""),
            ("Z", " UTC"),
            ("Z", ".000Z"),
            ("Z", ".000000Z"),
            ("Z", ".000+00:00"),
            (".000Z", "+00:00"),
            ("000Z", "000000Z"),
            ("T", " "),
            ("+00:00", "Z"),
            ("GMT", "UTC"),
            ("GMT", "+0000"),
            ("GMT", "Z"),
            (", 0", ", "),
        ] {
            if text.contains(from) {
                texts.push((
                    "timestamp-format-differs",
                    text.replacen(from, to, 1).into_bytes(),
                ));
            }
        }
    }
    let seconds = instant.0.div_euclid(1000);
    for text in [
        format!("{seconds}.0"),
        format!("{seconds}.{:03}", instant.0.rem_euclid(1000)),
        format!("{}000", instant.0),
        format!("{}000000", instant.0),
    ] {
        texts.push(("timestamp-unit-differs", text.into_bytes()));
    }
    // Sent in one notation, signed in the scheme's own: fractions cut off.
    if let Some(cut) = std::str::from_utf8(original)
        .ok()
        .and_then(|t| t.split_once('.'))
    {
        let zone: String = cut.1.chars().skip_while(char::is_ascii_digit).collect();
        texts.push((
            "timestamp-format-differs",
            format!("{}{zone}", cut.0).into_bytes(),
        ));
    }
    for (id, text) in texts {
        if text != original {
            put(Clue::about(id, "the same instant"), &text, instant);
        }
    }
}

/// Abbreviated and full names by language: weekdays from Monday, then months.
const ENGLISH: [&str; 19] = [
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const ENGLISH_FULL: [&str; 19] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
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

/// What C, Java and .NET libraries write where the machine speaks German, French, Spanish, Italian, Portuguese or Dutch.
const LANGUAGES: [[&str; 19]; 16] = [
    [
        "Mo", "Di", "Mi", "Do", "Fr", "Sa", "So", "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul",
        "Aug", "Sep", "Okt", "Nov", "Dez",
    ],
    [
        "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.", "Jan.", "Feb.", "März", "Apr.", "Mai",
        "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
    [
        "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So.", "Jan", "Feb", "Mär", "Apr", "Mai", "Jun",
        "Jul", "Aug", "Sep", "Okt", "Nov", "Dez",
    ],
    [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.", "janv.", "févr.", "mars", "avr.",
        "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    [
        "lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.", "janv.", "févr.", "mars", "avril",
        "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    [
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "lun", "mar", "mié", "jue", "vie", "sáb", "dom", "ene", "feb", "mar", "abr", "may", "jun",
        "jul", "ago", "sep", "oct", "nov", "dic",
    ],
    [
        "lun.", "mar.", "mié.", "jue.", "vie.", "sáb.", "dom.", "ene.", "feb.", "mar.", "abr.",
        "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic.",
    ],
    [
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "lun", "mar", "mer", "gio", "ven", "sab", "dom", "gen", "feb", "mar", "apr", "mag", "giu",
        "lug", "ago", "set", "ott", "nov", "dic",
    ],
    [
        "lunedì",
        "martedì",
        "mercoledì",
        "giovedì",
        "venerdì",
        "sabato",
        "domenica",
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "seg", "ter", "qua", "qui", "sex", "sáb", "dom", "jan", "fev", "mar", "abr", "mai", "jun",
        "jul", "ago", "set", "out", "nov", "dez",
    ],
    [
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    [
        "ma", "di", "wo", "do", "vr", "za", "zo", "jan", "feb", "mrt", "apr", "mei", "jun", "jul",
        "aug", "sep", "okt", "nov", "dec",
    ],
    [
        "maandag",
        "dinsdag",
        "woensdag",
        "donderdag",
        "vrijdag",
        "zaterdag",
        "zondag",
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
];

/// An English date text with the names of other languages.
fn languages(text: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Vec::new();
    };
    let Some((weekday, _)) = text.split_once(',') else {
        return Vec::new();
    };
    let from = if weekday.len() > 3 {
        &ENGLISH_FULL
    } else {
        &ENGLISH
    };
    let translated = LANGUAGES.iter().map(|to| swap(text, from, to).into_bytes());
    translated.collect()
}

/// A text in another language with English names.
fn languages_back(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let text = String::from_utf8_lossy(text).into_owned();
    let english = [&ENGLISH, &ENGLISH_FULL];
    LANGUAGES.iter().flat_map(move |from| {
        let text = text.clone();
        english.map(move |to| swap(&text, from, to).into_bytes())
    })
}

fn swap(text: &str, from: &[&str; 19], to: &[&str; 19]) -> String {
    let word = |word: &str, range: std::ops::Range<usize>| {
        let at = range
            .clone()
            .find(|&i| from[i].eq_ignore_ascii_case(word))?;
        Some(to[at].to_owned())
    };
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for (index, text) in words.iter_mut().enumerate() {
        let new = match (index, text.strip_suffix(',')) {
            (0, Some(day)) => word(day, 0..7).map(|w| format!("{w},")),
            (0, None) => None,
            (_, _) => word(text, 7..19),
        };
        if let Some(new) = new {
            *text = new;
        }
    }
    words.join(" ")
}
