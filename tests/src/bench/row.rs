//! A row of the table, and the table as Markdown.

use std::time::Duration;

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    what: String,
    floor: String,
    ours: String,
    figure: String,
    target: String,
    /// Whether the target is met; none where there is none.
    pub met: Option<bool>,
}

impl Row {
    /// A rate beside the floor's, of which it has to reach a part.
    pub fn ratio(what: &str, rate: f64, floor: f64, target: f64) -> Self {
        let ratio = rate / floor;
        Self {
            what: what.to_owned(),
            floor: per_second(floor),
            ours: per_second(rate),
            figure: format!("{ratio:.2}"),
            target: format!("≥ {target}"),
            met: Some(ratio >= target),
        }
    }

    /// A time that may not be exceeded, whatever the floor.
    pub fn time(what: &str, floor: Duration, ours: Duration, limit: Duration) -> Self {
        Self {
            what: what.to_owned(),
            floor: time(floor),
            ours: time(ours),
            figure: time(ours),
            target: format!("≤ {}", time(limit)),
            met: Some(ours <= limit),
        }
    }

    /// A time that may exceed the floor by so much.
    pub fn beyond(what: &str, floor: Duration, ours: Duration, limit: Duration) -> Self {
        let beyond = ours.saturating_sub(floor);
        Self {
            what: what.to_owned(),
            floor: time(floor),
            ours: time(ours),
            figure: format!("+{}", time(beyond)),
            target: format!("≤ +{}", time(limit)),
            met: Some(beyond <= limit),
        }
    }

    /// Memory that may not be exceeded, in KiB.
    pub fn memory(what: &str, floor: u64, ours: u64, limit: u64) -> Self {
        Self {
            what: what.to_owned(),
            floor: mebibytes(floor),
            ours: mebibytes(ours),
            figure: mebibytes(ours),
            target: format!("≤ {} MiB", limit / 1024),
            met: Some(ours <= limit),
        }
    }

    /// How often something may happen in a second; doing nothing is the floor.
    pub fn frequency(what: &str, ours: f64, limit: f64) -> Self {
        Self {
            what: what.to_owned(),
            floor: "0/s".to_owned(),
            ours: format!("{ours:.1}/s"),
            figure: format!("{ours:.1}/s"),
            target: format!("≤ {limit}/s"),
            met: Some(ours <= limit),
        }
    }

    /// A rate that has to be reached, whatever the floor.
    pub fn rate(what: &str, rate: f64, floor: f64, target: f64) -> Self {
        let shown =
            |rate: f64| if rate >= 10_000.0 { format!("{:.0}k", rate / 1e3) } else { format!("{rate:.0}") };
        Self {
            what: what.to_owned(),
            floor: shown(floor),
            ours: shown(rate),
            figure: shown(rate),
            target: format!("≥ {target}"),
            met: Some(rate >= target),
        }
    }

    /// A share of one core that may not be exceeded.
    pub fn share(what: &str, share: f64, limit: f64) -> Self {
        let percent = |share: f64| format!("{:.2} %", share * 100.0);
        Self {
            what: what.to_owned(),
            floor: percent(0.0),
            ours: percent(share),
            figure: percent(share),
            target: format!("< {}", percent(limit)),
            met: Some(share < limit),
        }
    }

    /// So many were done, each as it should be; else the table would not be there.
    pub fn count(what: &str, count: u64) -> Self {
        let text = count.to_string();
        Self {
            what: what.to_owned(),
            floor: String::new(),
            ours: text.clone(),
            figure: text.clone(),
            target: text,
            met: Some(true),
        }
    }

    /// A figure beside the others, without a target.
    #[must_use]
    pub fn untargeted(self) -> Self {
        Self { target: "–".to_owned(), met: None, ..self }
    }

    fn cells(&self) -> [&str; 6] {
        let met = match self.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        [&self.what, &self.floor, &self.ours, &self.figure, &self.target, met]
    }
}

fn per_second(rate: f64) -> String {
    if rate >= 10_000.0 { format!("{:.0}k/s", rate / 1e3) } else { format!("{rate:.0}/s") }
}

fn time(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        ..100.0 => format!("{micros:.1} µs"),
        ..100_000.0 => format!("{:.2} ms", micros / 1e3).replace(".00 ", " "),
        _ => format!("{:.2} s", micros / 1e6),
    }
}

fn mebibytes(kibibytes: u64) -> String {
    format!("{:.1} MiB", kibibytes as f64 / 1024.0)
}

/// The table as Markdown.
pub fn table(rows: &[Row]) -> String {
    const HEAD: [&str; 6] = ["what", "floor", "ours", "figure", "target", "met"];
    let all: Vec<[&str; 6]> = std::iter::once(HEAD).chain(rows.iter().map(Row::cells)).collect();
    let widths: [usize; 6] = std::array::from_fn(|column| {
        all.iter().map(|cells| cells[column].chars().count()).max().unwrap_or_default()
    });
    let line = |cells: &[&str; 6]| {
        let cells = cells.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = |(column, width): (usize, &usize)| match column {
        0 => "-".repeat(*width),
        _ => format!("{}:", "-".repeat(width - 1)),
    };
    let rule = format!("| {} |\n", widths.iter().enumerate().map(rule).collect::<Vec<_>>().join(" | "));
    all.iter().take(1).map(line).chain([rule]).chain(all.iter().skip(1).map(line)).collect()
}
