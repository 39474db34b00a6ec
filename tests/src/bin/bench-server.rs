//! `npm run bench:server`: the server under load, beside what the same client reaches with a server that does
//! nothing. Names of groups (`pages events logs readers rest`) choose rows; without any it prints all.

use conductor_tests::bench::server::{GROUPS, rows};
use conductor_tests::bench::table;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    assert!(words.iter().all(|word| GROUPS.contains(&word.as_str())), "groups of rows are {GROUPS:?}");
    let chosen = GROUPS.iter().filter(|group| words.is_empty() || words.iter().any(|word| word == *group));
    let mut all = Vec::new();
    for group in chosen {
        eprintln!("measuring: {group}");
        all.extend(rows(group));
    }
    print!("{}", table(&all));
}
