//! Does one thing with a root or a folder in a process of its own, for tests that need several.
//!
//! `hold <dir> <lock>` holds a lock until its input ends; `count <dir> <times>` adds to a counter
//! under a lock; `init <root>` opens or initialises a root and prints its id; `replace <dir>` replaces
//! a file until it is killed; `migrate <root>` migrates a root.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use conductor_core::model::Limits;
use conductor_core::store::{Dir, OfdLock, Result, Root, migrate};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["hold", dir, lock] => hold(Path::new(dir), lock),
        ["count", dir, times] => count(Path::new(dir), times.parse().unwrap_or(1)),
        ["init", root] => init(Path::new(root)),
        ["replace", dir] => replace(Path::new(dir)),
        ["migrate", root] => migrate_root(Path::new(root)),
        _ => return ExitCode::from(2),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn hold(dir: &Path, lock: &str) -> Result<()> {
    let _lock = OfdLock::acquire(&Dir::open(dir)?, lock, Duration::from_secs(60))?;
    println!("held");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}

fn count(dir: &Path, times: u32) -> Result<()> {
    let dir = Dir::open(dir)?;
    for _ in 0..times {
        let _lock = OfdLock::acquire(&dir, "lock", Duration::from_secs(60))?;
        let so_far: u32 = dir.read_text("counter", 64)?.trim().parse().unwrap_or(0);
        dir.replace_lazy("counter", (so_far + 1).to_string().as_bytes())?;
    }
    Ok(())
}

fn init(root: &Path) -> Result<()> {
    println!("{}", Root::open_or_init(root)?.id().unwrap_or("none"));
    Ok(())
}

fn replace(dir: &Path) -> Result<()> {
    let dir = Dir::open(dir)?;
    dir.replace("file", &[b'a'; 20_000])?;
    println!("ready");
    for letter in (b'a'..=b'z').cycle() {
        dir.replace("file", &[letter; 20_000])?;
    }
    Ok(())
}

fn migrate_root(root: &Path) -> Result<()> {
    let plan = migrate::plan(root)?;
    let migrated = migrate::execute(&plan, &Limits::default())?;
    println!("{}", migrated.kept.display());
    Ok(())
}
