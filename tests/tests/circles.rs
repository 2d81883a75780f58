//! Modules of a crate import each other in no circle, so that each can be read once those that it imports are known.
//!
//! Held by file, for what `use` names. A file may use its parent's: `a/b.rs` is a part of `a/mod.rs`. What a parent exports
//! of a child is the child's. Tests don't count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The circles of a crate that are there, each with its reason.
type Known = &'static [(&'static [&'static str], &'static str)];

/// The sources of each crate, and the circles in it. Let none be added.
const CRATES: [(&str, Known); 6] = [
    ("logging/src", &[]),
    ("training/src", TRAINING),
    ("imports/src", &[]),
    ("hosted-api/src", &[]),
    ("src-tauri/core/src", &[]),
    ("src-tauri/src", SHELL),
];

const TRAINING: Known = &[
    (
        &["progress::bests", "progress::facts"],
        "bests are folded from the facts of sets, which say what they are the best of",
    ),
    (
        &[
            "session::command",
            "session::correction",
            "session::decide",
            "session::event",
            "session::fold",
            "session::permit",
            "session::plan",
            "session::round",
        ],
        "one state machine: what a command decides, an event carries and a fold applies, each in a file of its own",
    ),
];

const SHELL: Known = &[(
    &["page_check", "web_process", "window", "window_bindings"],
    "a window is made anew when its page's process ends, and is watched once it is made",
)];

/// The names that lead to a module: `session`, `round`.
type ModulePath = Vec<String>;

/// The modules of a crate, with their text, but for those that are only compiled for tests.
fn modules(root: &Path) -> BTreeMap<ModulePath, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(root.to_owned(), ModulePath::new())];
    while let Some((directory, path)) = waiting.pop() {
        for entry in std::fs::read_dir(&directory).expect("it is a directory") {
            let file = entry.expect("it can be listed").path();
            let name = file.file_stem().expect("it has a name").to_string_lossy().into_owned();
            if ["test", "mock_", "fuzzing"].iter().any(|start| name.starts_with(start)) {
                continue;
            }
            let below = || path.iter().cloned().chain([name.clone()]).collect();
            if file.is_dir() {
                waiting.push((file, below()));
            } else if file.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&file).expect("a source is text");
                let is_of_directory = ["mod", "lib", "main"].contains(&name.as_str());
                found.insert(if is_of_directory { path.clone() } else { below() }, without_tests(&text));
            }
        }
    }
    found
}

fn without_tests(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |all, line| all + line + "\n")
}

/// The paths that the `use` declarations of a text name, each with whether it is exported.
fn uses(text: &str) -> Vec<(bool, Vec<String>)> {
    let mut all = Vec::new();
    for statement in text.split(';') {
        let Some(at) = statement.rfind("use ").filter(|at| is_declaration(&statement[..*at])) else { continue };
        let is_exported = statement[..at].trim_end().lines().next_back().is_some_and(|line| line.contains("pub"));
        let tree: String = statement[at + 4..].split(" as ").map(str::trim).collect::<Vec<_>>().join("::");
        let tree = tree.replace(char::is_whitespace, "");
        all.extend(
            branches(&tree).into_iter().map(|path| (is_exported, path.split("::").map(str::to_owned).collect())),
        );
    }
    all
}

/// Whether `use` begins a declaration after this text.
fn is_declaration(before: &str) -> bool {
    let line = before.lines().next_back().unwrap_or_default().trim();
    line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
}

