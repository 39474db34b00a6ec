//! The session bus: whether there is one, and which of the desktop's services are on it.

use std::collections::HashMap;

use futures_util::StreamExt;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::proxy::CacheProperties;
use zbus::zvariant::Value;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const TRAY: &str = "org.kde.StatusNotifierWatcher";

/// The session bus. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus(Connection);

impl Bus {
    /// Connects to it; none where there is none.
    pub async fn connect() -> Option<Self> {
        let connected = Connection::session().await;
        connected.inspect_err(|error| tracing::info!(%error, "no session bus")).ok().map(Self)
    }

    /// The service that shows notifications; none where there is none, and none can be started.
    pub async fn notifications(&self) -> Option<NotificationsProxy<'static>> {
        let names = DBusProxy::new(&self.0).await.ok()?;
        let is_here = names.name_has_owner(NOTIFICATIONS.try_into().ok()?).await.unwrap_or(false);
        let can_be = async || {
            let all = names.list_activatable_names().await.unwrap_or_default();
            all.iter().any(|name| name.as_str() == NOTIFICATIONS)
        };
        if is_here || can_be().await { NotificationsProxy::new(&self.0).await.ok() } else { None }
    }

    /// What is kept of properties would have to be told by a service that may not be there.
    async fn tray(&self) -> zbus::Result<TrayProxy<'static>> {
        TrayProxy::builder(&self.0).cache_properties(CacheProperties::No).build().await
    }

    /// Whether something shows icons in a tray.
    pub async fn has_tray_host(&self) -> bool {
        let Ok(tray) = self.tray().await else { return false };
        tray.is_status_notifier_host_registered().await.unwrap_or(false)
    }

    /// Resolves when something shows icons in a tray: a panel may be there later than an app that starts with it.
    pub async fn tray_host(&self) {
        let Ok(names) = DBusProxy::new(&self.0).await else { return std::future::pending().await };
        let changes = names.receive_name_owner_changed_with_args(&[(0, TRAY)]).await;
        let registered = async {
            let tray = self.tray().await.ok()?;
            tray.receive_status_notifier_host_registered().await.ok()
        };
        let (Ok(mut changes), Some(mut registered)) = (changes, registered.await) else {
            return std::future::pending().await;
        };
        while !self.has_tray_host().await {
            tokio::select! {
                Some(_) = changes.next() => {}
                Some(_) = registered.next() => {}
                // The bus is gone, and with it every tray.
                else => return std::future::pending().await,
            }
        }
    }
}

/// What shows icons of apps in a panel.
#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher",
    gen_blocking = false
)]
trait Tray {
    #[zbus(property(emits_changed_signal = "false"))]
    fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;

    #[zbus(signal)]
    fn status_notifier_host_registered(&self) -> zbus::Result<()>;
}

/// What shows notifications: <https://specifications.freedesktop.org/notification-spec/latest/>.
#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
pub trait Notifications {
    /// Shows one; its id.
    #[expect(clippy::too_many_arguments, reason = "the specification has so many")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    /// Takes one away.
    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    /// What it can: `actions`, `body-markup`, …
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    /// One was clicked, or a choice of it.
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
}
