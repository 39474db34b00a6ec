//! How a server is started.

/// How a server is started. What is absent comes from the configuration.
#[derive(Debug, Clone, Default)]
pub struct ServeOptions {
    /// Address to listen on.
    pub host: Option<String>,
    /// Whether to listen on the network, with a certificate of its own making where none is configured.
    pub lan: bool,
    /// Port; 0: any free one. A configured one that is taken is followed by the next free one, one that is
    /// named here is not.
    pub port: Option<u16>,
    /// Whether it cannot start tasks.
    pub no_start: bool,
    /// Whether runs of another machine or pid namespace count as dead at the recovery.
    pub assume_dead: bool,
}
