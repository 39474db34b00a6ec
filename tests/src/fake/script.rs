//! The script within a prompt.

/// One line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Its line in the prompt, from 1.
    pub(super) line: usize,
    /// The word after `@`.
    pub(super) word: String,
    /// The rest of the line.
    pub(super) rest: String,
}

/// For which run a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Every,
    Run(u32),
    Other,
}

/// The steps of a prompt.
#[derive(Debug, Default)]
pub(super) struct Script {
    steps: Vec<(Section, Step)>,
}

impl Script {
    pub(super) fn parse(prompt: &str) -> Self {
        let bounded = prompt.lines().any(|line| line.trim_end() == "@begin");
        let mut within = !bounded;
        let mut section = Section::Every;
        let mut script = Self::default();
        for (number, line) in prompt.lines().enumerate() {
            let line = line.trim_end();
            match line {
                "@begin" => within = true,
                "@end" => within = !bounded,
                _ if !within => {}
                _ => {
                    if let Some(head) = line.strip_prefix("@@") {
                        section = head.trim().parse().map_or(Section::Other, Section::Run);
                    } else if let Some(step) = step(number + 1, line) {
                        script.steps.push((section, step));
                    }
                }
            }
        }
        script
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps of the n-th run, from 1.
    pub(super) fn of_run(&self, run: u32) -> impl Iterator<Item = &Step> {
        let has_own = self.steps.iter().any(|(section, _)| *section == Section::Run(run));
        let own = if has_own { Section::Run(run) } else { Section::Other };
        self.steps
            .iter()
            .filter(move |(section, _)| *section == Section::Every || *section == own)
            .map(|(_, step)| step)
    }
}

fn step(line: usize, text: &str) -> Option<Step> {
    let text = text.strip_prefix('@').filter(|text| text.starts_with(|c: char| c.is_ascii_lowercase()))?;
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some(Step { line, word: word.to_owned(), rest: rest.trim().replace("\\n", "\n") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &Script, run: u32) -> Vec<&str> {
        script.of_run(run).map(|step| step.word.as_str()).collect()
    }

    #[test]
    fn each_run_has_its_section() {
        let script =
            Script::parse("do this:\n@say a\\nb\n mail@example.org\n@@1\n@sleep 1\n@@2\n@done\n@@*\n@same");
        assert_eq!(words(&script, 1), ["say", "sleep"]);
        assert_eq!(words(&script, 2), ["say", "done"]);
        assert_eq!(words(&script, 3), ["say", "same"]);
        assert_eq!(script.of_run(1).next().map(|step| step.rest.as_str()), Some("a\nb"));
    }

    #[test]
    fn what_is_bounded_is_all() {
        let script = Script::parse("@say from a message\n@begin\n@done\n@end\n@exit 3");
        assert_eq!(words(&script, 1), ["done"]);
        assert!(Script::parse("no script").is_empty());
    }
}
