//! The session bus: whether there is one, and which of the desktop's services are on it.

use std::collections::HashMap;

use futures_util::StreamExt;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Value};

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const TRAY: &str = "org.kde.StatusNotifierWatcher";
/// Where a desktop says which colours its person likes.
const APPEARANCE: &str = "org.freedesktop.appearance";
const COLOURS: &str = "color-scheme";

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

    /// Tells whether the desktop is dark, now and whenever that changes, for ever; none where it has no opinion. Nothing is
    /// told where there is no service that knows.
    pub async fn colours(&self, told: impl Fn(Option<bool>)) {
        let Ok(portal) = PortalProxy::new(&self.0).await else { return };
        let Ok(mut changes) = portal.receive_setting_changed_with_args(&[(0, APPEARANCE)]).await else {
            return;
        };
        let Ok(now) = portal.read_one(APPEARANCE, COLOURS).await else { return };
        told(darkness(&now));
        while let Some(change) = changes.next().await {
            if let Ok(args) = change.args()
                && args.key == COLOURS
            {
                told(darkness(&args.value));
            }
        }
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

/// What the value of [`COLOURS`] means: 1 likes dark, 2 light.
fn darkness(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Value(inner) => darkness(inner),
        Value::U32(1) => Some(true),
        Value::U32(2) => Some(false),
        _ => None,
    }
}

/// What apps are told of the desktop: <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>.
#[zbus::proxy(
    interface = "org.freedesktop.portal.Settings",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop",
    gen_blocking = false
)]
trait Portal {
    fn read_one(&self, namespace: &str, key: &str) -> zbus::Result<OwnedValue>;

    #[zbus(signal)]
    fn setting_changed(&self, namespace: String, key: String, value: Value<'_>) -> zbus::Result<()>;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_understood_with_and_without_a_value_around_them() {
        for (value, is_dark) in [(0, None), (1, Some(true)), (2, Some(false)), (3, None)] {
            assert_eq!(darkness(&Value::U32(value)), is_dark);
            assert_eq!(darkness(&Value::Value(Box::new(Value::U32(value)))), is_dark);
        }
        assert_eq!(darkness(&Value::from("dark")), None);
    }
}
