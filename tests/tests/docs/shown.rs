//! Blocks of commands that are marked `# runs`: they are run as they stand.

use conductor_tests::Running;
use conductor_tests::env::PATIENCE;
use conductor_tests::{Output, TestEnv};

use crate::pages::{Block, Page};

/// The line that marks a block.
const MARK: &str = "# runs";

#[test]
fn commands_that_documents_show_work_as_they_stand() {
    let pages = Page::all();
    let blocks: Vec<(String, Block)> = pages
        .iter()
        .flat_map(|page| page.blocks().into_iter().map(|block| (page.name(), block)))
        .filter(|(_, block)| block.text.starts_with(MARK))
        .collect();
    assert!(blocks.len() >= 3, "only {} blocks are marked", blocks.len());
    for (name, block) in blocks {
        let output = run(&block.text);
        assert_eq!(output.code, Some(0), "{name}:{}: {output}", block.line);
    }
}

/// Runs a block in a world of its own, in which every agent is the scripted one.
fn run(text: &str) -> Output {
    let env = TestEnv::new();
    env.git_init();
    let mut command = env.command("bash", &["-euc", text]);
    Running::start(&mut command, "the block").wait(PATIENCE)
}
