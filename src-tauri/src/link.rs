//! Links to a task: `conductor://task/<project>/<task>`.

use conductor_core::model::{ProjectId, TaskId};
use tauri::Url;

/// The page that a link opens; none for one that is none of ours.
pub fn page_of(link: &str) -> Option<String> {
    let url =
        Url::parse(link).ok().filter(|url| url.scheme() == "conductor" && url.host_str() == Some("task"))?;
    let mut parts = url.path_segments()?;
    let (project, task) = (parts.next()?, parts.next()?);
    // A slash at the end is what some programs add.
    parts.all(str::is_empty).then_some(())?;
    page(&decoded(project)?, &decoded(task)?)
}

/// The page of a task; none for names that no task can have.
pub fn page(project: &str, task: &str) -> Option<String> {
    let (project, task) = (ProjectId::from_disk(project).ok()?, TaskId::from_disk(task).ok()?);
    Some(format!("/tasks/{}/{}", encoded(project.as_str()), encoded(task.as_str())))
}

/// A name as a part of an address: what is not plain is written as `%` and two hexadecimal digits.
fn encoded(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let byte = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(byte).collect()
}

/// The name that a part of an address stands for; none where it is none.
fn decoded(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// The page that the words of a command line ask for: the first link among them.
pub fn page_in(words: &[String]) -> Option<String> {
    words.iter().skip(1).find_map(|word| page_of(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_task() {
        let task = "task-20261129-101500-fix";
        let page = Some(format!("/tasks/shop/{task}"));
        assert_eq!(page_of(&format!("conductor://task/shop/{task}")), page);
        assert_eq!(page_of(&format!("conductor://task/shop/{task}/")), page);
        assert_eq!(
            page_of("conductor://task/my%20shop/%C3%A4%25").as_deref(),
            Some("/tasks/my%20shop/%C3%A4%25")
        );
        assert_eq!(
            page_in(&["app".into(), "--hidden".into(), format!("conductor://task/shop/{task}")]),
            page
        );
    }

    #[test]
    fn what_is_no_such_link_opens_nothing() {
        for link in [
            "conductor://task/shop",
            "conductor://task/shop/a/b",
            "conductor://task/../a",
            "conductor://task/shop/..%2f..",
            "conductor://task/shop/%4",
            "conductor://task/shop/%ff",
            "conductor://settings/shop/a",
            "https://task/shop/a",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(page_of(link), None, "{link}");
        }
    }
}
