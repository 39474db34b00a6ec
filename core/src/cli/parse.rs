//! Values of options.

use std::time::Duration;

use crate::model::TaskStatus;
use crate::model::task::OnDependencyFailure;

/// A time span: `90s`, `15m`, `8h`, `2d`, `1h30m`; a bare number is seconds; `0` switches off.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time span: write 90s, 15m, 8h or 1h30m");
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let (mut total, mut digits) = (0_u64, String::new());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let amount: u64 = digits.parse().map_err(|_| wrong())?;
        total = amount.checked_mul(unit).and_then(|n| total.checked_add(n)).ok_or_else(wrong)?;
        digits.clear();
    }
    if digits.is_empty() && !text.is_empty() { Ok(Duration::from_secs(total)) } else { Err(wrong()) }
}

/// A sum of US dollars.
pub fn dollars(text: &str) -> Result<f64, String> {
    let sum = text.parse::<f64>().ok().filter(|sum| sum.is_finite() && *sum >= 0.0);
    sum.ok_or_else(|| format!("{text:?} is no sum of US dollars: write 2.50"))
}

/// `key=value`; the value is taken as JSON where it is, else as text.
pub fn meta(text: &str) -> Result<(String, serde_json::Value), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
            Ok((key.to_owned(), value))
        }
        _ => Err(format!("{text:?} must be key=value")),
    }
}

/// A task's status by its word.
pub fn status(text: &str) -> Result<TaskStatus, String> {
    text.parse().map_err(|_| {
        let all: Vec<_> = TaskStatus::all().map(TaskStatus::as_str).collect();
        format!("allowed are {}", all.join(", "))
    })
}

/// What happens to a task whose dependency failed.
pub fn on_failure(text: &str) -> Result<OnDependencyFailure, String> {
    match text {
        "fail" => Ok(OnDependencyFailure::Fail),
        "wait" => Ok(OnDependencyFailure::Wait),
        "ignore" => Ok(OnDependencyFailure::Ignore),
        _ => Err("allowed are fail, wait and ignore".to_owned()),
    }
}

/// `key=value`, both as text.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} must be key=value")),
    }
}

/// A parent message: `ID`, or `ID:kind`.
pub fn parent(text: &str) -> Result<crate::model::Parent, String> {
    let (id, kind) = match text.split_once(':') {
        Some((id, kind)) => (id, Some(kind.to_owned())),
        None => (text, None),
    };
    // Buses of other systems have ids of other forms, all of which begin so.
    if !id.strip_prefix("MSG-").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
        return Err("a parent is the id of a message: MSG-…, or MSG-…:kind".to_owned());
    }
    Ok(crate::model::Parent { msg_id: id.to_owned(), kind, at: None, meta: Default::default() })
}

/// A link: an address, optionally with `label=` before it.
pub fn link(text: &str) -> Result<crate::model::Link, String> {
    let (label, url) = match text.split_once('=') {
        Some((label, url)) if !label.contains([':', '/', '?']) => (Some(label.to_owned()), url),
        _ => (None, text),
    };
    if url.is_empty() {
        return Err("a link needs an address".to_owned());
    }
    Ok(crate::model::Link { url: url.to_owned(), label, kind: None })
}

/// A time: RFC 3339, or a span that is counted back from now (`15m`).
pub fn moment(text: &str) -> Result<jiff::Timestamp, String> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time);
    }
    let wrong = || format!("{text:?} is neither a time like 2026-11-20T20:13:00Z nor a span like 15m");
    let span = duration(text).map_err(|_| wrong())?;
    let span = jiff::SignedDuration::try_from(span).map_err(|_| wrong())?;
    jiff::Timestamp::now().checked_sub(span).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_strictly() {
        for (text, seconds) in
            [("0", 0), ("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172_800)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "m", "1x", "1h30", "-1s", "999999999999999999d"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sum_is_a_number_and_not_negative() {
        assert_eq!(["0", "2.50"].map(dollars), [Ok(0.0), Ok(2.5)]);
        for bad in ["nan", "inf", "1e400", "-1", "", "2 USD"] {
            assert!(dollars(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_parent_is_an_id_of_a_message() {
        let parent = |text| super::parent(text).map(|parent| (parent.msg_id, parent.kind));
        assert_eq!(parent("MSG-1").expect("an id"), ("MSG-1".to_owned(), None));
        assert_eq!(parent("MSG-1:reviews").expect("an id"), ("MSG-1".to_owned(), Some("reviews".to_owned())));
        for bad in ["", "bogus", "MSG-", "MSG-a b", ":kind"] {
            assert!(parent(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_label_stands_before_the_address() {
        let plain = link("https://example.org/?a=b").expect("an address");
        assert_eq!((plain.url.as_str(), plain.label), ("https://example.org/?a=b", None));
        let labelled = link("diff=out.patch").expect("an address");
        assert_eq!((labelled.url.as_str(), labelled.label.as_deref()), ("out.patch", Some("diff")));
    }
}