/// The paths of a tree: `a::{b, c::d}` has `a::b` and `a::c::d`.
fn branches(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else { return vec![tree.to_owned()] };
    let (mut depth, mut start, mut found) = (0, open + 1, Vec::new());
    for (at, character) in tree.char_indices().skip_while(|(at, _)| *at < open) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (character == ',' && depth == 1) || (character == '}' && depth == 0) {
            let branch = &tree[start..at];
            found.extend(branches(branch).into_iter().map(|branch| format!("{}{branch}", &tree[..open])));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Where a path leads from a module: the module, and the name in it.
fn resolve(modules: &BTreeMap<ModulePath, String>, from: &[String], path: &[String]) -> Option<(ModulePath, String)> {
    let mut rest = path.iter().peekable();
    let mut at = from.to_vec();
    match rest.peek()?.as_str() {
        "crate" => at.clear(),
        "self" | "super" => {}
        child if modules.contains_key(&[from, &[child.to_owned()]].concat()) => {}
        _ => return None,
    }
    while rest.next_if(|name| matches!(name.as_str(), "crate" | "self" | "super")).is_some_and(|name| {
        if name == "super" {
            at.pop();
        }
        true
    }) {}
    while let Some(name) = rest.next_if(|name| modules.contains_key(&[&*at, &[(*name).clone()]].concat())) {
        at.push(name.clone());
    }
    Some((at, rest.next().cloned().unwrap_or_default()))
}

/// Which modules each imports.
fn imports(modules: &BTreeMap<ModulePath, String>) -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
    let mut exports = BTreeMap::new();
    for (module, text) in modules {
        for (_, path) in uses(text).into_iter().filter(|(is_exported, _)| *is_exported) {
            let Some((of, name)) = resolve(modules, module, &path) else { continue };
            if of.len() > module.len() && of.starts_with(module) {
                exports.insert((module.clone(), name), of);
            }
        }
    }
    let imported = |module: &ModulePath, text: &str| {
        let paths = uses(text).into_iter().filter(|(is_exported, _)| !is_exported);
        let mut all = BTreeSet::new();
        for (mut of, name) in paths.filter_map(|(_, path)| resolve(modules, module, &path)) {
            while let Some(child) = exports.get(&(of.clone(), name.clone())) {
                of.clone_from(child);
            }
            if !module.starts_with(&of) {
                all.insert(of);
            }
        }
        all
    };
    modules.iter().map(|(module, text)| (module.clone(), imported(module, text))).collect()
}

/// What a module imports, directly or by way of others.
fn reached<'a>(
    imports: &'a BTreeMap<ModulePath, BTreeSet<ModulePath>>,
    from: &'a ModulePath,
) -> BTreeSet<&'a ModulePath> {
    let (mut all, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(module) = waiting.pop() {
        waiting.extend(imports.get(module).into_iter().flatten().filter(|next| all.insert(*next)));
    }
    all
}

/// The modules of each circle.
fn circles(imports: &BTreeMap<ModulePath, BTreeSet<ModulePath>>) -> BTreeSet<Vec<String>> {
    let reaches: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> =
        imports.keys().map(|module| (module, reached(imports, module))).collect();
    let circle_of = |module: &&ModulePath| {
        let around =
            reaches[*module].iter().filter(|other| reaches.get(**other).is_some_and(|its| its.contains(*module)));
        around.map(|module| module.join("::")).collect::<Vec<_>>()
    };
    imports.keys().map(|module| circle_of(&module)).filter(|circle| circle.len() > 1).collect()
}

#[test]
fn modules_import_each_other_in_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory");
    for (sources, known) in CRATES {
        let found = circles(&imports(&modules(&root.join(sources))));
        let known: BTreeSet<Vec<String>> =
            known.iter().map(|(circle, _)| circle.iter().map(|name| (*name).to_owned()).collect()).collect();
        assert_eq!(found, known, "{sources}");
    }
}

#[test]
fn a_circle_is_found_through_what_a_parent_exports() {
    let text = [
        ("", "mod a;\nmod b;\n"),
        ("a", "mod part;\npub(crate) use self::part::Thing;\n"),
        ("a::part", "use super::Other;\nuse crate::b::{Else, Third as Fourth};\n"),
        ("b", "use crate::{\n    a::Thing,\n    c,\n};\n"),
        ("c", "use std::fmt;\n"),
    ];
    let path = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<ModulePath>();
    let modules = text.iter().map(|(name, text)| (path(name), (*text).to_owned())).collect();
    assert_eq!(circles(&imports(&modules)), BTreeSet::from([vec!["a::part".to_owned(), "b".to_owned()]]));
}
