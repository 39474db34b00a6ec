//! When a usage limit resets, as far as an agent's words tell.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, ZonedDateTime};

/// The time at which the limit in `text` (lower case) resets: a Unix time, a time left, a time of day or
/// a date with a time of day. Times without a zone are the machine's. Never before `now`.
pub(super) fn reset_time(text: &str, now: Timestamp) -> Option<Timestamp> {
    let found = unix_time(text).or_else(|| time_left(text, now)).or_else(|| clock_time(text, now))?;
    // More than a month away is a misreading.
    (found > now && found < now + SignedDuration::from_hours(24 * 32)).then_some(found)
}

/// `usage limit reached|1735689600`, `resets_at: 1735689600`.
fn unix_time(text: &str) -> Option<Timestamp> {
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>();
    let after =
        |mark: &str| text.split(mark).nth(1).map(|rest| digits(rest.trim_start_matches([' ', ':', '"'])));
    let found = after("|").filter(|found| found.len() == 10).or_else(|| after("resets_at"))?;
    (found.len() == 10).then(|| found.parse().ok()).flatten().and_then(|s| Timestamp::from_second(s).ok())
}

/// `try again in 2 days 3 hours 5 minutes`, `quota will reset after 3h20m5s`, `retry in 34.07s`.
fn time_left(text: &str, now: Timestamp) -> Option<Timestamp> {
    let mark = ["try again in ", "reset after ", "resets in ", "reset in ", "retry in "];
    let rest = mark.iter().find_map(|mark| text.split(mark).nth(1))?;
    let mut seconds = 0.0;
    let mut rest = rest.trim_start();
    while let Some((amount, unit, after)) = amount(rest) {
        seconds += amount * unit;
        rest = after.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (seconds > 0.0).then(|| now + SignedDuration::from_secs(seconds.ceil() as i64))
}

/// One amount with its unit in seconds, and what follows it.
fn amount(text: &str) -> Option<(f64, f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..end].parse().ok()?;
    let rest = text[end..].trim_start();
    let word_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let unit = match &rest[..word_end] {
        "d" | "day" | "days" => 86_400.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        _ => return None,
    };
    Some((number, unit, &rest[word_end..]))
}

/// `resets 3pm (europe/berlin)`, `resets at 3:30 pm`, `resets oct 5 at 3pm`, `try again at 3:05 pm`.
fn clock_time(text: &str, now: Timestamp) -> Option<Timestamp> {
    let rest = ["resets ", "reset at ", "try again at "].iter().find_map(|mark| text.split(mark).nth(1))?;
    let zone = zone(rest).unwrap_or_else(TimeZone::system);
    let here = now.to_zoned_datetime(zone.clone());
    let words: Vec<&str> = rest.split([' ', ',', '(']).filter(|word| !word.is_empty()).collect();
    let day = month_day(&words, &here);
    let at = words
        .iter()
        .enumerate()
        .take(6)
        .find_map(|(i, word)| time_of_day(word, words.get(i + 1).copied()))?;
    let moment =
        |date: jiff::civil::Date| DateTime::from_parts(date, at).to_zoned_datetime(zone.clone()).ok();
    let found = match day {
        Some(date) => moment(date)?,
        None => moment(here.date())
            .filter(|found| *found > here)
            .or_else(|| moment(here.date().tomorrow().ok()?))?,
    };
    Some(found.timestamp())
}

fn zone(text: &str) -> Option<TimeZone> {
    let name = text.split('(').nth(1)?.split(')').next()?;
    TimeZone::get(name).ok()
}

fn month_day(words: &[&str], here: &ZonedDateTime) -> Option<jiff::civil::Date> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (at, month) = words.iter().take(3).enumerate().find_map(|(i, word)| {
        MONTHS.iter().position(|name| word.starts_with(name)).map(|month| (i, month as i8 + 1))
    })?;
    let digits: String = words.get(at + 1)?.chars().take_while(char::is_ascii_digit).collect();
    let date = jiff::civil::Date::new(here.year(), month, digits.parse().ok()?).ok()?;
    if date < here.date() { date.checked_add(1.year()).ok() } else { Some(date) }
}

/// `3pm`, `3:30pm`, `15:00`, and `3:30` followed by the word `pm`.
fn time_of_day(word: &str, next: Option<&str>) -> Option<Time> {
    let word = word.trim_end_matches(['.', ')']);
    let half = |text: &str| match text.trim_end_matches('.') {
        "am" => Some(0),
        "pm" => Some(12),
        _ => None,
    };
    let digits_end = word.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(word.len());
    let (clock, suffix) = word.split_at(digits_end);
    let offset = half(suffix).or_else(|| suffix.is_empty().then(|| next.and_then(half)).flatten());
    if clock.is_empty()
        || (!suffix.is_empty() && offset.is_none())
        || (offset.is_none() && !clock.contains(':'))
    {
        return None;
    }
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "0"));
    let hour: i8 = hour.parse().ok()?;
    let hour = offset.map_or(hour, |offset| hour % 12 + offset);
    Time::new(hour, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reset(text: &str) -> Option<String> {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
        reset_time(&text.to_lowercase(), now).map(|found| found.to_string())
    }

    #[test]
    fn reset_times_are_read_from_prose() {
        for (text, expected) in [
            ("Claude AI usage limit reached|1795200000", "2026-11-20T18:40:00Z"),
            ("You've hit your limit · resets 3pm (UTC)", "2026-11-20T15:00:00Z"),
            ("5-hour limit reached ∙ resets 3am (UTC)", "2026-11-21T03:00:00Z"),
            ("weekly limit reached, resets Nov 25 at 9:30am (UTC)", "2026-11-25T09:30:00Z"),
            ("hit your limit · resets 3pm (Europe/Berlin)", "2026-11-20T14:00:00Z"),
            ("try again in 2 days 3 hours 5 minutes.", "2026-11-22T15:05:00Z"),
            ("Your quota will reset after 3h20m5s.", "2026-11-20T15:20:05Z"),
            ("Please retry in 34.07s.", "2026-11-20T12:00:35Z"),
        ] {
            assert_eq!(reset(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "usage limit reached",
            "try again in a while",
            "limit reached|17",
            "usage limit reached|1600000000",
            "resets soon",
            "try again at another day",
        ] {
            assert_eq!(reset(text), None, "{text}");
        }
    }
}
