//! The icon by mood: a silhouette for each, in the colour of a light or a dark panel.

use tauri::image::Image;
use tauri::include_image;

use crate::watch::Mood;

/// The icon of a mood; `dark`: for a dark panel.
pub fn of(mood: Mood, dark: bool) -> Image<'static> {
    match (mood, dark) {
        (Mood::Idle, true) => include_image!("icons/tray/idle-dark.png"),
        (Mood::Idle, false) => include_image!("icons/tray/idle-light.png"),
        (Mood::Working, true) => include_image!("icons/tray/working-dark.png"),
        (Mood::Working, false) => include_image!("icons/tray/working-light.png"),
        (Mood::NeedsYou, true) => include_image!("icons/tray/needs-you-dark.png"),
        (Mood::NeedsYou, false) => include_image!("icons/tray/needs-you-light.png"),
        (Mood::Failed, true) => include_image!("icons/tray/failed-dark.png"),
        (Mood::Failed, false) => include_image!("icons/tray/failed-light.png"),
    }
}

/// Whether a desktop, as `XDG_CURRENT_DESKTOP` names it (`ubuntu:GNOME`), has a dark panel whatever its windows look like.
pub fn has_dark_panel(desktop: &str) -> bool {
    desktop.split(':').any(|name| name.eq_ignore_ascii_case("gnome") || name.eq_ignore_ascii_case("unity"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mood_has_an_icon_of_its_own_for_either_panel() {
        let moods = [Mood::Idle, Mood::Working, Mood::NeedsYou, Mood::Failed];
        let icons = moods.into_iter().flat_map(|mood| [of(mood, true), of(mood, false)]);
        let pixels: BTreeSet<Vec<u8>> = icons.map(|icon| icon.rgba().to_vec()).collect();
        assert_eq!(pixels.len(), 8);
    }

    #[test]
    fn the_panel_of_gnome_is_dark_and_that_of_others_is_like_their_windows() {
        for (desktop, is_dark) in
            [("ubuntu:GNOME", true), ("GNOME", true), ("KDE", false), ("", false), ("X-gnomeish", false)]
        {
            assert_eq!(has_dark_panel(desktop), is_dark, "{desktop}");
        }
    }
}
