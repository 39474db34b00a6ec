//! The real claude, codex and gemini against stand-ins for their model servers (`npm run test:agents`).

/// A test of the same name for each agent.
macro_rules! for_each_agent {
    ($($test:ident)*) => {
        mod claude {
            $(#[test] fn $test() { super::$test(super::Agent::Claude); })*
        }
        mod codex {
            $(#[test] fn $test() { super::$test(super::Agent::Codex); })*
        }
        mod gemini {
            $(#[test] fn $test() { super::$test(super::Agent::Gemini); })*
        }
    };
}

mod real_agents {
    mod commands;
    mod tasks;
}
