//! Times in records: `2026-11-20T20:13:00.123456Z`, always 27 bytes.

use jiff::Timestamp;

/// Bytes of a time in a record.
pub(super) const LEN: usize = 27;

const DAY: i64 = 86_400;

/// Writes `at` in the fixed form; times before 1970 are written as its first moment.
pub(super) fn write(at: Timestamp, out: &mut [u8; LEN]) {
    let micros = at.as_microsecond().max(0);
    let seconds = micros / 1_000_000;
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    out.copy_from_slice(b"0000-00-00T00:00:00.000000Z");
    digits(&mut out[0..4], year);
    digits(&mut out[5..7], month);
    digits(&mut out[8..10], day);
    digits(&mut out[11..13], time / 3600);
    digits(&mut out[14..16], time / 60 % 60);
    digits(&mut out[17..19], time % 60);
    digits(&mut out[20..26], micros % 1_000_000);
}

/// Reads the fixed form quickly, and any other RFC 3339 time as well.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    fixed(text.as_bytes()).or_else(|| text.parse().ok())
}

fn fixed(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; LEN] = text.try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
    if marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let (year, month, day) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
    let (hour, minute, second) = (number(&text[11..13])?, number(&text[14..16])?, number(&text[17..19])?);
    let in_range = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let seconds = days * DAY + hour * 3600 + minute * 60 + second;
    Timestamp::from_microsecond(seconds * 1_000_000 + number(&text[20..26])?).ok()
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

fn digits(out: &mut [u8], mut value: i64) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Year, month and day of a count of days since 1970-01-01, in the proleptic Gregorian calendar.
/// Years are counted from March so that the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(at: &str) -> String {
        let mut out = [0; LEN];
        write(at.parse().expect("a valid time"), &mut out);
        String::from_utf8(out.to_vec()).expect("ASCII")
    }

    #[test]
    fn the_fixed_form_round_trips() {
        for at in
            ["2026-11-20T20:13:00.123456Z", "1970-01-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z"]
        {
            assert_eq!(text(at), at);
            assert_eq!(fixed(at.as_bytes()), at.parse().ok());
        }
        assert_eq!(text("1960-01-01T00:00:00Z"), "1970-01-01T00:00:00.000000Z");
        assert_eq!(text("2100-03-01T00:00:00.5Z"), "2100-03-01T00:00:00.500000Z");
    }

    #[test]
    fn other_forms_are_read_and_nonsense_is_not() {
        assert_eq!(parse("2026-02-20T10:15:00+02:00"), "2026-02-20T08:15:00Z".parse().ok());
        for bad in ["2023-02-29T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "yesterday", ""] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_microsecond_round_trips(micros in 0i64..253_402_207_200_000_000) {
            let at = Timestamp::from_microsecond(micros).expect("in range");
            let mut out = [0; LEN];
            write(at, &mut out);
            proptest::prop_assert_eq!(fixed(&out), Some(at));
            proptest::prop_assert_eq!(std::str::from_utf8(&out).ok().and_then(|t| t.parse().ok()), Some(at));
        }
    }
}
