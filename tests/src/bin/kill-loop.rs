//! `kill-loop [ROUNDS] [SEED] [JOBS]`: kills supervisors and agents at random, recovers, and checks every
//! promise. JOBS rounds at a time.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let mut number = |default: u64| args.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, seed, jobs) = (number(100), number(1), number(1));
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let report = conductor_tests::kill::run(count(rounds), seed, count(jobs), |report| {
        if report.rounds.is_multiple_of(10) {
            eprintln!(
                "{} rounds: {} acknowledged, {} violations",
                report.rounds,
                report.acknowledged,
                report.violations.len()
            );
        }
    });
    println!("{}", report.table());
    for violation in &report.violations {
        println!("violation: {violation}");
    }
    ExitCode::from(u8::from(!report.violations.is_empty()))
}
