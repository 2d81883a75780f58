//! Tests of the text of every workflow in `.github`. They run only on GitHub, so they can't be tried here.

use std::fs;

use xshell::{Shell, cmd};

/// The path and text of each workflow and each of our own actions.
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
    assert!(files.len() > 2, "the workflows were moved");
    files
}

/// The values of the lines `uses: …`, with their comments.
fn used_actions(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim_start);
    let keys = lines.map(|line| line.strip_prefix("- ").unwrap_or(line));
    keys.filter_map(|line| line.strip_prefix("uses:")).map(str::trim).collect()
}

/// Whether an action is our own, or pinned by its commit, which can't be changed afterwards, with its version beside it.
fn is_pinned(action: &str) -> bool {
    let reference = action.split_once('@').map_or("", |(_name, reference)| reference);
    let (commit, version) = reference.split_once(" # ").unwrap_or((reference, ""));
    let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    action.starts_with("./") || (is_commit && version.starts_with('v'))
}

#[test]
fn every_action_is_pinned_by_its_commit_with_its_version_beside_it() {
    for (file, text) in files() {
        for used in used_actions(&text) {
            assert!(is_pinned(used), "{file}: `{used}`; write it as owner/action@COMMIT # vVERSION");
        }
    }
}

/// The entries of the lists `paths:`.
fn watched_paths(text: &str) -> impl Iterator<Item = &str> {
    let lists = text.split("paths:\n").skip(1);
    let entries = lists.flat_map(|list| list.lines().map(str::trim).map_while(|line| line.strip_prefix("- ")));
    entries.map(|entry| entry.trim_matches('"'))
}

#[test]
fn every_path_that_a_workflow_watches_exists() {
    let (mut count, sh) = (0, Shell::new().expect("a shell"));
    sh.change_dir(crate::root());
    for (file, text) in files() {
        for path in watched_paths(&text) {
            // The same syntax as GitHub's.
            let glob = format!(":(glob){path}");
            // In a container the checkout may belong to another account, which git refuses by default.
            let found = cmd!(sh, "git -c safe.directory=* ls-files --cached --others --exclude-standard -- {glob}")
                .quiet()
                .read()
                .expect("git");
            assert!(!found.is_empty(), "{file}: there is no {path}; was it moved?");
            count += 1;
        }
    }
    assert!(count > 5, "the lists were not found");
}

#[test]
fn no_workflow_gives_secrets_to_a_pull_request() {
    for (file, text) in files() {
        for trigger in ["pull_request_target", "workflow_run"] {
            assert!(!text.contains(trigger), "{file}: {trigger} runs other people's code with our secrets");
        }
    }
}

#[test]
fn no_key_is_available_where_an_appimage_is_built() {
    let text = fs::read_to_string(crate::root().join(".github/workflows/release.yml")).expect("a text");
    let building = text.split("- name: Bundle for Linux").nth(1).expect("it is built there");
    let building = building.split("- name:").next().unwrap_or_default();
    assert!(building.contains("run: .github/scripts/bundle.sh"), "{building}");
    assert!(!building.contains("secrets."), "an AppImage's tools are third-party and not pinned: {building}");
    let environments = text.lines().filter(|line| line.contains("environment:") && line.contains("matrix.system"));
    assert!(environments.clone().count() == 1 && environments.clone().all(|line| line.contains("!= 'linux'")));
}

#[test]
fn an_action_that_is_not_pinned_is_detected() {
    let text = "steps:\n  - uses: a/b@v4\n  - name: x\n    uses: a/b@main # v4\n  - uses: ./.github/actions/ours\n";
    let used = used_actions(text);
    assert_eq!(used, ["a/b@v4", "a/b@main # v4", "./.github/actions/ours"]);
    assert_eq!(used.into_iter().map(is_pinned).collect::<Vec<_>>(), [false, false, true]);
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(is_pinned(&format!("a/b@{commit} # v4.1.0")) && !is_pinned(&format!("a/b@{commit}")));
}
