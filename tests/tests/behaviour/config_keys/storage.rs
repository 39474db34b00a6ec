//! `version` and `storage`.

use std::fs;

use super::world::{World, task};

pub fn version() {
    let world = World::new("version: 1\n");
    world.job(&[]);
    world.configure("version: 2\n");
    let (output, _) = world.run(&[], |_| ());
    assert!(output.code != Some(0) && output.stderr.contains("version 2 is newer"), "{output}");
}

pub fn runs_dir() {
    let world = World::new("");
    let (elsewhere, usual) =
        (world.env.path().join("elsewhere"), world.env.home().join(".local/share/conductor-loop/runs"));
    for (config, root) in [(String::new(), &usual), (named(&elsewhere), &elsewhere)] {
        world.configure(&config);
        let (output, slug) = world.run(&[], |command| {
            command.env_remove("CONDUCTOR_ROOT");
        });
        output.ok();
        assert_eq!(task(root, &slug).root().path(), root);
    }
}

fn named(root: &std::path::Path) -> String {
    format!("storage: {{ runs_dir: '{}' }}", root.display())
}

pub fn extra_roots() {
    let (world, other) = (World::new(""), World::new(""));
    other.job(&[]);
    let listed = || world.env.json(&["list", "--all"])["tasks"].as_array().expect("a list").clone();
    assert_eq!(listed().len(), 0);
    let root = other.env.root();
    world.configure(&format!("storage: {{ extra_roots: ['{}'] }}", root.display()));
    let tasks = listed();
    assert_eq!((tasks.len(), tasks[0]["root"].as_str()), (1, root.to_str()));
    assert!(!world.env.root().exists(), "a list writes nothing");
    fs::rename(&root, other.env.path().join("moved")).expect("moved");
    let doctor = world.command(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains(&format!("extra root {} is not listed", root.display())), "{doctor}");
}
