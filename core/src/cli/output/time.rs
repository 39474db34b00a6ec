//! Times and amounts in few letters.

use jiff::{SignedDuration, Timestamp};

/// How long ago: `now`, `12s`, `5m`, `3h`, `4d`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..=1 => "now".to_owned(),
        2..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m", seconds / 60),
        3600..=86_399 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// How long: `0.4s`, `12s`, `3m 05s`, `2h 07m`.
pub fn took(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..=9 => format!("{:.1}s", duration.as_secs_f64().max(0.0)),
        10..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A time of day in the person's zone, with the date where it is another day: `14:02`, `3 Nov 14:02`.
pub fn clock(time: Timestamp, now: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::system();
    let (time, now) = (time.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone));
    let pattern = if time.date() == now.date() { "%H:%M" } else { "%-d %b %H:%M" };
    time.strftime(pattern).to_string()
}

/// US dollars: `$0.04`, `$12.30`.
pub fn dollars(amount: f64) -> String {
    format!("${amount:.2}")
}

/// A count of tokens: `950`, `12.3k`, `1.2M`.
pub fn tokens(count: u64) -> String {
    match count {
        0..=999 => count.to_string(),
        1000..=999_999 => format!("{:.1}k", count as f64 / 1e3),
        _ => format!("{:.1}M", count as f64 / 1e6),
    }
}

/// A size in bytes: `950 B`, `1.2 MiB`.
pub fn bytes(count: u64) -> String {
    let mut size = count as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if size < 1024.0 {
            return if unit == "B" { format!("{count} B") } else { format!("{size:.1} {unit}") };
        }
        size /= 1024.0;
    }
    format!("{size:.1} TiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_few_letters() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(100);
        let ages = [0, 12, 300, 3 * 3600, 4 * 86_400].map(|s| ago(now - SignedDuration::from_secs(s), now));
        assert_eq!(ages, ["now", "12s", "5m", "3h", "4d"]);
        assert_eq!(ago(now + SignedDuration::from_secs(9), now), "now");
        let spans = [400, 12_000, 185_000, 7_620_000].map(|ms| took(SignedDuration::from_millis(ms)));
        assert_eq!(spans, ["0.4s", "12s", "3m 05s", "2h 07m"]);
        assert_eq!([tokens(950), tokens(12_345), tokens(1_200_000)], ["950", "12.3k", "1.2M"]);
        assert_eq!([bytes(950), bytes(1_258_291)], ["950 B", "1.2 MiB"]);
    }
}
