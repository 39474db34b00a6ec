//! A model that walks the loop with crashes between any two steps.

use proptest::prelude::*;

use super::*;
use crate::model::RunId;
use crate::model::task::StopEvidence;
use crate::supervisor::apply;
use crate::supervisor::step::Pause;
use crate::supervisor::testing::{World, at, question_about};

/// What happens between two decisions of the model.
#[derive(Debug, Clone)]
enum Act {
    RunEnds { status: RunStatus, failure: Option<FailureClass>, changed: bool, asks: bool },
    Done,
    Stop,
    Pause(bool),
    Resume,
    Answer(&'static str),
    Children(bool),
    Needs(u8),
    News(bool),
    Time(i64),
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    let status = prop_oneof![
        4 => Just(RunStatus::Completed),
        4 => Just(RunStatus::Failed),
        1 => Just(RunStatus::Stopped),
        1 => Just(RunStatus::TimedOut),
        1 => Just(RunStatus::Lost),
    ];
    let failure = prop_oneof![
        Just(None),
        Just(Some(FailureClass::Permanent)),
        Just(Some(FailureClass::Transient)),
        Just(Some(FailureClass::UsageLimit { until: None })),
        Just(Some(FailureClass::Context)),
    ];
    prop_oneof![
        6 => (status, failure, any::<bool>(), prop::bool::weighted(0.2)).prop_map(
            |(status, failure, changed, asks)| Act::RunEnds { status, failure, changed, asks }
        ),
        1 => Just(Act::Done),
        1 => Just(Act::Stop),
        1 => any::<bool>().prop_map(Act::Pause),
        1 => Just(Act::Resume),
        2 => prop::sample::select(vec!["continue", "stop", "complete", "yes"]).prop_map(Act::Answer),
        1 => any::<bool>().prop_map(Act::Children),
        1 => (0u8..3).prop_map(Act::Needs),
        1 => any::<bool>().prop_map(Act::News),
        3 => (1i64..400).prop_map(Act::Time),
        3 => Just(Act::Crash),
    ]
}

/// A supervisor of the model: what it holds in memory is lost in a crash, `world.state` is not.
struct Model {
    world: World,
    running: bool,
    runs_after_stop: u32,
}

impl Model {
    /// One commit, checked against the table as the record does it.
    fn commit(&mut self, change: impl FnOnce(&TaskSpec, &mut TaskState)) {
        let mut next = self.world.state.clone();
        change(&self.world.spec, &mut next);
        let from = self.world.state.status;
        assert!(from.can_become(next.status), "{from} must not become {}", next.status);
        self.world.state = next;
    }

    /// Decides and commits until something has to happen outside; crashes after `budget` commits.
    fn drive(&mut self, mut budget: u32) {
        for _ in 0..20 {
            if self.running || budget == 0 {
                return;
            }
            budget -= 1;
            let now = at(self.world.now);
            let step = self.world.decide();
            match step {
                Step::Rest => return,
                Step::Wait(wait) => {
                    assert!(wait.until.is_none_or(|until| until > now), "a wait lies ahead: {wait:?}");
                    return self.commit(|_, state| apply::wait(state, &wait));
                }
                Step::Leave => return self.commit(|_, state| apply::leave(state)),
                Step::Stop => {
                    self.commit(|_, state| apply::stopping(state, "stop".to_owned()));
                    if budget > 0 {
                        self.commit(|_, state| apply::stopped(state, StopEvidence::default(), now));
                    }
                }
                Step::End(ending) => self.commit(|_, state| apply::end(state, &ending, now)),
                Step::Ask(concern) => {
                    let mut question = question_about(Some(concern), self.world.now);
                    question.default = None;
                    question.default_at = None;
                    self.commit(|_, state| apply::ask(state, question));
                    self.world.reply = None;
                }
                Step::AnswerByDefault(answer) => self.world.reply = Some(answer),
                Step::Heed(effect) => {
                    self.commit(|spec, state| apply::heed(spec, state, effect));
                    self.world.reply = None;
                }
                Step::Switch(agent) => self.commit(|_, state| apply::switch(state, &agent)),
                Step::Run(owed) => self.start(owed),
            }
        }
        panic!("the loop spins: {:?} in {:?}", self.world.decide(), self.world.state);
    }

    fn start(&mut self, owed: Option<Owed>) {
        if owed == Some(Owed::Gather) {
            self.world.markers.done = None;
        }
        assert!(self.world.markers.done.is_none() && self.world.markers.pause.is_none());
        if self.world.markers.stop.is_some() {
            self.runs_after_stop += 1;
        }
        let spec = self.world.spec.clone();
        let info = RunInfo::new(spec.project_id, spec.task_id, RunId::generate(), "fake");
        let now = at(self.world.now);
        self.commit(|_, state| apply::run_started(state, &info, now));
        self.running = true;
    }

    fn act(&mut self, act: Act) {
        let world = &mut self.world;
        match act {
            Act::RunEnds { status, failure, changed, asks } if self.running => {
                self.running = false;
                world.run_ends(status, failure, changed);
                if asks {
                    world.state.question = Some(question_about(None, world.now));
                    world.reply = None;
                }
            }
            Act::RunEnds { .. } => {}
            Act::Done => {
                world.markers.done.get_or_insert(at(world.now));
            }
            Act::Stop => {
                world.markers.stop.get_or_insert(at(world.now));
            }
            Act::Pause(after_turn) if !self.running => world.markers.pause = Some(Pause { after_turn }),
            Act::Pause(_) => {}
            Act::Resume => {
                world.markers.pause = None;
            }
            Act::Answer(text) => world.reply = world.state.question.as_ref().map(|_| text.to_owned()),
            Act::Children(some) => {
                world.children = if some { vec!["demo/child".to_owned()] } else { Vec::new() };
            }
            Act::Needs(which) => {
                world.needs = match which {
                    0 => Needs::Met,
                    1 => Needs::Open(vec!["demo/other".to_owned()]),
                    _ => Needs::Failed(vec!["demo/other".to_owned()]),
                }
            }
            Act::News(news) => world.news = news,
            Act::Time(seconds) => world.now += seconds,
            Act::Crash => {
                // The next owner finds the run dead and unrecorded.
                if std::mem::take(&mut self.running) {
                    world.run_ends(RunStatus::Lost, None, false);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_loop_keeps_its_table_whatever_happens_and_wherever_it_crashes(
        once in any::<bool>(),
        gather in any::<bool>(),
        acts in prop::collection::vec((act(), 0u32..6), 1..60),
    ) {
        let mut model = Model { world: World::new(), running: false, runs_after_stop: 0 };
        model.world.spec.gather = gather;
        model.world.spec.limits.max_restarts = 6;
        if once {
            model.world.spec.workflow = Workflow::Once;
        }
        for (act, budget) in acts {
            model.act(act);
            model.drive(budget);
            prop_assert_eq!(model.runs_after_stop, 0);
            prop_assert!(model.world.state.iteration <= 7 + 1);
        }
        model.drive(20);
        if model.world.markers.stop.is_some() && !model.running {
            prop_assert!(model.world.state.status.is_ended());
        }
    }
}
