//! The scripted agent's part: three turns, two child tasks, a question, a commit.
//!
//! Like a real agent it finds out where it stands from the world (its own TASK_STATE.md and the bus),
//! not from its caller.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::actor::{Actor, folder, number};

/// Seconds that the question waits for a person.
pub const QUESTION: &str = "CONDUCTOR_DEMO_QUESTION";
/// Enough for who watches a terminal.
const USUAL_QUESTION: u64 = 3;

/// What a child task is asked for, and the file it makes.
struct Errand {
    prompt: &'static str,
    file: &'static str,
    text: &'static str,
}

const ERRANDS: [Errand; 2] = [
    Errand {
        prompt: "Write usage notes for slug.sh into USAGE.md",
        file: "USAGE.md",
        text: "# Usage\n\n    sh slug.sh \"Hello World\"      prints hello-world\n\n\
               Anything that is no letter or digit becomes one hyphen.\n",
    },
    Errand {
        prompt: "Write examples for slug.sh into titles.txt",
        file: "titles.txt",
        text: "Hello World -> hello-world\nRock & Roll! -> rock-roll\nCafé au lait -> cafe-au-lait\n",
    },
];

/// The body of the hidden command: plays the turn that is due.
pub fn main() -> ExitCode {
    match play(&mut Actor::new()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo agent: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(actor: &mut Actor) -> io::Result<()> {
    let prompt = actor.prompt()?;
    if let Some(errand) = ERRANDS.iter().find(|errand| prompt.contains(errand.prompt)) {
        return run_errand(actor, errand);
    }
    let state = folder("JRUN_TASK_FOLDER")?.join("TASK_STATE.md");
    match std::fs::read_to_string(&state).unwrap_or_default().lines().next() {
        None => look_and_delegate(actor, &state),
        Some("delegated") => implement_and_ask(actor, &state),
        Some(_) => apply_answer_and_finish(actor, &state),
    }
}

fn run_errand(actor: &mut Actor, errand: &Errand) -> io::Result<()> {
    actor.shell("cat ../slug.sh")?;
    actor.write(Path::new(errand.file), errand.text)?;
    actor
        .shell(&format!("run-agent bus post --on-project --type FACT --body '{} is written'", errand.file))?;
    actor.end(&format!("{} is written.", errand.file))
}

fn look_and_delegate(actor: &mut Actor, state: &Path) -> io::Result<()> {
    actor.say("First I look at what is there and what fails.")?;
    actor.shell("git log --oneline && ls")?;
    actor.shell("sh check.sh")?;
    actor.say("Two parts need nothing from each other: two child tasks do them in parallel.")?;
    for (name, folder, errand) in
        [("usage-notes", "docs", &ERRANDS[0]), ("examples", "examples", &ERRANDS[1])]
    {
        let prompt = errand.prompt;
        actor.shell(&format!("run-agent job --detach --task {name} --cwd {folder} \"{prompt}\""))?;
    }
    for name in ["usage-notes", "examples"] {
        actor.shell(&format!("run-agent watch {name} --timeout 60s"))?;
    }
    actor.shell("run-agent bus read --on-project --type FACT")?;
    actor.shell("run-agent bus post --type PROGRESS --body 'notes and examples are in; slug.sh is next'")?;
    actor.write(state, "delegated\n")?;
    actor.end("Notes and examples are written. Next turn: slug.sh itself.")
}

fn implement_and_ask(actor: &mut Actor, state: &Path) -> io::Result<()> {
    actor.say("Punctuation first.")?;
    actor.write(Path::new("slug.sh"), include_str!("files/slug.1.sh"))?;
    actor.shell("sh check.sh")?;
    actor.say("What becomes of accents is not mine to decide: I ask, and name a default.")?;
    actor.write(state, "asked\n")?;
    let seconds = number(QUESTION).unwrap_or(USUAL_QUESTION);
    actor.shell(&format!(
        "run-agent ask 'Café: drop accents (cafe) or keep them (café)?' \
         --choice drop --choice keep --default drop --after {seconds}s"
    ))?;
    actor.end("Asked about accents; I go on with the answer.")
}

fn apply_answer_and_finish(actor: &mut Actor, state: &Path) -> io::Result<()> {
    let answer = actor.shell("run-agent bus read --type ANSWER --tail 1")?;
    if answer.contains("keep") {
        actor.say("Keep them, then: the check is what has to change.")?;
        actor.shell("sed -i \"s/'cafe-au-lait'/'café-au-lait'/\" check.sh")?;
        actor.write(Path::new("slug.sh"), include_str!("files/slug.3.sh"))?;
    } else {
        actor.say("Drop them, then.")?;
        actor.write(Path::new("slug.sh"), include_str!("files/slug.2.sh"))?;
    }
    actor.shell("sh check.sh")?;
    actor.shell("run-agent bus post --type DECISION --body 'accents: as answered, and said in slug.sh'")?;
    actor.shell(
        "git add -A && git commit -q -m 'slug: handle punctuation and accents' && git log --oneline",
    )?;
    let report = folder("JRUN_RUN_FOLDER")?.join("output.md");
    actor.write(&report, include_str!("files/output.md"))?;
    actor.write(state, "done\n")?;
    actor.shell("run-agent done -m 'all 3 checks pass; committed'")?;
    actor.end("Done: all checks pass, committed.")
}
