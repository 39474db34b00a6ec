//! `npm run bench`: one table, with the machine's floors measured in the same run.
//!
//! Starts itself in the roles of writers and readers; without a role it prints the table.

use std::path::Path;
use std::process::ExitCode;

use conductor_tests::bench::{bus, lists, table};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [role, folder, argument] => play(role, Path::new(folder), argument),
        _ => return print_table(),
    }
    ExitCode::SUCCESS
}

fn play(role: &str, folder: &Path, argument: &str) {
    let count = || argument.parse().expect("a count");
    match role {
        "append" => bus::write_messages(folder, count(), false),
        "append-sync" => bus::write_messages(folder, count(), true),
        "bare" => bus::write_bare(folder, count(), false),
        "bare-sync" => bus::write_bare(folder, count(), true),
        "read-ten" => bus::read_ten(folder, argument),
        _ => panic!("no role {role}"),
    }
}

/// Prints the table; fails when a target is missed.
fn print_table() -> ExitCode {
    // Beside the program: the disk that people's roots are on, not a file system in memory.
    let program = std::env::current_exe().expect("this program");
    let beside = program.parent().expect("its folder");
    let folder = tempfile::tempdir_in(beside).expect("a temporary folder");
    let mut rows = bus::rows(folder.path(), 1_000_000);
    let root = tempfile::tempdir_in(beside).expect("a temporary folder");
    rows.extend(lists::rows(root.path(), 10_000));
    print!("{}", table(&rows));
    ExitCode::from(u8::from(rows.iter().any(|row| !row.met)))
}
