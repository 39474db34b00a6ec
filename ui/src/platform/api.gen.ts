// Made by `npm run types` from docs/openapi.json. Do not edit.

export interface paths {
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers. Needs no token. */
        get: operations["system_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which program answers. Needs no token. */
        get: operations["system_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description. Needs no token. */
        get: operations["system_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Trades a ticket for a full token. Works once. */
        post: operations["tokens_redeem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the root stands: tasks by status, active runs, queue, sizes of buses, uptime. */
        get: operations["system_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counters and gauges for Prometheus. */
        get: operations["system_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue for slots: who is at work, who waits. */
        get: operations["system_queue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Looks at everything that a task needs, as `run-agent doctor` does. Changes nothing. */
        get: operations["system_doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every agent that can be named, with its program, version and login, as found now. */
        get: operations["agents_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The projects, by name; one that cannot be read says why. */
        get: operations["projects_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project. */
        get: operations["projects_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of a project's bus. */
        get: operations["messages_of_project"];
        put?: never;
        /** Posts a message on a project's bus. With `Idempotency-Key` the same request, sent again, posts no second one. */
        post: operations["messages_post_to_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tasks, the newest first, each with its status checked against its lock. */
        get: operations["tasks_list"];
        put?: never;
        /**
         * Makes a task and starts its supervisor, which goes on without this server. With `Idempotency-Key` the
         *     same request, sent again, makes no second task.
         */
        post: operations["tasks_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs, the newest first. One that claims to be at work says whether its supervisor lives. */
        get: operations["runs_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listing/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tasks in one list, the newest first; archived ones and those of other roots among them. */
        get: operations["tasks_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listing/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs in one list, the newest first. */
        get: operations["runs_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listing/buses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The buses of projects and tasks, with their files. */
        get: operations["messages_buses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resolve/project": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The project that is meant; none where none is, which means all of them. One that is named must be there. */
        get: operations["projects_project"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/news": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens on the root: every change of a task or a run. `resync` says that the past is gone: the lists are
         *     to be read again.
         */
        get: operations["system_news"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What needs a person: open questions, limits, reviews, failures. The longest wait first. */
        get: operations["attention_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes of state of tasks and runs, live. `resync` says that the place is gone: the lists are to be read
         *     again.
         */
        get: operations["streams_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/messages/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of a project's own bus, live. */
        get: operations["streams_project_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Several subscriptions on one stream. Its first event tells its id, by which subscriptions are added and
         *     dropped; each event says of which it is. `Last-Event-ID` opens them all again.
         */
        get: operations["streams_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream/{session}/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a subscription to an open stream, which tells `added` before anything of it. */
        post: operations["streams_subscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream/{session}/subscriptions/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Drops a subscription from an open stream, which tells `dropped` after the last event of it. */
        delete: operations["streams_unsubscribe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a link that opens the dashboard once. */
        post: operations["tokens_issue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on after a crash, as `run-agent recover` does. Twice is as good as once. */
        post: operations["system_recover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes and starts the demo: a scripted agent in a scratch git repository and a project of its own, without a key or
         *     a network. With `Idempotency-Key` the same request, sent again, makes no second task.
         */
        post: operations["tasks_demo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything about a task. A token of one task is told of that task and those below it alone. */
        get: operations["tasks_show"];
        put?: never;
        post?: never;
        /** Deletes a task that has ended, with all that is in its folder. */
        delete: operations["tasks_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finds what nobody needs any more, and deletes it where that is asked for: archived tasks that ended long ago,
         *     copies of the program that no task names.
         */
        post: operations["system_collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The configuration in force, with where each value came from. Secrets are absent. */
        get: operations["system_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fs/dirs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The folders in a folder of this machine, for choosing where a task works. */
        get: operations["system_folders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens, without what is secret of them. */
        get: operations["tokens_tokens"];
        put?: never;
        /** Makes a token. It is told here and nowhere else. */
        post: operations["tokens_add_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a token back: it opens nothing from then on. */
        delete: operations["tokens_revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** As for a task, beside the bus of a project. */
        post: operations["projects_attach_to_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attention/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Records what a person did with an item: seen, snoozed, archived. All faces show the same. */
        post: operations["attention_handle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a task away that has ended, or takes it out again. Nothing of it is touched. */
        post: operations["tasks_archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a task waits for, and what waits for it. A token of one task is told of that task and those below it alone. */
        get: operations["tasks_dependencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A task with its runs and all the tasks that they started. */
        get: operations["tasks_tree"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The files of a task that are shown: what was asked, its state, attachments. A token of one task is shown none
         *     that names others.
         */
        get: operations["tasks_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Commits and files that a task changed since its first run began, until now or until it ended. Where nothing
         *     can be shown, `unavailable` says why.
         */
        get: operations["tasks_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/changes/patch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lines that a task changed, as a unified diff of at most 4 MiB. Known secrets are masked. */
        get: operations["tasks_patch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file of a task, whole or in part. Known secrets are masked byte for byte. */
        get: operations["tasks_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of a task's bus, from a cursor or the last ones. */
        get: operations["messages_of_task"];
        put?: never;
        /**
         * Posts a message on a task's bus. A token of this very task posts no ANSWER there. With
         *     `Idempotency-Key` the same request, sent again, posts no second one.
         */
        post: operations["messages_post_to_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/messages/{id}/thread": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A message, what it follows from, and what follows from it. */
        get: operations["messages_thread"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/messages/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages of a task's bus, live. It never ends, as a task can be opened again. */
        get: operations["streams_task_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/questions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The answer to a question, once it is there. */
        get: operations["tasks_answer_to"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The run of a task that is meant. */
        get: operations["runs_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/moments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to a task: changes of its status, runs, what agents report, messages. The first answer tells
         *     where it stands.
         */
        get: operations["tasks_moments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run. */
        get: operations["runs_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of a run. */
        get: operations["runs_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file of a run, whole or in part (`Range: bytes=…`). Known secrets are masked byte for byte, so that
         *     positions stay what they are.
         */
        get: operations["runs_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a run's agent made of it: `output.md`. */
        get: operations["runs_output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a run's agent reported, in one form for all agents. */
        get: operations["runs_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of a run's log, live: `{offset, text}`, or `{offset, base64}` where they are not UTF-8. Known
         *     secrets are masked byte for byte. `reset` says that the log was cut off or replaced, `end` that the run
         *     has ended and all was told.
         */
        get: operations["streams_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run. */
        get: operations["runs_show_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of a run. */
        get: operations["runs_files_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file of a run, whole or in part (`Range: bytes=…`). Known secrets are masked byte for byte, so that
         *     positions stay what they are.
         */
        get: operations["runs_file_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a run's agent made of it: `output.md`. */
        get: operations["runs_output_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a run's agent reported, in one form for all agents. */
        get: operations["runs_events_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/runs/{run}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of a run's log, live: `{offset, text}`, or `{offset, base64}` where they are not UTF-8. Known
         *     secrets are masked byte for byte. `reset` says that the log was cut off or replaced, `end` that the run
         *     has ended and all was told.
         */
        get: operations["streams_log_of_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops a task, its processes and its children, and answers when it is verified that nothing is left.
         *     Where something survived, `evidence.left` names it.
         */
        post: operations["tasks_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pauses a task and its children: their processes are frozen, their clocks stand. */
        post: operations["tasks_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a task go on that is paused, has ended or was interrupted. Not for a token of this very task: it would lift
         *     its own limits.
         */
        post: operations["tasks_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that a task is done, as its agent does. */
        post: operations["tasks_done"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/tell": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says something to a task's agent: read after this turn, or now. On an ended task it is a follow-up, unless the
         *     token is of this very task: then the task stays ended. With `Idempotency-Key` the same request, sent again, says
         *     nothing new.
         */
        post: operations["tasks_tell"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks the person, for an agent. Without an answer in time the agent is to end its turn. With `Idempotency-Key` the
         *     same request, sent again, asks nothing new and waits for the same answer.
         */
        post: operations["tasks_ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers a task's question; the task goes on with it. Not for a token of this very task: it asks, and another
         *     answers.
         */
        post: operations["tasks_answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a child of a task: in its project and folder, with no more access and no higher limits than it has.
         *     `parent_run` is one of its runs, the last where it is absent. A token of one task names in `depends_on` that task
         *     and those below it alone, and the child by words.
         */
        post: operations["tasks_create_child"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project}/tasks/{task}/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a file of at most 20 MiB beside a task's bus. What it answers goes into the `links` of a message, or the
         *     `attachments` of `tell`.
         */
        post: operations["tasks_attach"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resolve/task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The task that is meant; none where neither a name nor a calling run nor a folder means one. For a token of
         *     one task that task where no name is said, and no other but its children.
         */
        get: operations["tasks_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What an agent may do without asking, from least to most (`docs/agents.md` maps it to each CLI).
         * @enum {string}
         */
        Access: "read" | "edit" | "full";
        /**
         * @description Which backend runs an agent.
         * @enum {string}
         */
        AgentKind: "claude" | "codex" | "gemini" | "perplexity" | "xai" | "command";
        /** @description One agent as it is configured and found. */
        AgentView: {
            /** @description Its name. */
            agent: string;
            /** @description What sort it is. */
            type: components["schemas"]["AgentKind"];
            /** @description Whether a task can be started with it, as far as can be told. */
            usable: components["schemas"]["Usable"];
            /** @description Its program. */
            path?: string | null;
            /** @description The version that it reports. */
            version?: string | null;
            /** @description Model, where one is configured. */
            model?: string | null;
            /** @description What it may do without asking. */
            access: components["schemas"]["Access"];
            /** @description How it is logged in, or what to do about it. */
            login?: string | null;
            /** @description Whether tasks that name none get it. */
            default: boolean;
        };
        /** @description The agents that can be named. */
        Agents: {
            items: components["schemas"]["AgentView"][];
        };
        /** @description Whether the server answers. */
        Alive: {
            /** @description `ok`. */
            status: string;
        };
        /** @description What a token shall allow. */
        Allows: "full" | "read" | {
            /** @description Acting for one task and its children. */
            task: {
                /** @description Its project. */
                project: string;
                /** @description The task. */
                task: string;
            };
        };
        /** @description An answer. */
        Answer: {
            /** @description Its text, or one of the choices. */
            text: string;
            /** @description The question; absent: the open one. */
            question?: string | null;
        };
        /** @description A question that was answered. */
        AnsweredView: {
            /** @description Its project. */
            project: string;
            /** @description The task that asked. */
            task: string;
            /** @description The question. */
            question: string;
            /** @description The ANSWER on its bus. */
            answer: string;
            /** @description The text of it. */
            text: string;
        };
        /** @description Whether to put it away. */
        Archive: {
            /** @description Whether lists leave it out from now on; false takes it out again. */
            archived: boolean;
        };
        /** @description A question to the person. */
        Ask: {
            /** @description Its text. */
            question: string;
            /** @description Answers to choose from. */
            choices?: string[];
            /** @description What is answered when nobody does. */
            default?: string | null;
            /**
             * Format: u-int64
             * @description Seconds after which the default takes effect.
             */
            after_seconds?: number | null;
            /**
             * Format: u-int64
             * @description The asker waits so many seconds for the answer. A request lasts 10 of them at most; `questions/{id}`
             *     waits on.
             */
            wait_seconds?: number | null;
            /** @description The run that asks. */
            run?: string | null;
        };
        /** @description A question that was asked. */
        AskedView: {
            /** @description The question. */
            question: string;
            /** @description The answer, where it came in time. */
            answer?: string | null;
            /** @description What the agent is to do where none came. */
            next?: string | null;
        };
        /** @description What needs a person. */
        Attention: {
            /** @description The longest wait first. */
            items: components["schemas"]["AttentionItem"][];
            /**
             * Format: date-time
             * @description When the next one comes back that was put off.
             */
            next_at?: string | null;
        };
        /** @description One thing that needs a person. */
        AttentionItem: {
            /** @description Stable id; what seen, snoozed and archived are recorded under. */
            id: string;
            /** @description Why. */
            kind: components["schemas"]["AttentionKind"];
            /** @description Project. */
            project: string;
            /** @description Task. */
            task: string;
            /** @description What is asked or what happened. */
            text: string;
            /** @description Answers to choose from. */
            choices: string[];
            /** @description What is answered when nobody does, and when. */
            default?: string | null;
            /**
             * Format: date-time
             * @description When the default takes effect.
             */
            default_at?: string | null;
            /** @description The open question's message: an answer that names it answers no other. */
            question?: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description What to do about it: a command line. */
            hint: string;
            /** @description Whether a person has seen it. */
            seen: boolean;
        };
        /**
         * @description Why a person is needed.
         * @enum {string}
         */
        AttentionKind: "question" | "limit" | "stuck" | "review" | "interrupted" | "failure";
        /** @description A bus that a root holds. */
        BusView: {
            /** @description Its project. */
            project: string;
            /** @description Its task; absent for the bus of a project. */
            task?: string | null;
            /** @description The file that is appended to; where there is none yet, the last one that was rotated away. */
            path: string;
            /**
             * Format: u-int64
             * @description Bytes of that file.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description When its last message was appended.
             */
            last_at?: string | null;
        };
        /** @description A file that differs. */
        ChangedFile: {
            /** @description Its path, in git's quotes where it is no text; where it was, if it is gone. */
            path: string;
            /** @description Where it was before it was renamed. */
            old_path?: string | null;
            /**
             * @description `added`, `modified`, `deleted`, `renamed`, `mode` (may be executed, or no more), `type` (a link, a
             *     submodule).
             */
            kind: string;
            /**
             * Format: u-int64
             * @description Lines added; absent where lines are not compared.
             */
            added?: number | null;
            /**
             * Format: u-int64
             * @description Lines removed; absent where lines are not compared.
             */
            removed?: number | null;
            /** @description Whether lines are not compared: it is no text, or over 8 MiB. */
            binary: boolean;
            /**
             * Format: u-int64
             * @description Bytes of it now; absent where it is gone or a submodule.
             */
            bytes?: number | null;
        };
        /** @description What a task changed in its working folder. */
        ChangesView: {
            /** @description Project. */
            project: string;
            /** @description Task. */
            task: string;
            unavailable?: components["schemas"]["UnavailableView"] | null;
            /** @description The root of the repository: all paths begin there. */
            top?: string | null;
            /**
             * @description The task's working folder, where that is a folder of the repository: changes are those of the whole
             *     repository.
             */
            inside?: string | null;
            since?: components["schemas"]["SinceView"] | null;
            until?: components["schemas"]["UntilView"] | null;
            /** @description Whether the task has ended. */
            has_ended: boolean;
            /** @description Commits that came, newest first; the newest hundred. */
            commits: components["schemas"]["CommitView"][];
            /** @description Whether there are more. */
            more_commits: boolean;
            /** @description Files that differ, in the order of their names; the first 2,000. */
            files: components["schemas"]["ChangedFile"][];
            /**
             * Format: u-int64
             * @description How many more there are.
             */
            more_files: number;
            /** @description Of all files. */
            totals: components["schemas"]["TotalsView"];
            /** @description What may have changed and is not compared. */
            left_out: components["schemas"]["LeftOutView"][];
        };
        /** @description A task that was started by a run of another one. */
        ChildView: {
            /** @description Project. */
            project: string;
            /** @description Task. */
            task: string;
            /** @description Status, checked against its lock. */
            status: components["schemas"]["TaskStatus"];
        };
        /** @description What to collect. */
        Collect: {
            /**
             * @description Delete nothing, say what would be; true where it is absent.
             * @default true
             */
            dry_run?: boolean;
            /**
             * Format: u-int32
             * @description Archived tasks that ended so many days ago, or longer.
             * @default 30
             */
            days?: number;
        };
        /** @description A commit. */
        CommitView: {
            /** @description Its id. */
            id: string;
            /** @description Its first line. */
            subject: string;
            /** @description Who wrote it. */
            author: string;
            /**
             * Format: date-time
             * @description When it was written.
             */
            at: string;
        };
        /**
         * @description Whether the next iteration continues the agent's session.
         * @enum {string}
         */
        Continuation: "fresh" | "session";
        /** @description How much of a limit is used. */
        Counted: {
            /**
             * Format: u-int32
             * @description Used so far.
             */
            used: number;
            /**
             * Format: u-int32
             * @description Allowed; absent where it is not known.
             */
            of?: number | null;
        };
        /** @description A task that was made and has a supervisor. */
        CreatedTask: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description What a person should know. */
            warnings: string[];
        };
        /** @description A project, task or run that cannot be read; shown beside its neighbours. */
        DamagedView: {
            /** @description What it is: `project/task`, with `/run` for a run, or a `project` alone. */
            name: string;
            /** @description The file or folder. */
            path: string;
            /** @description Why it cannot be read, after the file's name. */
            reason: string;
        };
        /** @description What to say with it. */
        Done: {
            /**
             * @description A word about it.
             * @default null
             */
            message?: string | null;
        };
        /** @description A task that was said to be done. */
        DoneView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description Always true. */
            done: boolean;
        };
        /**
         * @description Why a run or a task ended as it did.
         * @enum {string}
         */
        EndReason: "exited" | "done" | "stop_requested" | "stop_incomplete" | "interrupted" | "idle_time" | "wall_time" | "shutdown" | "lost" | "killed" | "start_failed" | "permanent" | "max_restarts" | "max_failures" | "dependency_failed" | "depth" | "once";
        /** @description One line of `events.jsonl`. */
        Event: components["schemas"]["EventKind"] & {
            /**
             * Format: u-int64
             * @description Byte offset in `agent-stdout.txt` of the line it was made from; parsing goes on after it.
             */
            offset: number;
            /**
             * Format: u-int64
             * @description Byte offset just after that line, its line end included.
             */
            end: number;
            /**
             * Format: date-time
             * @description When the agent says it happened; absent where it does not say.
             */
            ts?: string | null;
        };
        /** @description What an agent reports. */
        EventKind: {
            /** @description The agent's own id of the session; what it takes to continue it. */
            id: string;
            /** @description The model in use, where it says. */
            model?: string | null;
            /** @enum {string} */
            event: "session";
        } | {
            /** @description The text. */
            text: string;
            /** @description Whether it continues the text before it. */
            delta?: boolean;
            /**
             * Format: u-int64
             * @description Bytes that came after it in the same line and were not kept: the log has them.
             */
            left_out?: number;
            /** @enum {string} */
            event: "text";
        } | {
            /** @description The text. */
            text: string;
            /** @enum {string} */
            event: "thinking";
        } | {
            /** @description The agent's id of the call. */
            id: string;
            /** @description The tool. */
            name: string;
            /** @description Its arguments. */
            input: unknown;
            /** @enum {string} */
            event: "tool_call";
        } | {
            /** @description The id of the call it answers. */
            id: string;
            /** @description What it printed or returned. */
            output: string;
            /** @description Whether it failed or was refused. */
            is_error: boolean;
            /** @enum {string} */
            event: "tool_result";
        } | {
            /**
             * Format: u-int32
             * @description Which try, from 1.
             */
            attempt: number;
            /**
             * Format: u-int32
             * @description How many it will make, where it says.
             */
            max?: number | null;
            /**
             * Format: u-int64
             * @description Milliseconds until the next, where it says.
             */
            delay_ms?: number | null;
            /**
             * Format: u-int16
             * @description HTTP status of the failed one, where it says.
             */
            status?: number | null;
            /** @description What went wrong. */
            message: string;
            /** @enum {string} */
            event: "retry";
        } | (components["schemas"]["Usage"] & {
            /** @enum {string} */
            event: "usage";
        }) | {
            /** @description What the agent says. */
            message: string;
            /** @description Whether it only warns. */
            warning: boolean;
            /** @enum {string} */
            event: "error";
        } | {
            /** @description Whether it says that it went well. */
            ok: boolean;
            /** @description Its final text or error. */
            text: string;
            /** @description Tool calls that were refused for lack of permission, in words. */
            denied?: string[];
            /** @enum {string} */
            event: "result";
        } | {
            /** @description The line, at most 64 KiB of it. */
            line: string;
            /** @enum {string} */
            event: "raw";
        };
        /** @description Events of a run, in the order in which they were reported. */
        EventPage: {
            /** @description The events. */
            items: components["schemas"]["Event"][];
            /**
             * Format: u-int64
             * @description Where the next page begins: `after` takes it. What is not written yet comes there too.
             */
            next: number;
            /** @description Whether more is there already. */
            more: boolean;
        };
        /** @description A file of a run or a task. */
        FileView: {
            /** @description Its name. */
            name: string;
            /**
             * Format: u-int64
             * @description Bytes in it.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description When it was last written.
             */
            modified_at: string;
        };
        /** @description The files of a run or a task. */
        Files: {
            /** @description By name. */
            items: components["schemas"]["FileView"][];
        };
        /** @description One thing that was looked at. */
        Finding: {
            /** @description What was looked at. */
            what: string;
            /** @description How it is. */
            health: components["schemas"]["Health"];
            /** @description In words. */
            text: string;
            /** @description What to do about it. */
            hint?: string | null;
        };
        /** @description What was looked at, and how it is. */
        Findings: {
            /** @description One for each thing. */
            items: components["schemas"]["Finding"][];
        };
        /** @description A folder in a folder. */
        FolderItem: {
            /** @description Its name. */
            name: string;
            /** @description Its path. */
            path: string;
            /** @description Whether it is a git repository. */
            git: boolean;
        };
        /** @description A folder and those in it. */
        FolderView: {
            /** @description The folder, without links. */
            path: string;
            /** @description The one that it is in. */
            parent?: string | null;
            /** @description Whether it is a git repository. */
            git: boolean;
            /** @description The folders in it, by name; hidden ones only where they were asked for. */
            items: components["schemas"]["FolderItem"][];
            /** @description Whether there are more than are listed. */
            more: boolean;
        };
        /** @description What went, or would go. */
        GarbageReport: {
            /** @description Whether nothing was deleted: this is what would be. */
            dry_run: boolean;
            /** @description What it is. */
            items: components["schemas"]["GarbageView"][];
            /** @description What could not be deleted, and why. */
            problems: string[];
        };
        /** @description What is to go. */
        GarbageView: {
            /** @description `task` or `program`. */
            what: string;
            /** @description `project/task`, or the name of a copy of the program. */
            name: string;
            /**
             * Format: u-int64
             * @description Bytes that it takes, where they were counted.
             */
            bytes?: number | null;
        };
        /** @description What a person does with an item. */
        Handle: {
            /** @description It was looked at. */
            seen: Record<string, never>;
        } | {
            /** @description It shall come back after so many seconds. */
            snooze: {
                /**
                 * Format: u-int64
                 * @description Seconds.
                 */
                seconds: number;
            };
        } | {
            /** @description It shall not come back. */
            archive: Record<string, never>;
        };
        /**
         * @description How something is.
         * @enum {string}
         */
        Health: "good" | "note" | "problem";
        /** @description Something that may have changed and is not compared. */
        LeftOutView: {
            /** @description Its path; a folder ends with `/`, and the root of the repository is empty. */
            path: string;
            /** @description Why. */
            why: components["schemas"]["WhyLeftOut"];
            /**
             * Format: u-int64
             * @description Files in it, of a folder.
             */
            files?: number | null;
            /**
             * Format: u-int64
             * @description Bytes in it, where they were counted.
             */
            bytes?: number | null;
        };
        /** @description Something outside that a message refers to: a file, a commit, an address. */
        Link: {
            /** @description The address; a relative one is a file beside the bus. */
            url: string;
            /** @description What a person reads. */
            label?: string | null;
            /** @description What it is: `attachment`, `commit`, … */
            kind?: string | null;
        };
        /**
         * @description One of the files of a run that grow.
         * @enum {string}
         */
        LogStream: "stdout" | "stderr" | "events";
        /** @description What a client means. */
        Meant: {
            /** @description Its project. */
            project?: string | null;
            /** @description The task, by its whole id. */
            task?: string | null;
        };
        /** @description A message as it was read from a bus. */
        Message: {
            /** @description Its id: `MSG-<ULID>`, a seed system's id, or absent for text without a record. */
            msg_id?: string | null;
            /** @description Where a reader stands that has read this message; `since` takes it. */
            cursor: string;
            /**
             * Format: date-time
             * @description When it was appended; absent for text without a record.
             */
            ts?: string | null;
            /** @description Its type; INFO for text without a record. */
            type: components["schemas"]["MessageKind"];
            /** @description The project it belongs to. */
            project_id?: string | null;
            /** @description The task it belongs to. */
            task_id?: string | null;
            /** @description The run that posted it. */
            run_id?: string | null;
            /** @description An issue it belongs to. */
            issue_id?: string | null;
            /** @description What it follows from. */
            parents?: components["schemas"]["Parent"][];
            /** @description What it refers to. */
            links?: components["schemas"]["Link"][];
            /** @description Anything else. */
            meta?: {
                [key: string]: unknown;
            };
            /** @description The text, byte for byte as it was appended. */
            body: string;
            /** @description Whether this is text that stands in the file without a record (`echo >>`, older tools). */
            plain?: boolean;
        };
        /** @description The type of a message: an open word in capitals, with well-known ones. */
        MessageKind: string;
        /** @description Messages in the order of the bus. */
        MessagePage: {
            /** @description The messages. */
            items: components["schemas"]["Message"][];
            /** @description Where a reader stands that has read them: `after` takes it, also when nothing more is there yet. */
            next?: string | null;
        };
        /** @description What happened, in its order. */
        MomentPage: {
            /** @description What happened. */
            items: Record<string, never>[];
            /** @description Where a reader stands that has seen it: `after` takes it. */
            next: string;
        };
        /** @description A demo that is asked for. */
        NewDemo: {
            /**
             * Format: u-int64
             * @description Seconds that its question waits for a person before its default counts; absent: 60.
             * @default null
             */
            question_seconds?: number | null;
        };
        /** @description Limits that differ from the configured ones. */
        NewLimits: {
            /**
             * Format: u-int32
             * @description Runs after the first.
             * @default null
             */
            max_restarts?: number | null;
            /**
             * Format: u-int32
             * @description Failed runs in a row.
             * @default null
             */
            max_failures?: number | null;
            /**
             * Format: u-int64
             * @description Seconds without a sign of life; 0: no limit.
             * @default null
             */
            idle_seconds?: number | null;
            /**
             * Format: u-int64
             * @description Seconds of work; 0: no limit.
             * @default null
             */
            wall_seconds?: number | null;
            /**
             * Format: u-int64
             * @description Tokens.
             * @default null
             */
            tokens?: number | null;
            /**
             * Format: double
             * @description US dollars.
             * @default null
             */
            cost_usd?: number | null;
        };
        /** @description A subscription to be added to a stream. */
        NewSubscription: {
            /** @description A name that the client chooses: 1 to 64 bytes. */
            name: string;
            /** @description What it is about. */
            topic: components["schemas"]["Topic"];
            /** @description Where it begins: an id of an event of such a stream of its own, or of a log a number of bytes. */
            after?: string | null;
        };
        /** @description A task that is asked for. What is absent comes from the configuration. */
        NewTask: {
            /**
             * @description What to do; absent only where a task is named that was interrupted, to take it up.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description Its project; absent: that of the folder, made where it is new.
             * @default null
             */
            project?: string | null;
            /**
             * @description Its name, or words to make one of; absent: made of the prompt.
             * @default null
             */
            task?: string | null;
            /**
             * @description `loop` until it is done, or `once`.
             * @default loop
             */
            workflow?: components["schemas"]["Workflow"];
            /**
             * @description Agent.
             * @default null
             */
            agent?: string | null;
            /**
             * @description Model.
             * @default null
             */
            model?: string | null;
            /** @default null */
            access?: components["schemas"]["Access"] | null;
            /**
             * @description Folder that it works in, absolute; absent: the project's.
             * @default null
             */
            cwd?: string | null;
            /**
             * @description Folder that it is asked from, absolute, on the server's machine: says the project where none is named,
             *     and its `conductor.yaml` counts. Absent: `cwd`.
             * @default null
             */
            folder?: string | null;
            /**
             * @description Tasks that must be completed first.
             * @default []
             */
            depends_on?: string[];
            /**
             * @description What happens when one of them failed.
             * @default fail
             */
            on_dependency_failure?: components["schemas"]["OnDependencyFailure"];
            /**
             * @description The run that starts it.
             * @default null
             */
            parent_run?: string | null;
            /**
             * @description Name of a group.
             * @default null
             */
            group?: string | null;
            /**
             * @description Whether turns continue the agent's session.
             * @default fresh
             */
            continuation?: components["schemas"]["Continuation"];
            /**
             * @description Whether one more turn gathers what child tasks found.
             * @default false
             */
            gather?: boolean;
            /**
             * @description Limits that differ from the configured ones.
             * @default {
             *       "max_restarts": null,
             *       "max_failures": null,
             *       "idle_seconds": null,
             *       "wall_seconds": null,
             *       "tokens": null,
             *       "cost_usd": null
             *     }
             */
            limits?: components["schemas"]["NewLimits"];
        };
        /** @description One thing that happened. */
        News: {
            /** @description Where a reader stands that has seen it. */
            cursor: string;
            /** @description `task.queued`, `run.started`, … */
            what: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The task, as its supervisor wrote it then. */
            task: Record<string, never>;
            /** @description The run that it is about. */
            run?: Record<string, never> | null;
        };
        /** @description News in their order. */
        NewsPage: {
            /** @description The news. */
            items: components["schemas"]["News"][];
            /** @description Where a reader stands that has seen them: `after` takes it. */
            next: string;
            /**
             * @description Whether the past is gone: what happened between `after` and `next` is not known any more, as the journal
             *     was made anew or old records were dropped. Read the lists again, then go on from `next`.
             */
            resync?: boolean;
        };
        /**
         * @description What happens to a task whose dependency failed.
         * @enum {string}
         */
        OnDependencyFailure: "fail" | "wait" | "ignore";
        /** @description The open question of a task that waits for an answer. */
        OpenQuestion: {
            /** @description The QUESTION on the task's bus. */
            msg_id: string;
            /** @description Its text. */
            text: string;
            /** @description Answers to choose from; any other text is an answer too. */
            choices?: string[];
            /** @description What is answered when nobody does. */
            default?: string | null;
            /**
             * Format: date-time
             * @description When the default takes effect.
             */
            default_at?: string | null;
            /**
             * Format: date-time
             * @description When it was asked.
             */
            asked_at: string;
            /** @description What asks: the agent, or the supervisor (`tokens`, `cost`, `no_change`, `children`). */
            about?: string | null;
        };
        /** @description What a run's agent made of it. */
        OutputView: {
            /** @description The run. */
            run: string;
            /** @description The text; its first MiB. */
            text: string;
            /**
             * Format: u-int64
             * @description Bytes of the whole.
             */
            bytes: number;
        };
        /** @description How the root stands. */
        Overview: {
            /** @description Tasks by status, each checked against its lock; a status that none has is absent. */
            tasks: {
                [key: string]: number;
            };
            /**
             * Format: u-int32
             * @description Runs that are at work.
             */
            runs_active: number;
            /**
             * Format: u-int32
             * @description Tasks that wait for a slot.
             */
            queue: number;
            /**
             * Format: u-int32
             * @description Runs that may be at work at once.
             */
            slots: number;
            /**
             * Format: u-int64
             * @description Bytes of all buses; rotated segments aside.
             */
            bus_bytes: number;
            /**
             * Format: u-int32
             * @description Buses.
             */
            buses: number;
        };
        /** @description A link that works once. */
        PageLink: {
            /** @description Open it in a browser; the page trades its ticket for a token of its own. */
            url: string;
            /**
             * @description The same link for another device: over TLS, with the fingerprint of the certificate. Absent where the
             *     server does not listen on the network.
             */
            pairing_url?: string | null;
            /**
             * Format: u-int64
             * @description Seconds for which it works.
             */
            expires_in: number;
        };
        /** @description A token that was made. */
        PageToken: {
            /** @description Sent as `Authorization: Bearer <token>`. */
            token: string;
            /** @description Its name, to take it back by. */
            name: string;
        };
        /** @description One page of a list. */
        Page_RunView: {
            /** @description Its items. */
            items: {
                /** @description Project. */
                project: string;
                /** @description Task. */
                task: string;
                /** @description Run. */
                run: string;
                /** @description Status as it is recorded. */
                status: components["schemas"]["RunStatus"];
                /** @description Of a run that claims to be at work: whether its task's supervisor lives. */
                owned?: boolean | null;
                /** @description What it executes. */
                kind: components["schemas"]["RunKind"];
                /** @description Agent. */
                agent: string;
                /**
                 * Format: u-int32
                 * @description Which turn of the loop.
                 */
                iteration?: number | null;
                /**
                 * Format: date-time
                 * @description When it was started.
                 */
                started_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                ended_at?: string | null;
                /**
                 * Format: int32
                 * @description Exit code; absent when a signal ended it or nobody saw it.
                 */
                exit_code?: number | null;
                /**
                 * Format: int32
                 * @description The signal that ended it.
                 */
                exit_signal?: number | null;
                end_reason?: components["schemas"]["EndReason"] | null;
                /** @description What went wrong. */
                error?: string | null;
                /** @description Model that the agent reports. */
                model?: string | null;
                usage?: components["schemas"]["Usage"] | null;
                /**
                 * Format: double
                 * @description US dollars.
                 */
                cost_usd?: number | null;
            }[];
            /** @description The cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_TaskView: {
            /** @description Its items. */
            items: {
                /** @description Its root, where that is one of `storage.extra_roots`. */
                root?: string | null;
                /** @description Project. */
                project: string;
                /** @description Task. */
                task: string;
                /** @description First line of the prompt. */
                title: string;
                /** @description Status; a task that claims to be alive without its lock is `interrupted`. */
                status: components["schemas"]["TaskStatus"];
                /** @description Whether its supervisor was last seen on another machine: the status is its claim, not checked. */
                elsewhere?: boolean;
                /** @description Why it is in this status. */
                reason?: string | null;
                /** @description The agent chosen for it, else the one asked for. */
                agent?: string | null;
                access?: components["schemas"]["Access"] | null;
                /** @description How it is worked on. */
                workflow: components["schemas"]["Workflow"];
                /**
                 * Format: u-int32
                 * @description Turns of the loop so far.
                 */
                iteration: number;
                /**
                 * Format: u-int32
                 * @description Runs so far.
                 */
                runs: number;
                /**
                 * Format: date-time
                 * @description When it was asked.
                 */
                created_at?: string | null;
                /**
                 * Format: date-time
                 * @description When the first run began.
                 */
                started_at?: string | null;
                /**
                 * Format: date-time
                 * @description When its state last changed.
                 */
                updated_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                ended_at?: string | null;
                /**
                 * Format: double
                 * @description US dollars of all ended runs, where agents report them.
                 */
                cost_usd?: number | null;
                /** @description Whether the machine is kept from going to sleep for it. */
                keeps_awake?: boolean;
                /** @description The task that started it: `project/task`. */
                parent_task?: string | null;
            }[];
            /** @description The cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A message that this one follows from. Read also from a bare id, as the seed system wrote it. */
        Parent: {
            /** @description Id of the parent as written there (foreign buses have ids of other forms). */
            msg_id: string;
            /** @description What the parent is to this message: `answers`, `follows`, … */
            kind?: string | null;
            /** @description Where the parent stands when it is on another bus: `project` or `project/task`. */
            at?: string | null;
            /** @description Anything else about the relation. */
            meta?: {
                [key: string]: unknown;
            };
        };
        /** @description Lines that changed. */
        PatchView: {
            /** @description A unified diff as git writes it, known secrets masked. */
            text: string;
            /** @description Whether there is more than is shown: 4 MiB. */
            cut: boolean;
            /** @description Whether bytes that are no UTF-8 are shown as replacement characters. */
            lossy: boolean;
        };
        /** @description How to pause. */
        Pause: {
            /**
             * @description Let the turn end first.
             * @default false
             */
            after_turn?: boolean;
            /**
             * @description Why; recorded and shown.
             * @default null
             */
            reason?: string | null;
        };
        /** @description A task that was paused. */
        PausedView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description `paused`, or the status in which its turn goes on first. */
            status: components["schemas"]["TaskStatus"];
            /** @description Child tasks that pause with it. */
            children: number;
        };
        /** @description A message to be posted. */
        Post: {
            /** @description Its type: an open word in capitals; INFO where it is absent. */
            type?: string;
            /** @description Its text. */
            body: string;
            /** @description What it follows from. */
            parents?: components["schemas"]["Parent"][];
            /** @description What it refers to. */
            links?: components["schemas"]["Link"][];
            /** @description Anything else, one value a key. */
            meta?: Record<string, never>;
            /** @description The run that posts it: one of the task whose bus it is, or of a task of the project. */
            run?: string | null;
            /** @description Answer only when it is on disk. */
            sync?: boolean;
        };
        /** @description A message that was posted. */
        PostedView: {
            /** @description Its id. */
            msg_id: string;
            /** @description The file of the bus. */
            bus: string;
        };
        /** @description Why a request was not carried out. */
        Problem: {
            /** @description Always `about:blank`: `code` tells what it is. */
            type: string;
            /** @description The words of the status. */
            title: string;
            /**
             * Format: u-int16
             * @description The HTTP status.
             */
            status: number;
            /** @description What a client branches on: `not_found`, `conflict`, `unauthorized`, … */
            code: string;
            /** @description What, where and why; one line. */
            detail: string;
            /** @description What to do about it; one line. */
            hint?: string | null;
        };
        /** @description A project. */
        ProjectView: {
            /** @description Its name. */
            project: string;
            /** @description The folder that its agents work in, where it is known. */
            source?: string | null;
            /** @description Tasks in it. */
            tasks: number;
            /** @description Why it cannot be read. */
            damaged?: string | null;
        };
        /** @description The projects of the root. */
        Projects: {
            items: components["schemas"]["ProjectView"][];
        };
        /** @description The queue for slots. */
        QueueView: {
            /**
             * Format: u-int32
             * @description Runs that may be at work at once.
             */
            slots: number;
            /** @description Runs that are. */
            taken: components["schemas"]["TakenSlot"][];
            /** @description Tasks that wait, the next one first. */
            waiting: components["schemas"]["QueuedTask"][];
        };
        /** @description A task that waits for a slot. */
        QueuedTask: {
            /**
             * Format: u-int64
             * @description Its number; lower ones come first.
             */
            number: number;
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
        };
        /** @description How to recover. */
        Recover: {
            /**
             * @description Runs that another machine or pid namespace owned count as dead.
             * @default false
             */
            assume_dead?: boolean;
        };
        /** @description A task that recovery looked at. */
        RecoveredView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description `alive`, `restarted`, `settled`, `never_made` or `refused`. */
            outcome: string;
            /**
             * Format: int32
             * @description Process id of its new supervisor.
             */
            supervisor_pid?: number | null;
            /** @description What it does, or why it was refused. */
            reason?: string | null;
            /** @description What was damaged, and how it was put right. */
            notes?: string[];
        };
        /** @description What recovery did, as all faces show it. */
        RecoveryView: {
            /** @description Whether the root had lost its `root.yaml` or its `state/live`, and has them again. */
            mended: boolean;
            /** @description The tasks that were looked at. */
            tasks: components["schemas"]["RecoveredView"][];
            /** @description What could not be tidied up; no task is the worse for it. */
            problems: string[];
            webhooks?: components["schemas"]["SentView"] | null;
        };
        /** @description A task that another one is related to. */
        Related: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            status?: components["schemas"]["TaskStatus"] | null;
        };
        /** @description What a task waits for, and what waits for it. */
        Relations: {
            /** @description What must be completed first. */
            depends_on: components["schemas"]["Related"][];
            /** @description What waits for it. */
            needed_by: components["schemas"]["Related"][];
        };
        /** @description How to go on. */
        Resume: {
            /**
             * @description Another agent, which begins a fresh session.
             * @default null
             */
            agent?: string | null;
        };
        /** @description A task that goes on. */
        ResumedView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description Its status now. */
            status: components["schemas"]["TaskStatus"];
            /** @description The limit that was granted once more. */
            granted?: string | null;
        };
        /**
         * @description What a run executes.
         * @enum {string}
         */
        RunKind: "agent" | "verify" | "measure" | "merge";
        /** @description Runs, newest first. */
        RunList: {
            /** @description Those that can be read. */
            runs: components["schemas"]["RunView"][];
            /** @description Those that cannot. */
            damaged: components["schemas"]["DamagedView"][];
            /** @description How many more there are. */
            more: number;
        };
        /**
         * @description The state of a run. A killed run is never shown as completed.
         * @enum {string}
         */
        RunStatus: "running" | "completed" | "failed" | "stopped" | "timed_out" | "lost";
        /** @description One run. */
        RunView: {
            /** @description Project. */
            project: string;
            /** @description Task. */
            task: string;
            /** @description Run. */
            run: string;
            /** @description Status as it is recorded. */
            status: components["schemas"]["RunStatus"];
            /** @description Of a run that claims to be at work: whether its task's supervisor lives. */
            owned?: boolean | null;
            /** @description What it executes. */
            kind: components["schemas"]["RunKind"];
            /** @description Agent. */
            agent: string;
            /**
             * Format: u-int32
             * @description Which turn of the loop.
             */
            iteration?: number | null;
            /**
             * Format: date-time
             * @description When it was started.
             */
            started_at?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            /**
             * Format: int32
             * @description Exit code; absent when a signal ended it or nobody saw it.
             */
            exit_code?: number | null;
            /**
             * Format: int32
             * @description The signal that ended it.
             */
            exit_signal?: number | null;
            end_reason?: components["schemas"]["EndReason"] | null;
            /** @description What went wrong. */
            error?: string | null;
            /** @description Model that the agent reports. */
            model?: string | null;
            usage?: components["schemas"]["Usage"] | null;
            /**
             * Format: double
             * @description US dollars.
             */
            cost_usd?: number | null;
        };
        /** @description What became of the outbox of webhooks. */
        SentView: {
            /** @description Deliveries that were accepted. */
            delivered: number;
            /** @description Deliveries that were given up. */
            failed: number;
            /** @description Deliveries that wait. */
            waiting: number;
            /**
             * Format: date-time
             * @description When the next of them is due.
             */
            next_at?: string | null;
        };
        /** @description The configuration in force. */
        SettingsView: {
            /** @description Its values; secrets are absent or hidden. */
            config: Record<string, never>;
            /** @description Where each dotted key came from, those of the built-in settings aside. */
            origins: {
                [key: string]: string;
            };
            /** @description What is worth knowing. */
            warnings: components["schemas"]["SettingsWarning"][];
        };
        /** @description A warning about the configuration. */
        SettingsWarning: {
            /** @description File, line and column, or the variable. */
            place: string;
            /** @description The dotted key. */
            key: string;
            /** @description What is odd about it. */
            message: string;
            /** @description What to do about it. */
            hint?: string | null;
        };
        /** @description The folder before the first run. */
        SinceView: {
            /**
             * Format: date-time
             * @description When it was looked at.
             */
            at: string;
            /** @description The commit; absent before the first one. */
            commit?: string | null;
            /** @description The branch; absent where the commit was on none. */
            branch?: string | null;
            /** @description Whether anything was in it that was in no commit: that is not shown as changed. */
            dirty: boolean;
        };
        /** @description How the root stands. */
        Status: components["schemas"]["Overview"] & {
            /** @description The folder of all projects. */
            path: string;
            /**
             * Format: u-int64
             * @description Seconds since the server was started.
             */
            uptime_seconds: number;
            /** @description Version of the server. */
            version: string;
        };
        /** @description How to stop. */
        Stop: {
            /**
             * @description Kill at once, without time to end.
             * @default false
             */
            force?: boolean;
            /**
             * @description Why; recorded and shown.
             * @default null
             */
            reason?: string | null;
        };
        /** @description How a verified stop went. */
        StopEvidence: {
            /**
             * Format: u-int32
             * @description Processes that were found and told to end.
             * @default 0
             */
            found?: number;
            /**
             * Format: u-int32
             * @description Of them, those that needed KILL.
             * @default 0
             */
            killed?: number;
            /**
             * @description Processes that were still there at the last look; empty for a verified stop.
             * @default []
             */
            left?: number[];
        };
        /** @description A task that was stopped. */
        StoppedView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description `stopped`; `failed` where something survived. */
            status: components["schemas"]["TaskStatus"];
            /** @description What was found, and what is left. */
            evidence: components["schemas"]["StopEvidence"];
            /** @description Its child tasks, which were stopped with it. */
            children?: components["schemas"]["StoppedView"][];
            /** @description What was damaged, and how it was put right. */
            notes?: string[];
        };
        /** @description A subscription that was added. */
        Subscribed: {
            /** @description Its name. */
            name: string;
        };
        /** @description A run that is at work. */
        TakenSlot: {
            /** @description Its project. */
            project: string;
            /** @description Its task. */
            task: string;
            /** @description The run. */
            run: string;
        };
        /** @description Everything about one task. */
        TaskDetail: components["schemas"]["TaskView"] & {
            /** @description Folder of the task. */
            path: string;
            /** @description Working folder of its agents. */
            cwd: string;
            /** @description Model, where it is not the agent's own. */
            model?: string | null;
            /** @description Phase of the workflow. */
            phase?: string | null;
            end_reason?: components["schemas"]["EndReason"] | null;
            error?: components["schemas"]["TaskError"] | null;
            question?: components["schemas"]["OpenQuestion"] | null;
            /**
             * Format: date-time
             * @description When it goes on by itself: back-off, usage limit.
             */
            wake_at?: string | null;
            /** @description Tokens and cost of all ended runs. */
            spend: components["schemas"]["Usage"];
            /** @description Runs after the first, and how many are allowed. */
            restarts: components["schemas"]["Counted"];
            /** @description Failed runs in a row, and how many are allowed. */
            failures: components["schemas"]["Counted"];
            /**
             * Format: int32
             * @description Process id of its supervisor, while one lives here.
             */
            supervisor_pid?: number | null;
            /** @description Tasks that must be completed first. */
            depends_on: string[];
            /** @description Tasks that its runs started. */
            children: components["schemas"]["ChildView"][];
            stop?: components["schemas"]["StopEvidence"] | null;
            /** @description What a person would do next: a command line. */
            next?: string | null;
            /** @description Warnings that hold for it. */
            warnings: string[];
            /** @description Its runs, oldest first. */
            run_list: components["schemas"]["RunView"][];
            /** @description What of it and its runs cannot be read. */
            damaged: components["schemas"]["DamagedView"][];
        };
        /** @description Why a task failed or waits, for people and for machines. */
        TaskError: {
            /** @description A short word: `agent_missing`, `bad_key`, `max_failures`, … */
            code: string;
            /** @description What, where and why; one line. */
            message: string;
            /** @description What to do about it. */
            hint?: string | null;
        };
        /** @description Tasks, newest first. */
        TaskList: {
            /** @description Those that can be read. */
            tasks: components["schemas"]["TaskView"][];
            /** @description Those that cannot. */
            damaged: components["schemas"]["DamagedView"][];
            /** @description How many more there are. */
            more: number;
        };
        /**
         * @description The state of a task (`docs/ARCHITECTURE.md`, "Statuses").
         * @enum {string}
         */
        TaskStatus: "waiting" | "queued" | "running" | "waiting_answer" | "waiting_quota" | "waiting_review" | "paused" | "stopping" | "interrupted" | "completed" | "failed" | "stopped" | "timed_out";
        /** @description One task in a list. Its status was checked against the task's lock. */
        TaskView: {
            /** @description Its root, where that is one of `storage.extra_roots`. */
            root?: string | null;
            /** @description Project. */
            project: string;
            /** @description Task. */
            task: string;
            /** @description First line of the prompt. */
            title: string;
            /** @description Status; a task that claims to be alive without its lock is `interrupted`. */
            status: components["schemas"]["TaskStatus"];
            /** @description Whether its supervisor was last seen on another machine: the status is its claim, not checked. */
            elsewhere?: boolean;
            /** @description Why it is in this status. */
            reason?: string | null;
            /** @description The agent chosen for it, else the one asked for. */
            agent?: string | null;
            access?: components["schemas"]["Access"] | null;
            /** @description How it is worked on. */
            workflow: components["schemas"]["Workflow"];
            /**
             * Format: u-int32
             * @description Turns of the loop so far.
             */
            iteration: number;
            /**
             * Format: u-int32
             * @description Runs so far.
             */
            runs: number;
            /**
             * Format: date-time
             * @description When it was asked.
             */
            created_at?: string | null;
            /**
             * Format: date-time
             * @description When the first run began.
             */
            started_at?: string | null;
            /**
             * Format: date-time
             * @description When its state last changed.
             */
            updated_at?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            /**
             * Format: double
             * @description US dollars of all ended runs, where agents report them.
             */
            cost_usd?: number | null;
            /** @description Whether the machine is kept from going to sleep for it. */
            keeps_awake?: boolean;
            /** @description The task that started it: `project/task`. */
            parent_task?: string | null;
        };
        /** @description A word to an agent. */
        Tell: {
            /** @description The word. */
            text: string;
            /** @description Interrupt the turn for it. */
            now?: boolean;
            /** @description What the upload of attachments answered. */
            attachments?: components["schemas"]["Link"][];
        };
        /** @description What a page brings. */
        Ticket: {
            /** @description What stands in its address after `#ticket=`. */
            ticket: string;
        };
        /** @description The tokens. */
        TokenList: {
            items: components["schemas"]["TokenView"][];
        };
        /** @description A token, without what is secret of it. */
        TokenView: {
            /** @description Its name. */
            name: string;
            /** @description What it allows: `full`, `read`, or `task <project>/<task>`. */
            allows: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
        };
        /** @description A word that was said to an agent. */
        ToldView: {
            /** @description Its project. */
            project: string;
            /** @description The task. */
            task: string;
            /** @description The message on the task's bus. */
            msg_id: string;
            /** @description When the agent reads it: `next_turn`, `now`, `on_resume` or `follow_up`. */
            read: string;
        };
        /** @description What a subscription is about. */
        Topic: {
            /** @description Only those of this project. */
            project?: string | null;
            /** @description Only those of this task; task ids are unique within a project only. */
            task?: string | null;
            /** @enum {string} */
            kind: "events";
        } | {
            /** @description The project. */
            project: string;
            /** @description The task whose bus it is; absent: the project's own. */
            task?: string | null;
            /** @enum {string} */
            kind: "messages";
        } | {
            /** @description The project of the run. */
            project: string;
            /** @description Its task. */
            task: string;
            /** @description The run. */
            run: string;
            /** @description Which of its files. */
            stream: components["schemas"]["LogStream"];
            /** @enum {string} */
            kind: "log";
        };
        /** @description Sums over all files that differ. */
        TotalsView: {
            /**
             * Format: u-int64
             * @description Files.
             */
            files: number;
            /**
             * Format: u-int64
             * @description Lines added.
             */
            added: number;
            /**
             * Format: u-int64
             * @description Lines removed.
             */
            removed: number;
        };
        /** @description A task with its runs and the tasks that they started. */
        TreeView: components["schemas"]["TaskView"] & {
            /** @description Its runs, oldest first. */
            run_list: components["schemas"]["RunView"][];
            /** @description The tasks that they started. */
            children: components["schemas"]["TreeView"][];
        };
        /** @description Why no changes can be shown. */
        UnavailableView: {
            /**
             * @description `foreign_root`, `not_begun`, `no_repository`, `not_recorded`, `other_repository`, `read_only`, `busy`,
             *     `git_missing`, `too_slow`, `too_much`, `git_failed`, `path`, `io`.
             */
            code: string;
            /** @description For a person. */
            message: string;
        };
        /** @description The folder after it. */
        UntilView: {
            /**
             * Format: date-time
             * @description When it began to be as it is shown.
             */
            at: string;
            /** @description The commit; absent before the first one. */
            commit?: string | null;
            /** @description The branch; absent where the commit is on none. */
            branch?: string | null;
            /**
             * @description Whether it is as it was when the task ended. Else it is as it is now, also where the task has ended and
             *     nobody recorded how it was then.
             */
            ended: boolean;
        };
        /**
         * @description Whether an agent can be used.
         * @enum {string}
         */
        Usable: "yes" | "unknown" | "no_login" | "missing";
        /** @description Tokens and cost of a run. What the agent does not report is absent, not zero. */
        Usage: {
            /**
             * Format: u-int64
             * @description Tokens read, cached ones included.
             */
            input?: number | null;
            /**
             * Format: u-int64
             * @description Tokens written, reasoning included.
             */
            output?: number | null;
            /**
             * Format: u-int64
             * @description Of `input`, those read from a cache.
             */
            cached?: number | null;
            /**
             * Format: u-int64
             * @description Of `output`, those spent on reasoning.
             */
            reasoning?: number | null;
            /**
             * Format: double
             * @description US dollars, as the agent says.
             */
            cost_usd?: number | null;
        };
        /** @description Which program answers. */
        Version: {
            /** @description Its version. */
            version: string;
            /** @description Version of the API. */
            api: string;
        };
        /** @description A token that is asked for. */
        WantedToken: {
            /** @description Its name. */
            name: string;
            /** @description What it shall allow. */
            allows: components["schemas"]["Allows"];
        };
        /**
         * @description Why something is left out.
         * @enum {string}
         */
        WhyLeftOut: "too_large" | "too_many" | "unreadable" | "special" | "repository" | "submodule";
        /**
         * @description How a task is worked on. Presets of phases; the plain ones have the single phase `implement`.
         * @enum {string}
         */
        Workflow: "once" | "loop";
    };
    responses: {
        /** @description The configuration is wrong, or the agent cannot be used */
        config: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The state of what is named forbids it, or several answer to the name */
        conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token or the server does not allow it, or a page of another site asks */
        forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The host is no name of this server */
        foreign_host: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Another process holds the lock */
        locked: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What is named is not there */
        not_found: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The file has none of the bytes */
        range_not_satisfiable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large */
        too_large: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many wrong tokens at once */
        too_many_requests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No token, a wrong one, or one that was taken back */
        unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is of another type */
        unsupported_media_type: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request itself is wrong */
        usage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    system_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            400: components["responses"]["usage"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
        };
    };
    system_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["usage"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
        };
    };
    system_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
        };
    };
    tokens_redeem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ticket"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageToken"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
        };
    };
    system_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_queue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_doctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Findings"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    agents_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agents"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    projects_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Projects"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    projects_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_of_project: {
        parameters: {
            query?: {
                /** @description After this id or cursor; absent: from the beginning. */
                after?: string;
                /** @description The last so many instead: 1 to 500. */
                last?: number;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
                /** @description Only of these types, separated by commas. */
                type?: string;
                /** @description Only those posted by this run. */
                run?: string;
                /** @description Only those that follow from this message. */
                parent?: string;
                /** @description On the bus of a project: only those of this task. */
                task?: string;
                /** @description Only those appended at this time or later. */
                since?: string;
                /** @description Only those that refer to this address. */
                link?: string;
                /** @description Only those with these values: a JSON object of texts. */
                meta?: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_post_to_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Post"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_list: {
        parameters: {
            query?: {
                /** @description Only of this project. */
                project?: string;
                /** @description Only in these statuses, separated by commas. */
                status?: string;
                /** @description Only those that have not ended. */
                active?: boolean;
                /** @description Those that were archived, instead of those that were not. */
                archived?: boolean;
                /** @description What the last page gave as `next`. */
                cursor?: string;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TaskView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTask"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_list: {
        parameters: {
            query?: {
                /** @description Only of this project. */
                project?: string;
                /** @description Only of the task of this name. */
                task?: string;
                /** @description Only in these statuses, separated by commas. */
                status?: string;
                /** @description What the last page gave as `next`. */
                cursor?: string;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RunView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_tasks: {
        parameters: {
            query?: {
                /** @description Only of this project, which must be there. */
                project?: string;
                /** @description Only tasks in these statuses, separated by commas. */
                status?: string;
                /** @description Only tasks that have not ended. */
                active?: boolean;
                /** @description Items at most; all where it is absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_runs: {
        parameters: {
            query?: {
                /** @description Only of this project, which must be there. */
                project?: string;
                /** @description Only tasks in these statuses, separated by commas. */
                status?: string;
                /** @description Only tasks that have not ended. */
                active?: boolean;
                /** @description Items at most; all where it is absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_buses: {
        parameters: {
            query?: {
                /** @description Only of this project, which must be there. */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusView"][];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    projects_project: {
        parameters: {
            query?: {
                /** @description A task's id, slug or the end of its id; `project/task` where several projects have one. */
                name?: string;
                /** @description The project that is named. */
                project?: string;
                /**
                 * @description The folder that the client is in, where it is on the server's machine. Left out of account for a token
                 *     that is not full.
                 */
                folder?: string;
                /** @description The task whose run calls: `project/task`. */
                calling?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meant"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_news: {
        parameters: {
            query?: {
                /** @description Only of this project, which must be there. */
                project?: string;
                /** @description What the last answer gave as `next`; absent: from now on. */
                after?: string;
                /** @description Seconds to wait for something to tell: at most 10, else none. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewsPage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    attention_list: {
        parameters: {
            query?: {
                /** @description Also what was seen, snoozed or archived. */
                all?: boolean;
                /** @description Only of this project, which must be there. */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attention"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_events: {
        parameters: {
            query?: {
                /** @description Only of this project. */
                project?: string;
                /** @description Only of the task of this name, in the project. */
                task?: string;
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_project_messages: {
        parameters: {
            query?: {
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_session: {
        parameters: {
            query?: {
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_subscribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubscription"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscribed"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_unsubscribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Dropped */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tokens_issue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageLink"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_recover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Recover"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_demo: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewDemo"] | null;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTask"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDetail"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_collect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Collect"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GarbageReport"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    system_folders: {
        parameters: {
            query?: {
                /** @description Absolute; absent: the user's own. */
                path?: string;
                /** @description Whether hidden folders are listed too. */
                hidden?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FolderView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tokens_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenList"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tokens_add_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageToken"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tokens_revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    projects_attach_to_project: {
        parameters: {
            query: {
                /** @description Its own name. */
                name: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    attention_handle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the item */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Handle"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttentionItem"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_archive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Archive"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_dependencies: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Relations"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_tree: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Files"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_changes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_patch: {
        parameters: {
            query?: {
                /** @description Of this file, or of the files in this folder, as the changes name it; else of all. */
                path?: string;
                /** @description Lines around each that changed: 0 to 10000, else 3. */
                context?: number;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatchView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description `bytes=0-99`, `bytes=100-` or `bytes=-100` */
                Range?: string | null;
            };
            path: {
                project: string;
                task: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            416: components["responses"]["range_not_satisfiable"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_of_task: {
        parameters: {
            query?: {
                /** @description After this id or cursor; absent: from the beginning. */
                after?: string;
                /** @description The last so many instead: 1 to 500. */
                last?: number;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
                /** @description Only of these types, separated by commas. */
                type?: string;
                /** @description Only those posted by this run. */
                run?: string;
                /** @description Only those that follow from this message. */
                parent?: string;
                /** @description On the bus of a project: only those of this task. */
                task?: string;
                /** @description Only those appended at this time or later. */
                since?: string;
                /** @description Only those that refer to this address. */
                link?: string;
                /** @description Only those with these values: a JSON object of texts. */
                meta?: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_post_to_task: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Post"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    messages_thread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                task: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_task_messages: {
        parameters: {
            query?: {
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_answer_to: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the answer: at most 10, else none. */
                wait_seconds?: number;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
                /** @description Id of the question */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_run: {
        parameters: {
            query?: {
                /** @description Its id or the end of it; absent: the last one. */
                name?: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_moments: {
        parameters: {
            query?: {
                /** @description What the last answer gave as `next`; absent: from now on. */
                after?: string;
                /** @description Without `after`: from the beginning. */
                history?: boolean;
                /** @description Seconds to wait for something to tell: at most 10, else none. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MomentPage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Files"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_file: {
        parameters: {
            query?: {
                /** @description Its last lines, so many; instead of a range. */
                tail?: number;
            };
            header?: {
                /** @description `bytes=0-99`, `bytes=100-` or `bytes=-100` */
                Range?: string | null;
            };
            path: {
                run: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            416: components["responses"]["range_not_satisfiable"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_output: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutputView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_events: {
        parameters: {
            query?: {
                /** @description What the last page gave as `next`. */
                after?: number;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
            };
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_log: {
        parameters: {
            query?: {
                /** @description `stdout` (without this), `stderr` or `events`. */
                stream?: components["schemas"]["LogStream"];
                /** @description The byte to begin with, where neither `after` nor `Last-Event-ID` says where. */
                from?: number;
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_show_of_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Run */
                run: string;
                project: string;
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_files_of_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                task: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Files"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_file_of_task: {
        parameters: {
            query?: {
                /** @description Its last lines, so many; instead of a range. */
                tail?: number;
            };
            header?: {
                /** @description `bytes=0-99`, `bytes=100-` or `bytes=-100` */
                Range?: string | null;
            };
            path: {
                project: string;
                task: string;
                run: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            416: components["responses"]["range_not_satisfiable"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_output_of_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                task: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutputView"];
                };
            };
            /** @description As the client has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    runs_events_of_task: {
        parameters: {
            query?: {
                /** @description What the last page gave as `next`. */
                after?: number;
                /** @description Items at most: 1 to 500, else 50. */
                limit?: number;
            };
            header?: never;
            path: {
                project: string;
                task: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    streams_log_of_task: {
        parameters: {
            query?: {
                /** @description `stdout` (without this), `stderr` or `events`. */
                stream?: components["schemas"]["LogStream"];
                /** @description The byte to begin with, where neither `after` nor `Last-Event-ID` says where. */
                from?: number;
                /** @description The id of the last event; the header `Last-Event-ID` comes before it. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Run */
                run: string;
                project: string;
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            421: components["responses"]["foreign_host"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_stop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Stop"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_pause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Pause"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PausedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Resume"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResumedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_done: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Done"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_tell: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Tell"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToldView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_ask: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ask"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Answer"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnsweredView"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_create_child: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters; kept for a day */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTask"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_attach: {
        parameters: {
            query: {
                /** @description Its own name. */
                name: string;
            };
            header?: never;
            path: {
                /** @description Project. */
                project: string;
                /** @description Task: its whole name. */
                task: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["too_large"];
            415: components["responses"]["unsupported_media_type"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            423: components["responses"]["locked"];
            429: components["responses"]["too_many_requests"];
        };
    };
    tasks_task: {
        parameters: {
            query?: {
                /** @description A task's id, slug or the end of its id; `project/task` where several projects have one. */
                name?: string;
                /** @description The project that is named. */
                project?: string;
                /**
                 * @description The folder that the client is in, where it is on the server's machine. Left out of account for a token
                 *     that is not full.
                 */
                folder?: string;
                /** @description The task whose run calls: `project/task`. */
                calling?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meant"];
                };
            };
            400: components["responses"]["usage"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            421: components["responses"]["foreign_host"];
            422: components["responses"]["config"];
            429: components["responses"]["too_many_requests"];
        };
    };
}
