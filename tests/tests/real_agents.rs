//! The real claude, codex and gemini against stand-ins for their model servers (`npm run test:agents`).

mod real_agents {
    mod commands;
}
