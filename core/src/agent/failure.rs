//! What an agent's words about its own failure mean.
//!
//! Agents put the cause into prose. The phrases below are those that the agents and the services behind
//! them are known to print; what is not known is transient, which is bounded by `max_failures`.

use jiff::Timestamp;

use super::reset::reset_time;
use super::{Exit, Fold, Verdict};
use crate::model::FailureClass;

/// The conversation has grown too long, or is not there any more: a fresh session helps.
const CONTEXT: &[&str] = &[
    "prompt is too long",
    "input is too long",
    "context window",
    "context length",
    "context_length_exceeded",
    "maximum prompt length",
    "maximum number of tokens allowed",
    "ran out of room in the model's context",
    "no conversation found with session id",
    "no rollout found for thread id",
    "invalid session identifier",
    "error resuming session",
];

/// The account has used up what it may use: waiting helps, trying again at once does not.
const USAGE_LIMIT: &[&str] = &[
    "usage limit",
    "usage_limit",
    "credit balance is too low",
    "exceeded your current quota",
    "insufficient_quota",
    "insufficient_credits",
    "quota exceeded",
    "quota will reset",
    "payment required",
    "exhausted your",
    "out of credits",
    "used all available credits",
    "spending limit",
    "hit your limit",
    "hour limit reached",
    "session limit",
    "weekly limit",
];

/// Trying again cannot help.
const PERMANENT: &[&str] = &[
    "401 unauthorized",
    "unauthorized",
    "authentication_error",
    "authentication_failed",
    "authentication failed",
    "authorization required",
    "invalid api key",
    "invalid x-api-key",
    "incorrect api key",
    "api key not valid",
    "api_key_invalid",
    "api key expired",
    "invalid bearer token",
    "oauth token has expired",
    "not logged in",
    "please run /login",
    "please set an auth method",
    "must specify the gemini_api_key",
    "permission_error",
    "403 forbidden",
    "issue with the selected model",
    "model_not_found",
    "model not found",
    "does not exist or",
    "unknown model",
    "invalid model",
    "is not supported when using codex with a chatgpt account",
    "unexpected argument",
    "unknown option",
    "unknown argument",
    "unrecognized option",
    "cannot be used with root/sudo",
    "command not found",
    "no prompt provided",
];

/// What a failure that is told in `text`, with the HTTP status where one is known, means for what comes
/// next. `now` is what a time left ("try again in 3 hours") is counted from.
pub fn classify(text: &str, status: Option<u16>, now: Timestamp) -> FailureClass {
    // Google's plain rate limit names the quota in an aside.
    let text = text.to_lowercase().replace("(e.g. check quota)", "");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(CONTEXT) {
        return FailureClass::Context;
    }
    // Before the status: one service answers an empty account with 401.
    if says(USAGE_LIMIT) || status == Some(402) {
        return FailureClass::UsageLimit { until: reset_time(&text, now) };
    }
    if says(PERMANENT) || matches!(status, Some(401 | 403)) {
        return FailureClass::Permanent;
    }
    FailureClass::Transient
}

/// Whether words say that the account has used up what it may use.
pub(super) fn is_usage_limit(text: &str) -> bool {
    matches!(classify(text, None, Timestamp::now()), FailureClass::UsageLimit { .. })
}

/// The verdict that an agent's own request for a retry already allows: a key that is refused once is
/// refused for ever, yet claude tries for three minutes.
pub fn early(fold: &Fold) -> Option<Verdict> {
    let retry = fold.last_retry.as_ref()?;
    let refused = retry.status == Some(401);
    let class = classify(&retry.message, retry.status, Timestamp::now());
    (refused && class == FailureClass::Permanent).then(|| {
        Verdict::bad(class, format!("the key or login is refused (401): {}", one_line(&retry.message)))
    })
}

/// Judges an agent that reports how its turn ended: claude, codex, gemini, REST.
pub(super) fn judge_by_result(fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
    match (&fold.result, exit.code, exit.signal) {
        (_, _, Some(signal)) => Verdict::bad(
            FailureClass::Transient,
            format!("ended by signal {signal} ({})", signal_name(signal)),
        ),
        (Some(result), code, None) if result.ok => match code.filter(|code| *code != 0) {
            None => good(fold),
            Some(code) => {
                failed(fold, stderr_tail, &format!("exit code {code} after it had reported success"))
            }
        },
        (Some(result), _, None) => {
            let text =
                if result.text.trim().is_empty() { fold.last_error.as_deref() } else { Some(&*result.text) };
            told(fold, text.unwrap_or("the agent reported a failure without a reason"))
        }
        (None, Some(0), None) => failed(fold, "", "it exited with 0 but never reported how its turn ended"),
        (None, Some(code), None) => failed(fold, stderr_tail, &exit_words(code)),
        (None, None, None) => {
            failed(fold, stderr_tail, "its exit was not seen and it never reported how its turn ended")
        }
    }
}

/// A good run, with a word on what it was not allowed to do.
fn good(fold: &Fold) -> Verdict {
    let summary = (!fold.denied.is_empty())
        .then(|| format!("{} tool calls were refused: {}", fold.denied.len(), fold.denied.join("; ")));
    Verdict { ok: true, class: None, summary: summary.map(|text| one_line(&text)) }
}

