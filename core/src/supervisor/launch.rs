//! From a decision to a living agent: prompt, run folder, command, gate, and only then the agent.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::apply;
use super::awake::Awake;
use super::binary;
use super::change::Looking;
use super::drive::Driver;
use super::error::SuperviseError;
use super::folder;
use super::live::Live;
use super::news::BusFile;
use super::notice;
use super::outcome::Outcome;
use super::process::gate::{GateError, Starting};
use super::process::{Cgroup, Gated, GatedLaunch, Reaper, Tree};
use super::stopwatch::Stopwatch;
use crate::agent::{
    AgentSettings, Backend, CommandSpec, Identity, Recorder, Start, StdinFrom, backend_of, choose,
    installed_version, new_session,
};
use crate::faults;
use crate::git::head_commit;
use crate::logs::watch::Watcher;
use crate::model::{Access, Message, MessageKind, Owed, RunId, RunInfo, RunStatus, TaskSpec, Workflow};
use crate::store::{Open, RunDir, RunFile, ServerFile};

/// Agents make room for the person at the machine.
const NICE: i32 = 5;
/// Under memory pressure the machine loses an agent, not the supervisor.
const OOM_SCORE_ADJ: i32 = 500;

/// What is known of a run before it begins.
pub(super) struct Plan {
    pub settings: AgentSettings,
    pub backend: &'static dyn Backend,
    pub access: Access,
    pub model: Option<String>,
    /// The session to continue.
    pub resume: Option<String>,
    pub iteration: u32,
    pub owed: Option<Owed>,
}

/// What takes a while, needs nothing of a run but its id, and so begins before there is a slot. Dropped,
/// nothing of it goes on.
pub(super) struct Ahead {
    gate: Starting,
    /// How the working folder looks, where nobody knows from an earlier run.
    before: Option<JoinHandle<Looking>>,
}

impl Ahead {
    /// Begins all of it: for the first run of a task.
    pub(super) fn begin(cli: &Path, run: &RunId, spec: &TaskSpec, reaper: &Reaper) -> Self {
        Self { gate: Starting::begin(cli, run), before: look(spec, reaper) }
    }
}

/// Begins to look at the working folder, on a thread of its own.
fn look(spec: &TaskSpec, reaper: &Reaper) -> Option<JoinHandle<Looking>> {
    let (cwd, reaper) = (PathBuf::from(&spec.cwd), reaper.clone());
    let look = move || Looking::begin(&cwd, &reaper);
    std::thread::Builder::new().name("folder".to_owned()).spawn(look).ok()
}

/// Why an agent was not started; the run tells it and the loop decides.
struct NotStarted {
    why: String,
    permanent: bool,
}

