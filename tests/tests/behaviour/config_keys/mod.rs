//! What each key of the configuration does: run with it and without it, the program behaves differently.
//!
//! The table is the suite: a key without a row, or a row without a key, is a failure.

mod agents;
mod api;
mod bus;
mod choice;
mod defaults;
mod limits;
mod power;
mod rest;
mod storage;
mod untrusted;
mod webhook;
mod world;

use std::collections::BTreeSet;

use conductor_core::config::KEYS;

use self::webhook::Which::{Named as NAMED, One as ONE};

/// One row for each key: the test, and what it runs.
macro_rules! keys {
    ($($key:literal $test:ident $show:expr;)*) => {
        const SHOWN: &[&str] = &[$($key),*];
        $(#[test]
        fn $test() {
            $show
        })*
    };
}

keys! {
    "version" version storage::version();
    "storage.runs_dir" storage_runs_dir storage::runs_dir();
    "storage.extra_roots" storage_extra_roots storage::extra_roots();
    "defaults.agent" defaults_agent defaults::agent();
    "defaults.model" defaults_model defaults::model();
    "defaults.access" defaults_access defaults::access();
    "defaults.max_running" defaults_max_running limits::max_running();
    "defaults.max_restarts" defaults_max_restarts limits::max_restarts();
    "defaults.max_failures" defaults_max_failures limits::max_failures();
    "defaults.max_depth" defaults_max_depth limits::max_depth();
    "defaults.max_tokens" defaults_max_tokens limits::max_tokens();
    "defaults.max_cost_usd" defaults_max_cost_usd limits::max_cost_usd();
    "defaults.idle_timeout" defaults_idle_timeout limits::idle_timeout();
    "defaults.wall_time" defaults_wall_time limits::wall_time();
    "agents.*.type" agents_type agents::kind();
    "agents.*.model" agents_model agents::model();
    "agents.*.access" agents_access agents::access();
    "agents.*.base_url" agents_base_url agents::base_url();
    "agents.*.token" agents_token agents::token();
    "agents.*.token_file" agents_token_file agents::token_file();
    "agents.*.keyring" agents_keyring agents::keyring();
    "agents.*.env" agents_env agents::env();
    "agents.*.args" agents_args agents::args();
    "agents.*.command" agents_command agents::command();
    "agents.*.prompt" agents_prompt agents::prompt();
    "agents.*.output" agents_output agents::output();
    "selection.strategy" selection_strategy choice::strategy();
    "selection.agents" selection_agents choice::agents();
    "selection.weights" selection_weights choice::weights();
    "selection.fallback_on_failure" selection_fallback_on_failure choice::fallback_on_failure();
    "projects.*.agent" projects_agent choice::project_agent();
    "projects.*.model" projects_model choice::project_model();
    "projects.*.access" projects_access choice::project_access();
    "bus.durability" bus_durability bus::durability();
    "bus.flush_interval" bus_flush_interval bus::flush_interval();
    "bus.rotate_at" bus_rotate_at bus::rotate_at();
    "power.keep_awake" power_keep_awake power::keep_awake();
    "power.battery_floor" power_battery_floor power::battery_floor();
    "webhook.url" webhook_url webhook::url(ONE);
    "webhook.format" webhook_format webhook::format(ONE);
    "webhook.events" webhook_events webhook::events(ONE);
    "webhook.secret" webhook_secret webhook::secret(ONE);
    "webhook.secret_file" webhook_secret_file webhook::secret_file(ONE);
    "webhook.timeout" webhook_timeout webhook::timeout(ONE);
    "webhook.allow_private" webhook_allow_private webhook::allow_private(ONE);
    "webhooks.*.url" webhooks_url webhook::url(NAMED);
    "webhooks.*.format" webhooks_format webhook::format(NAMED);
    "webhooks.*.events" webhooks_events webhook::events(NAMED);
    "webhooks.*.secret" webhooks_secret webhook::secret(NAMED);
    "webhooks.*.secret_file" webhooks_secret_file webhook::secret_file(NAMED);
    "webhooks.*.timeout" webhooks_timeout webhook::timeout(NAMED);
    "webhooks.*.allow_private" webhooks_allow_private webhook::allow_private(NAMED);
    "api.host" api_host api::host();
    "api.port" api_port api::port();
    "api.allowed_hosts" api_allowed_hosts api::allowed_hosts();
    "api.allowed_origins" api_allowed_origins api::allowed_origins();
    "api.public_url" api_public_url webhook::public_url();
    "api.tls.cert" api_tls_cert api::tls_cert();
    "api.tls.key" api_tls_key api::tls_key();
}

#[test]
fn c13_every_key_has_a_test_that_shows_its_effect() {
    let shown: BTreeSet<_> = SHOWN.iter().copied().collect();
    assert_eq!(shown, KEYS.iter().map(|key| key.path).collect::<BTreeSet<_>>());
    assert_eq!(shown.len(), SHOWN.len(), "a key stands twice");
}