/// A failure with the agent's own words.
fn told(fold: &Fold, text: &str) -> Verdict {
    let status = fold.last_retry.as_ref().and_then(|retry| retry.status);
    let known = fold.last_warning.as_deref().filter(|warning| warning.contains("usage limit"));
    let class = match classify(text, status, Timestamp::now()) {
        // The reset time stands in a warning before, not in the last words.
        FailureClass::UsageLimit { until: None } => FailureClass::UsageLimit {
            until: known.and_then(|warning| reset_time(&warning.to_lowercase(), Timestamp::now())),
        },
        class => class,
    };
    Verdict::bad(class, one_line(text))
}

/// A failure that is only known from the outside: the best words are the last error, a retry that never
/// came good, the last line of standard error; else what happened.
pub(super) fn failed(fold: &Fold, stderr_tail: &str, what: &str) -> Verdict {
    let retry = fold.last_retry.as_ref().map(|retry| retry.message.as_str());
    if let Some(words) = fold.last_error.as_deref().or(retry) {
        return told(fold, &format!("{words} ({what})"));
    }
    let class = classify(stderr_tail, None, Timestamp::now());
    match telling_line(stderr_tail) {
        Some(line) => Verdict::bad(class, format!("{} ({what})", one_line(line))),
        None => Verdict::bad(class, what),
    }
}

/// The line of standard error that says most: the first that speaks of an error, else the last.
fn telling_line(stderr: &str) -> Option<&str> {
    let lines = || stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let speaks = |line: &&str| {
        let line = line.to_lowercase();
        line.starts_with("error") || line.contains("error:") || line.contains("fatal")
    };
    lines().find(speaks).or_else(|| lines().next_back())
}

/// An exit code in words; shells and some agents report a signal as 128 + its number.
pub(super) fn exit_words(code: i32) -> String {
    match code - 128 {
        signal @ (1 | 2 | 3 | 6 | 9 | 15) => {
            format!("exit code {code}, which stands for signal {signal} ({})", signal_name(signal))
        }
        _ => format!("exit code {code}"),
    }
}

fn signal_name(signal: i32) -> &'static str {
    nix::sys::signal::Signal::try_from(signal).map_or("unknown", nix::sys::signal::Signal::as_str)
}

/// Text as one line of at most 300 characters.
pub(super) fn one_line(text: &str) -> String {
    const MAX: usize = 300;
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= MAX {
        return joined;
    }
    joined.chars().take(MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str) -> FailureClass {
        classify(text, None, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_services_say_is_classified() {
        for text in [
            "prompt is too long: 250000 tokens > 200000 maximum",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            "This model's maximum prompt length is 131072 but the request contains 250000 tokens.",
            "No conversation found with session ID: 00000000-0000-4000-8000-000000000000",
        ] {
            assert_eq!(class(text), FailureClass::Context, "{text}");
        }
        for text in [
            "Your credit balance is too low to access the Anthropic API.",
            "Quota exceeded. Check your plan and billing details.",
            "[API Error: You have exhausted your daily quota on this model.]",
            "Your team has either used all available credits or reached its monthly spending limit.",
            "You've hit your usage limit. Upgrade to Pro",
        ] {
            assert!(matches!(class(text), FailureClass::UsageLimit { .. }), "{text}");
        }
        for text in [
            "Invalid API key · Fix external API key",
            "unexpected status 401 Unauthorized: Incorrect API key provided: test-key.",
            "API key not valid. Please pass a valid API key.",
            "error: unexpected argument '--nope' found",
            "There's an issue with the selected model (nope). It may not exist",
        ] {
            assert_eq!(class(text), FailureClass::Permanent, "{text}");
        }
        for text in [
            "Resource has been exhausted (e.g. check quota).",
            "Rate limit reached for stub-model on requests per min (RPM): Limit 3. Please try again in 1s.",
            "API Error: 400 stub error 400",
            "Overloaded",
            "",
        ] {
            assert_eq!(class(text), FailureClass::Transient, "{text}");
        }
    }

    #[test]
    fn an_empty_account_behind_a_401_is_a_limit_and_not_a_bad_key() {
        let found = classify(
            "You exceeded your current quota (insufficient_quota)",
            Some(401),
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!(found, FailureClass::UsageLimit { until: None });
    }

    #[test]
    fn the_most_telling_line_of_standard_error_is_chosen() {
        let stderr =
            "Warning: colours\nError resuming session: Invalid session identifier \"x\".\n  Use --list\n";
        let verdict = failed(&Fold::default(), stderr, "exit code 42");
        assert_eq!(verdict.class, Some(FailureClass::Context));
        assert!(verdict.summary.expect("words").starts_with("Error resuming session"));
    }

    #[test]
    fn exit_codes_that_stand_for_signals_say_so() {
        assert_eq!(exit_words(143), "exit code 143, which stands for signal 15 (SIGTERM)");
        assert_eq!(exit_words(144), "exit code 144");
        assert_eq!(exit_words(1), "exit code 1");
    }
}