impl Driver<'_> {
    /// Begins what can be begun before the run has a slot.
    pub(super) fn begin(&self, run: &RunId) -> Ahead {
        let mut ahead = Ahead { gate: Starting::begin(&self.desk.cli, run), before: None };
        let compares = compares(self.owned.spec()) && self.owned.state().fingerprint.is_none();
        if compares || self.wants_begin() {
            ahead.before = look(self.owned.spec(), &self.desk.reaper);
        }
        ahead
    }

    /// Starts a run. None where its agent could not be started, which is recorded.
    pub(super) async fn launch(
        &mut self,
        run: RunId,
        owed: Option<Owed>,
        ahead: Ahead,
    ) -> Result<Option<Live>, SuperviseError> {
        let name = self.agent_name()?;
        let mut info =
            RunInfo::new(self.owned.spec().project_id.clone(), self.owned.spec().task_id.clone(), run, &name);
        let plan = match self.desk.config.agent(&name) {
            Ok(settings) => self.plan(settings, owed),
            Err(error) => {
                let dir = self.create_run(&info)?;
                return self.refuse(&dir, info, NotStarted { why: error.to_string(), permanent: true }).await;
            }
        };
        self.fill(&mut info, &plan);
        let dir = self.create_run(&info)?;
        faults::step("run.after-create");
        let (prompt, told) = self.prompt(&dir, &plan, &mut info)?;
        dir.dir().replace_lazy(RunFile::Prompt.name(), prompt.as_bytes())?;
        faults::step("run.after-prompt");
        let command = match self.command(&dir, &plan, &info, &prompt) {
            Ok(command) => command,
            Err(error) => return self.refuse(&dir, info, error).await,
        };
        info.commandline = Some(command.display.clone());
        info.agent_version = installed_version(&command.program);
        let cgroup = Cgroup::for_run(&info.run_id).ok().flatten();
        let before = match self.open_gate(&dir, &mut info, &command, cgroup.as_ref(), ahead).await? {
            Ok(before) => before,
            Err(error) => return self.refuse(&dir, info, error).await,
        };
        let now = self.owned.clock().now();
        let binary = binary::entry_of(&self.desk.cli).map(str::to_owned);
        self.commit("run.started", Some(&info), |state| {
            apply::run_started(state, &info, now);
            state.fingerprint = before.or(state.fingerprint.take());
            state.binary = binary;
        })?;
        faults::step("run.after-start");
        self.announce_start(&info, &told)?;
        Ok(Some(self.attend(dir, info, plan.settings, cgroup)?))
    }

    /// Makes a run's folder: from here on there is something to be missed.
    fn create_run(&mut self, info: &RunInfo) -> Result<RunDir, SuperviseError> {
        let dir = self.owned.task().create_run(info)?;
        self.run = Some(info.run_id.clone());
        Ok(dir)
    }

    /// Tells the gate what to become, records its process durably, and lets the agent begin. How the
    /// folder looked before that, where it was looked at.
    async fn open_gate(
        &mut self,
        dir: &RunDir,
        info: &mut RunInfo,
        command: &CommandSpec,
        cgroup: Option<&Cgroup>,
        ahead: Ahead,
    ) -> Result<Result<Option<String>, NotStarted>, SuperviseError> {
        let failed =
            |error: GateError| NotStarted { permanent: error.is_permanent(), why: error.to_string() };
        let gated = match self.prepare(ahead.gate, dir, command, cgroup)? {
            Ok(gated) => gated,
            Err(error) => return Ok(Err(failed(error))),
        };
        faults::step("run.after-fork");
        // What the agent is compared with is looked at before it can change anything, and before the record
        // says that it is there: no more than a moment is between that and its beginning.
        let before = match ahead.before.and_then(|before| before.join().ok()) {
            Some(before) => Some(before.finish().await),
            None => None,
        };
        let recording = self.begin_recording(before.as_ref()).await;
        let before = before.filter(|_| compares(self.owned.spec()));
        let before = before.map(|looked| looked.fingerprint(None).to_text(None));
        info.pid = Some(gated.id().pid);
        info.pgid = info.pid;
        info.process_start_time = Some(gated.id().start_time);
        info.cgroup = cgroup.map(|cgroup| cgroup.relative().to_owned());
        info.start_time = Some(self.owned.clock().now());
        let begun = self.owned.begin_run(dir, info);
        folder::recorded(recording);
        begun?;
        faults::step("run.after-record");
        let released = gated.release();
        faults::step("run.after-release");
        Ok(released.map(|_| before).map_err(failed))
    }

    fn prepare(
        &self,
        gate: Starting,
        dir: &RunDir,
        command: &CommandSpec,
        cgroup: Option<&Cgroup>,
    ) -> Result<Result<Gated, GateError>, SuperviseError> {
        let stdin = match command.stdin {
            StdinFrom::Prompt => dir.open(RunFile::Prompt, Open::Read)?,
            StdinFrom::Null => null()?,
        };
        let launch = GatedLaunch {
            program: &command.program,
            args: &command.args,
            env: &command.env,
            cwd: Path::new(&self.owned.spec().cwd),
            stdin,
            stdout: dir.open(RunFile::Stdout, Open::Append)?,
            stderr: dir.open(RunFile::Stderr, Open::Append)?,
            nice: NICE,
            oom_score_adj: OOM_SCORE_ADJ,
            cgroup,
        };
        Ok(gate.wait().and_then(|gate| gate.prepare(launch)))
    }

    /// A run whose agent was not started ends as failed, and counts.
    async fn refuse(
        &mut self,
        dir: &RunDir,
        mut info: RunInfo,
        error: NotStarted,
    ) -> Result<Option<Live>, SuperviseError> {
        info.start_time = Some(self.owned.clock().now());
        self.owned.begin_run(dir, &info)?;
        let now = self.owned.clock().now();
        self.commit("run.started", Some(&info), |state| apply::run_started(state, &info, now))?;
        self.finish_unborn(dir, info, Outcome::not_started(error.why, error.permanent), None).await?;
        Ok(None)
    }

    /// The agent of the next run: the one at work, the one asked for, or the one whose turn it is.
    fn agent_name(&self) -> Result<String, SuperviseError> {
        let (spec, config) = (self.owned.spec(), self.desk.config);
        if let Some(agent) = self.owned.state().agent.as_ref().or(spec.agent.as_ref()) {
            return Ok(agent.clone());
        }
        if let Some(selection) = &config.selection {
            let task = format!("{}/{}", spec.project_id, spec.task_id);
            return Ok(choose::choose(self.owned.root(), selection, &task)?);
        }
        let of_project =
            config.projects.get(spec.project_id.as_str()).and_then(|project| project.agent.as_ref());
        let chosen = of_project.or(config.defaults.agent.as_ref());
        Ok(chosen.map_or_else(|| "claude".to_owned(), String::clone))
    }

    fn plan(&self, settings: AgentSettings, owed: Option<Owed>) -> Plan {
        let (spec, state) = (self.owned.spec(), self.owned.state());
        let project = Some(spec.project_id.as_str());
        let wants_session = match owed {
            Some(Owed::Continue) => true,
            Some(Owed::Fresh) => false,
            Some(Owed::Gather) | None => spec.continuation == crate::model::task::Continuation::Session,
        };
        let backend = backend_of(&settings);
        let session = state.session.as_ref().filter(|session| session.agent == settings.name);
        // An earlier version may have noted one that cannot be continued.
        let wants_session = wants_session && backend.has_sessions();
        Plan {
            backend,
            access: spec.access.unwrap_or_else(|| self.desk.config.access(&settings, project)),
            model: spec.model.clone().or_else(|| self.desk.config.model(&settings, project)),
            resume: session.filter(|_| wants_session).map(|session| session.id.clone()),
            iteration: state.iteration + 1,
            owed,
            settings,
        }
    }

    fn fill(&self, info: &mut RunInfo, plan: &Plan) {
        let (spec, state, machine) = (self.owned.spec(), self.owned.state(), &self.desk.machine);
        info.parent_run_id.clone_from(&spec.parent_run_id);
        info.previous_run_id.clone_from(&state.last_run);
        info.phase = Some("implement".to_owned());
        info.iteration = Some(plan.iteration);
        info.boot_id = Some(machine.boot_id.clone());
        info.pid_namespace = Some(machine.pid_namespace);
        info.machine_id = Some(machine.machine_id.clone());
        info.supervisor_pid = Some(std::process::id().cast_signed());
        info.access = Some(plan.access);
        info.model.clone_from(&plan.model);
        info.session_id.clone_from(&plan.resume);
        info.base_commit = head_commit(Path::new(&spec.cwd));
        info.cwd = Some(spec.cwd.clone());
        let folder = self.owned.task().path().join("runs").join(info.run_id.as_str());
        let path = |file: RunFile| Some(folder.join(file.name()).display().to_string());
        info.prompt_path = path(RunFile::Prompt);
        info.output_path = path(RunFile::Output);
        info.stdout_path = path(RunFile::Stdout);
        info.stderr_path = path(RunFile::Stderr);
    }

    fn command(
        &self,
        dir: &RunDir,
        plan: &Plan,
        info: &RunInfo,
        prompt: &str,
    ) -> Result<CommandSpec, NotStarted> {
        let (spec, task) = (self.owned.spec(), self.owned.task());
        let variable =
            |name: &str| self.desk.env.get(std::ffi::OsStr::new(name))?.to_str().map(str::to_owned);
        let token = plan
            .settings
            .token(&variable)
            .map_err(|error| NotStarted { why: error.to_string(), permanent: true })?;
        let fresh = plan.resume.is_none().then(new_session);
        let bus = self.bus.path();
        let server = ServerFile::of(self.owned.root());
        let start = Start {
            settings: &plan.settings,
            token: token.as_ref(),
            access: plan.access,
            model: plan.model.as_deref(),
            resume: plan.resume.as_deref(),
            new_session: fresh.as_deref(),
            prompt,
            cwd: Path::new(&spec.cwd),
            task_folder: task.path(),
            run_folder: dir.path(),
            cli: &self.desk.cli,
            identity: Identity {
                project: &spec.project_id,
                task: &spec.task_id,
                run: &info.run_id,
                parent_run: spec.parent_run_id.as_ref(),
                root: self.owned.root().path(),
                message_bus: &bus,
                conductor_url: server.as_ref().map(|server| server.url.as_str()),
            },
            base_env: &self.desk.env,
        };
        plan.backend.command(&start).map_err(|error| {
            let hint = error.kind.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
            let permanent = !matches!(error.kind, crate::agent::AgentErrorKind::Io { .. });
            NotStarted { why: format!("{error}{hint}"), permanent }
        })
    }

    /// Says on the bus that the run began and which words of people it was told.
    fn announce_start(&mut self, info: &RunInfo, told: &[Message]) -> Result<(), SuperviseError> {
        let of_people = told.iter().filter(|message| message.kind.is(MessageKind::USER));
        let receipts = of_people.filter_map(|message| notice::receipt(message, info));
        let notices: Vec<_> = std::iter::once(notice::run_started(info)).chain(receipts).collect();
        self.bus.append_batch(&notices)?;
        Ok(())
    }

    /// A run that was released just now, under watch.
    fn attend(
        &self,
        dir: RunDir,
        info: RunInfo,
        settings: AgentSettings,
        cgroup: Option<Cgroup>,
    ) -> Result<Live, SuperviseError> {
        let leader = super::adopt::process_of(&info);
        let mut tree = Tree::of_run(&info.run_id, cgroup).with_orphans_of(&self.desk.reaper);
        let exit: super::live::ExitFuture = match leader {
            Some(leader) => {
                tree = tree.with_leader(leader).begun_now();
                Box::pin(self.desk.reaper.exited(leader))
            }
            None => Box::pin(std::future::ready(super::process::Exit::unknown())),
        };
        self.live(dir, info, settings, tree, exit, Duration::ZERO)
    }

    /// A living run, begun or adopted.
    pub(super) fn live(
        &self,
        dir: RunDir,
        info: RunInfo,
        settings: AgentSettings,
        tree: Tree,
        exit: super::live::ExitFuture,
        worked: Duration,
    ) -> Result<Live, SuperviseError> {
        debug_assert_eq!(info.status, RunStatus::Running);
        let now = Instant::now();
        let recorder = Recorder::resume(&dir, backend_of(&settings))?;
        let output = Watcher::global().watch(&dir.file_path(RunFile::Stdout));
        Ok(Live {
            recorder,
            output,
            read_to: info.read_to.unwrap_or(crate::model::Cursor::START),
            clocks: Stopwatch::started(now, worked),
            messages: 0,
            interrupt: false,
            bus: BusFile::default(),
            behind: false,
            frozen: false,
            awake: Awake::new(&self.desk.config.power, now),
            done_seen: None,
            tree_seen: now,
            children: super::process::procfs::child_pids(),
            dir,
            info,
            settings,
            tree,
            exit,
        })
    }
}

/// Whether it matters what a run of the task changes: only the loop goes on while something does.
pub(super) fn compares(spec: &TaskSpec) -> bool {
    spec.workflow == Workflow::Loop
}

fn null() -> Result<File, SuperviseError> {
    let path = Path::new("/dev/null");
    File::open(path).map_err(|source| SuperviseError::Io { path: path.to_owned(), source })
}
