//! A small root as the seed system and its older shell tool leave it, for tests of readers.

use std::path::{Path, PathBuf};

/// Builds a root file by file.
pub struct SeedRoot {
    temp: tempfile::TempDir,
}

impl Default for SeedRoot {
    fn default() -> Self {
        Self::new()
    }
}

impl SeedRoot {
    /// A root with one project and a task of every kind: see the constants' tests for what is in it.
    pub fn new() -> Self {
        let seed = Self { temp: tempfile::tempdir().expect("a temp folder") };
        seed.file("_audit/form-submissions.jsonl", "{}\n");
        seed.file(".conductor/root-task-planner.yaml", "queue: []\n");
        seed.file("shop/PROJECT-ROOT.txt", "/srv/shop\n");
        seed.file("shop/PROJECT-MESSAGE-BUS.md", &record(1, "FACT", "the tax rate is 19 %"));
        seed.file("shop/home-folders.md", "- /srv/shop\n");
        seed.completed();
        seed.killed();
        seed.failed();
        seed.same_second();
        seed.waiting();
        seed
    }

    /// Where the root is. Its parent holds nothing else.
    pub fn path(&self) -> PathBuf {
        self.temp.path().join("runs")
    }

    /// The folder around the root.
    pub fn around(&self) -> &Path {
        self.temp.path()
    }

    /// Writes a file of the root, its folders made.
    pub fn file(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// Writes a run of `shop`; `lines` are its status and whatever else differs.
    pub fn run(&self, task: &str, run: &str, lines: &str) {
        let text = format!(
            "version: 1\nrun_id: {run}\nproject_id: shop\ntask_id: {task}\nagent: claude\n\
             process_ownership: managed\npgid: 1\ncwd: /srv/shop\nagent_version: 2.1.4 (Claude Code)\n{lines}"
        );
        self.file(&format!("shop/{task}/runs/{run}/run-info.yaml"), &text);
        self.file(&format!("shop/{task}/runs/{run}/prompt.md"), "Do it.\n");
        self.file(&format!("shop/{task}/runs/{run}/agent-stdout.txt"), "done\n");
    }

    fn completed(&self) {
        let task = "task-20260110-101500-completed";
        self.file(&format!("shop/{task}/TASK.md"), "Add a basket.\n");
        self.file(&format!("shop/{task}/DONE"), "");
        self.file(&format!("shop/{task}/TASK-MESSAGE-BUS.md"), &record(2, "PROGRESS", "half\n---\nway"));
        self.run(
            task,
            "20260110-1015000000-10-1",
            "pid: 11\nstart_time: 2026-01-10T10:15:00.5Z\nend_time: 2026-01-10T10:16:00Z\nexit_code: 0\nstatus: completed\n",
        );
    }

    /// Killed by a stop, twice; the second file was written over by a reader, as the seed system does.
    fn killed(&self) {
        let task = "task-20260110-111500-killed";
        self.file(&format!("shop/{task}/TASK.md"), "Rotate the keys.\n");
        self.file(&format!("shop/{task}/STOP-REQUESTED"), "permanent\n");
        self.file(&format!("shop/{task}/DONE"), "");
        let times = "pid: 12\nstart_time: 2026-01-10T11:15:00Z\nend_time: 2026-01-10T11:16:00Z\n";
        let said = "error_summary: agent exited with code -1\n";
        self.run(task, "20260110-1115000000-10-1", &format!("{times}exit_code: -1\nstatus: failed\n{said}"));
        let times = "pid: 12\nstart_time: 2026-01-10T11:17:00Z\nend_time: 2026-01-10T11:18:00Z\n";
        self.run(
            task,
            "20260110-1117000000-10-2",
            &format!("{times}exit_code: 0\nstatus: completed\n{said}"),
        );
    }

    fn failed(&self) {
        let task = "task-20260110-121500-failed";
        self.file(&format!("shop/{task}/TASK.md"), "Find the flaky test.\n");
        self.run(
            task,
            "20260110-1215000000-10-1",
            "pid: 13\nstart_time: 2026-01-10T12:15:00Z\nend_time: 2026-01-10T12:16:00Z\nexit_code: 3\nstatus: failed\n\
             error_summary: agent exited with code 3\n",
        );
    }

    /// Three runs within one second, whose names do not sort as they began; one cannot be read.
    fn same_second(&self) {
        let task = "any_id";
        self.file(&format!("shop/{task}/TASK.md"), "Split the service.\n");
        self.file(&format!("shop/{task}/DONE"), "");
        let run = |name: &str, fraction: &str, more: &str| {
            let lines = format!(
                "pid: 14\nstart_time: 2026-01-10T13:15:00.{fraction}Z\nend_time: 2026-01-10T13:15:00.9Z\n\
                 exit_code: 0\nstatus: completed\n{more}"
            );
            self.run(task, name, &lines);
        };
        run("20260110-1315000000-20-1", "1", "");
        run("20260110-1315000000-31-1", "3", "parent_run_id: 20260110-1315000000-20-1\n");
        run("20260110-1315000000-32-1", "2", "parent_run_id: 20260110-1315000000-20-1\n");
        self.file(&format!("shop/{task}/runs/20260110-1316000000-40-1/run-info.yaml"), "status: [\n");
    }

    fn waiting(&self) {
        let task = "task-20260110-141500-waiting";
        self.file(&format!("shop/{task}/TASK.md"), "Then deploy.\n");
        self.file(&format!("shop/{task}/TASK-CONFIG.yaml"), "depends_on:\n    - any_id\n");
        self.file(&format!("shop/{task}/TASK-MESSAGE-BUS.md"), "[2026-01-10 14:15:00] INFO: started\n");
    }

    /// Adds what the older shell tool leaves, below a folder of the root (`""`: in the root itself).
    pub fn flat_runs(&self, below: &str) {
        let at = |rest: &str| if below.is_empty() { rest.to_owned() } else { format!("{below}/{rest}") };
        self.file(&at("MESSAGE-BUS.md"), "[2025-12-01 09:00:00] FACT: it was a warm winter\n");
        for (run, facts) in [
            ("run_20251201-090000-77", "/srv/old\nEXIT_CODE=0\n"),
            ("run_20251201-100000-78", "CWD=/srv/old\nAGENT=codex\nEXIT_CODE=137\n"),
            ("run_20251201-110000-79", "/srv/old\n"),
        ] {
            self.file(&at(&format!("runs/{run}/cwd.txt")), facts);
            self.file(&at(&format!("runs/{run}/prompt.md")), "Count the trees.\n");
            self.file(&at(&format!("runs/{run}/agent-stdout.txt")), "3\n");
        }
    }
}

/// A record of the seed system's bus.
fn record(number: u32, kind: &str, body: &str) -> String {
    format!(
        "---\nmsg_id: MSG-20260110-101500-00000000{number}-PID00010-0001\nts: 2026-01-10T10:15:00Z\ntype: {kind}\n\
         project_id: shop\ntask_id: \"\"\nrun_id: \"\"\n---\n{body}\n"
    )
}
