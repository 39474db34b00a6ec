//! The fake agent's command line, lenient as it must answer to several agents' options.

/// How it prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Plain text.
    Text,
    /// Normalised events, one JSON object a line.
    Json,
    /// Claude's stream.
    Claude,
}

/// What the command line says.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) format: Format,
    pub(super) session: Option<String>,
    /// The last argument that is no option; the prompt, where none comes on standard input.
    pub(super) last: Option<String>,
}

impl Options {
    pub(super) fn of(args: &[String]) -> Self {
        let value = |name: &str| {
            let at = args.iter().position(|arg| arg == name)?;
            args.get(at + 1).cloned()
        };
        let claude = value("--output-format").is_some_and(|format| format == "stream-json");
        let format = match value("--format").as_deref() {
            Some("json") => Format::Json,
            Some("claude") => Format::Claude,
            None if claude => Format::Claude,
            _ => Format::Text,
        };
        Self {
            format,
            session: value("--resume").or_else(|| value("--session-id")),
            last: args.last().filter(|last| !last.starts_with('-')).cloned(),
        }
    }
}
