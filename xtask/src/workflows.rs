//! What holds for every workflow in `.github`. They run only where nobody can try them beforehand, so what their text
//! shows is looked at here.

use std::fs;

use xshell::{Shell, cmd};

/// Every workflow and every action of our own: where it is, and its text.
fn files() -> Vec<(String, String)> {
    let mut directories = vec![crate::root().join(".github")];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("a directory's entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
                let text = fs::read_to_string(&path).expect("a text");
                files.push((path.display().to_string(), text));
            }
        }
    }
    assert!(files.len() > 2, "the workflows are looked for where they are not");
    files
}

/// What the lines `uses: …` name, each with the comment after it.
fn used(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim_start);
    let keys = lines.map(|line| line.strip_prefix("- ").unwrap_or(line));
    keys.filter_map(|line| line.strip_prefix("uses:")).map(str::trim).collect()
}

/// Whether it is ours, or an action at a commit, which nobody can put something else in place of, with its version.
fn is_pinned(used: &str) -> bool {
    let at = used.split_once('@').map_or("", |(_action, at)| at);
    let (commit, version) = at.split_once(" # ").unwrap_or((at, ""));
    let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    used.starts_with("./") || (is_commit && version.starts_with('v'))
}

#[test]
fn every_action_is_pinned_by_its_commit_and_says_its_version() {
    for (file, text) in files() {
        for used in used(&text) {
            assert!(is_pinned(used), "{file}: `{used}`; write it as owner/action@COMMIT # vVERSION");
        }
    }
}

/// What the lists `paths:` name.
fn watched(text: &str) -> impl Iterator<Item = &str> {
    let lists = text.split("paths:\n").skip(1);
    let entries = lists.flat_map(|list| list.lines().map(str::trim).map_while(|line| line.strip_prefix("- ")));
    entries.map(|entry| entry.trim_matches('"'))
}

#[test]
fn what_a_workflow_waits_for_a_change_of_is_there() {
    let (mut all, sh) = (0, Shell::new().expect("a shell"));
    sh.change_dir(crate::root());
    for (file, text) in files() {
        for path in watched(&text) {
            // As GitHub takes it: any directories, then perhaps an ending.
            let glob = format!(":(glob){path}");
            // In a container the checkout may be another account's, which git refuses if nobody says otherwise.
            let found = cmd!(sh, "git -c safe.directory=* ls-files --cached --others --exclude-standard -- {glob}")
                .quiet()
                .read()
                .expect("git");
            assert!(!found.is_empty(), "{file}: {path} is nothing here: was it moved?");
            all += 1;
        }
    }
    assert!(all > 5, "the lists are looked for where they are not");
}

#[test]
fn no_workflow_gives_our_secrets_to_a_pull_request() {
    for (file, text) in files() {
        for trigger in ["pull_request_target", "workflow_run"] {
            assert!(!text.contains(trigger), "{file}: {trigger} runs with our secrets what somebody else has written");
        }
    }
}

#[test]
fn no_key_is_where_an_appimage_is_built() {
    let text = fs::read_to_string(crate::root().join(".github/workflows/release.yml")).expect("a text");
    let building = text.split("- name: Bundle for Linux").nth(1).expect("it is built there");
    let building = building.split("- name:").next().unwrap_or_default();
    assert!(building.contains("run: .github/scripts/bundle.sh"), "{building}");
    assert!(!building.contains("secrets."), "its tools are not ours, and not pinned: {building}");
    let environments = text.lines().filter(|line| line.contains("environment:") && line.contains("matrix.system"));
    assert!(environments.clone().count() == 1 && environments.clone().all(|line| line.contains("!= 'linux'")));
}

#[test]
fn an_action_that_is_not_pinned_is_noticed() {
    let text = "steps:\n  - uses: a/b@v4\n  - name: x\n    uses: a/b@main # v4\n  - uses: ./.github/actions/ours\n";
    let used = used(text);
    assert_eq!(used, ["a/b@v4", "a/b@main # v4", "./.github/actions/ours"]);
    assert_eq!(used.into_iter().map(is_pinned).collect::<Vec<_>>(), [false, false, true]);
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(is_pinned(&format!("a/b@{commit} # v4.1.0")) && !is_pinned(&format!("a/b@{commit}")));
}
