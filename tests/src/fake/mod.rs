//! The scripted agent: does what lines of its prompt say, so that a test can script any behaviour.

mod actor;
mod children;
mod options;
mod script;
mod steps;
mod voice;

use std::io::{self, Read};
use std::process::ExitCode;

use actor::{Actor, Flow};
use options::Options;
use voice::Voice;

/// Exit code for a script that cannot be understood, or a step that could not be done.
const BROKEN_SCRIPT: u8 = 64;

/// The body of the binary; `args` without the program's name.
pub fn main(args: Vec<String>) -> ExitCode {
    if args.first().is_some_and(|first| first == children::ARGUMENT) {
        return children::main(&args[1..]);
    }
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{}", help());
        return ExitCode::SUCCESS;
    }
    if args.iter().any(|arg| arg == "--version" || arg == "-v") {
        println!("1.0.0 (fake agent)");
        return ExitCode::SUCCESS;
    }
    match run(&Options::of(&args)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("fake-agent: {error}");
            ExitCode::from(BROKEN_SCRIPT)
        }
    }
}

fn run(options: &Options) -> io::Result<u8> {
    let prompt = prompt(options)?;
    let mut actor = Actor::new(Voice::new(options));
    let script = actor.script(&prompt)?;
    actor.begin()?;
    for step in script.of_run(actor.run_number()) {
        let act = steps::find(&step.word)
            .ok_or_else(|| io::Error::other(format!("line {}: unknown step @{}", step.line, step.word)))?;
        let flow = act(&mut actor, &step.rest).map_err(|error| {
            io::Error::other(format!("line {}: @{} {}: {error}", step.line, step.word, step.rest))
        })?;
        if let Flow::Exit(code) = flow {
            return Ok(code);
        }
    }
    actor.finish()?;
    Ok(0)
}

/// Standard input, else the last argument: the path of a file, or the prompt itself.
fn prompt(options: &Options) -> io::Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    if bytes.is_empty()
        && let Some(last) = &options.last
    {
        bytes = std::fs::read(last).unwrap_or_else(|_| last.clone().into_bytes());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn help() -> String {
    let mut text = String::from(
        "\
fake-agent: does what its prompt's lines say that begin with @

  fake-agent [--format text|json|claude] [--session-id ID] [--resume ID] [PROMPT]

The prompt comes on standard input, else as the last argument (a file's path or the text). Other
options are accepted and ignored; --output-format stream-json means --format claude.
Where the prompt has a line @begin, only what follows it, up to @end, is the script. A prompt without
a script (a continued session) repeats the last one that the task gave.

Lines before the first @@ belong to every run. Then, by the number of the task's run (kept in the
task's folder):
  @@1            what follows is for the first run, @@2 for the second, …
  @@*            for runs without a section of their own
\\n in a step is a line end. After the last step the agent tells its result and exits with 0.

Steps:
",
    );
    for step in steps::STEPS {
        text.push_str(&format!("  {:<28} {}\n", format!("@{} {}", step.word, step.takes), step.does));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::script::Script;
    use super::*;

    #[test]
    fn help_names_every_step() {
        let text = help();
        for step in steps::STEPS {
            assert!(text.contains(&format!("  @{}", step.word)), "{}", step.word);
        }
    }

    #[test]
    fn steps_have_one_meaning() {
        let mut words: Vec<_> = steps::STEPS.iter().map(|step| step.word).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
        assert!(Script::parse("@say hello").of_run(1).count() == 1);
    }
}
