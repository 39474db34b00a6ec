//! The options of `bus post` in their plain form, without the grammar's machinery, whose making takes longer than
//! the post.
//!
//! Plain are `--option value` with a value that is there and begins with no `-`, each option once
//! unless it may be repeated, and nothing else. Whatever is not plain is left to the grammar, which
//! also says what is wrong: so nothing is refused here, and nothing is understood in another way.

use std::ffi::OsString;

use super::Which;
use super::post::PostArgs;
use crate::cli::args::Common;
use crate::cli::parse;
use crate::model::MessageKind;

/// Reads plain options; none where any of them is not plain.
pub(super) fn read(arguments: &[OsString]) -> Option<(Common, PostArgs)> {
    let mut plain = Plain::default();
    let mut words = arguments.iter().map(|argument| argument.to_str());
    while let Some(word) = words.next() {
        match word? {
            "--sync" => once(&mut plain.sync)?,
            "--json" => once(&mut plain.common.json)?,
            "--on-project" => once(&mut plain.on_project)?,
            option => {
                let value = words.next()??;
                if value.is_empty() || value.starts_with('-') {
                    return None;
                }
                plain.take(option, value)?;
            }
        }
    }
    Some(plain.finish())
}

#[derive(Default)]
struct Plain {
    common: Common,
    kind: Option<String>,
    body: Option<String>,
    post: Repeated,
    sync: bool,
    on_project: bool,
}

/// Options that may be repeated.
#[derive(Default)]
struct Repeated {
    parent: Vec<crate::model::Parent>,
    link: Vec<crate::model::Link>,
    meta: Vec<(String, serde_json::Value)>,
    attach: Vec<std::path::PathBuf>,
}

impl Plain {
    fn take(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "--type" => fill(&mut self.kind, value),
            "--body" => fill(&mut self.body, value),
            "--root" => fill(&mut self.common.root, value),
            "--project" => fill(&mut self.common.project, value),
            "--task" => fill(&mut self.common.task, value),
            "--config" => fill(&mut self.common.config, value),
            "--parent" => add(&mut self.post.parent, parse::parent(value).ok()?),
            "--link" => add(&mut self.post.link, parse::link(value).ok()?),
            "--meta" => add(&mut self.post.meta, parse::meta(value).ok()?),
            "--attach" => add(&mut self.post.attach, value.into()),
            _ => None,
        }
    }

    fn finish(self) -> (Common, PostArgs) {
        let post = PostArgs {
            kind: self.kind.unwrap_or_else(|| MessageKind::INFO.to_owned()),
            body: self.body,
            parent: self.post.parent,
            link: self.post.link,
            meta: self.post.meta,
            attach: self.post.attach,
            sync: self.sync,
            which: Which { on_project: self.on_project },
        };
        (self.common, post)
    }
}

/// None where it was set before.
fn once(flag: &mut bool) -> Option<()> {
    (!std::mem::replace(flag, true)).then_some(())
}

/// None where it was filled before.
fn fill<T: for<'a> From<&'a str>>(place: &mut Option<T>, value: &str) -> Option<()> {
    place.replace(value.into()).is_none().then_some(())
}

fn add<T>(list: &mut Vec<T>, value: T) -> Option<()> {
    list.push(value);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::post::grammar;
    use super::*;
    use proptest::prelude::*;

    /// What both ways make of the arguments.
    fn both(arguments: &[&str]) -> [Option<String>; 2] {
        let plain: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let named: Vec<OsString> = std::iter::once("post".into()).chain(plain.clone()).collect();
        [read(&plain), grammar(&named)].map(|found| found.map(|found| format!("{found:?}")))
    }

    #[test]
    fn usual_calls_are_plain() {
        let calls: [&[&str]; 6] = [
            &[],
            &["--type", "PROGRESS", "--body", "tests are next"],
            &["--body", "a=b --json", "--task", "fix-login", "--json"],
            &["--root", "/r", "--project", "p", "--config", "c.yaml", "--on-project", "--sync"],
            &["--parent", "MSG-1:answers", "--parent", "MSG-2", "--link", "a=https://x/?y=z"],
            &["--meta", "a=1", "--meta", "b={\"c\": null}", "--attach", "x.txt", "--attach", "y"],
        ];
        for call in calls {
            let [plain, grammar] = both(call);
            assert!(plain.is_some() && plain == grammar, "{call:?}: {plain:?}, by the grammar {grammar:?}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_grammar() {
        let calls: [&[&str]; 12] = [
            &["--body", "- a list"],
            &["--body", ""],
            &["--body=x"],
            &["--body"],
            &["--type", "A", "--type", "B"],
            &["--json", "--json"],
            &["--parent", ":answers"],
            &["--meta", "novalue"],
            &["--", "x"],
            &["word"],
            &["--bod", "x"],
            &["--help"],
        ];
        for call in calls {
            assert_eq!(both(call)[0], None, "{call:?}");
        }
    }

    fn words() -> impl Strategy<Value = Vec<&'static str>> {
        const OPTIONS: [&str; 14] = [
            "--type",
            "--body",
            "--root",
            "--project",
            "--task",
            "--config",
            "--parent",
            "--link",
            "--meta",
            "--attach",
            "--sync",
            "--json",
            "--on-project",
            "--",
        ];
        const VALUES: [&str; 14] = [
            "x",
            "a b",
            "a=b",
            "a:b",
            "=",
            ":",
            "",
            "-",
            "-x",
            "--json",
            "--body=x",
            "a=[1, {}]",
            "http://x/?a=b",
            "\u{e4}\n",
        ];
        let word = prop_oneof![prop::sample::select(&OPTIONS[..]), prop::sample::select(&VALUES[..])];
        let pair = (prop::sample::select(&OPTIONS[..]), prop::sample::select(&VALUES[..]));
        let part = prop_oneof![3 => pair.prop_map(|(option, value)| vec![option, value]), 1 => word.prop_map(|w| vec![w])];
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_plain_means_what_the_grammar_says(words in words()) {
            let [plain, grammar] = both(&words);
            prop_assert!(plain.is_none() || plain == grammar, "{:?}: {:?}, by the grammar {:?}", words, plain, grammar);
        }
    }
}
