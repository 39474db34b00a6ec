//! `npm run bench`: one table, with the machine's floors measured in the same run.
//!
//! Starts itself in the roles of writers, readers and agents; without a role it prints the table.
//! Names of groups (`bus reading post launch idle list`) choose rows; without any it prints all.

use std::path::Path;

use conductor_tests::bench::{Row, World, bus, idle, launch, lists, process, reading, table, world};

/// The groups of rows, in the order of the table.
const GROUPS: [&str; 6] = ["bus", "reading", "post", "launch", "idle", "list"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["agent", notes] => launch::agent(Path::new(notes)),
        [group, ..] if GROUPS.contains(&group) => print_table(&words),
        [role, folder, argument] => play(role, Path::new(folder), argument),
        [] => print_table(&GROUPS),
        _ => panic!("no such group of rows: {words:?}; there are {GROUPS:?}"),
    }
}

fn play(role: &str, folder: &Path, argument: &str) {
    let count = || argument.parse().expect("a count");
    match role {
        "append" => bus::write_messages(folder, count(), false),
        "append-sync" => bus::write_messages(folder, count(), true),
        "bare" => bus::write_bare(folder, count(), false),
        "bare-sync" => bus::write_bare(folder, count(), true),
        "read-ten" => reading::read_ten(folder, argument),
        "read-last" => reading::read_last(folder),
        "read-bare" => reading::read_bare(folder),
        _ => panic!("no role {role}"),
    }
}

fn print_table(groups: &[&str]) {
    let rows: Vec<Row> =
        GROUPS.iter().filter(|group| groups.contains(group)).flat_map(|group| rows(group)).collect();
    print!("{}", table(&rows));
}

fn rows(group: &str) -> Vec<Row> {
    eprintln!("measuring: {group}");
    match group {
        "bus" => bus::rows(world::folder().path()),
        "reading" => {
            let folder = world::folder();
            bus::prepare(folder.path());
            reading::rows(folder.path())
        }
        "post" => vec![process::post(&World::new())],
        "launch" => launch::rows(&World::new()),
        "idle" => idle::rows(&World::new()),
        _ => lists::rows(),
    }
}
