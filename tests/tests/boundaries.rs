//! The allowed imports, as in docs/architecture.md: a crate does not name what it must not know.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory")
}

/// The Rust sources below `directory`.
fn sources(directory: &str) -> Vec<(PathBuf, String)> {
    let mut waiting = vec![root().join(directory)];
    let mut found = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(&directory).expect("it is a directory") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source is text");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "there are sources in {directory}");
    found
}

/// The dependencies a crate declares, of any kind.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(manifest)).expect("there is a manifest");
    let mut inside = false;
    let mut names = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && let Some((name, _)) = line.split_once(['=', '.']) {
            names.push(name.trim().to_owned());
        }
    }
    names
}

/// Files below `directory` that use `name`, except in comments.
fn users(directory: &str, name: &str) -> Vec<PathBuf> {
    let names = |text: &str| text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(name));
    sources(directory).into_iter().filter(|(_, text)| names(text)).map(|(path, _)| path).collect()
}

#[test]
fn training_imports_no_crate_of_ours_and_does_no_io() {
    let known = dependencies("training/Cargo.toml");
    for stranger in ["logging", "hosted-api", "ringside-core", "tokio", "sqlx", "reqwest", "axum", "tauri", "rand"] {
        assert!(!known.iter().any(|name| name == stranger), "{stranger} in {known:?}");
    }
    for call in ["std::fs", "std::net", "SystemTime::now", "Instant::now", "Timestamp::now", "now_v7"] {
        assert_eq!(users("training/src", call), Vec::<PathBuf>::new(), "{call}");
    }
}

#[test]
fn imports_knows_the_rules_and_does_no_io() {
    let known = dependencies("imports/Cargo.toml");
    for stranger in ["logging", "hosted-api", "ringside-core", "tokio", "sqlx", "reqwest", "axum", "tauri", "rand"] {
        assert!(!known.iter().any(|name| name == stranger), "{stranger} in {known:?}");
    }
    for call in ["std::fs", "std::net", "SystemTime::now", "Instant::now", "Timestamp::now", "now_v7"] {
        assert_eq!(users("imports/src", call), Vec::<PathBuf>::new(), "{call}");
    }
}

#[test]
fn the_core_imports_neither_tauri_nor_the_server() {
    let known = dependencies("src-tauri/core/Cargo.toml");
    assert!(!known.iter().any(|name| name.starts_with("tauri") || name == "hosted-api"), "{known:?}");
}

#[test]
fn the_shell_imports_no_http_client_and_no_rules() {
    let known = dependencies("src-tauri/Cargo.toml");
    assert!(!known.iter().any(|name| ["reqwest", "sqlx", "training", "keyring"].contains(&name.as_str())), "{known:?}");
}

#[test]
fn only_one_file_of_the_core_uses_the_network_the_clock_and_randomness() {
    let this_machine = root().join("src-tauri/core/src/this_machine.rs");
    for call in ["Client::builder", "TcpStream::connect", "Timestamp::now", "rand::random", "now_v7"] {
        assert_eq!(users("src-tauri/core/src", call), std::slice::from_ref(&this_machine), "{call}");
    }
    for call in ["SystemTime::now", "rand::rng(", "thread_rng"] {
        assert_eq!(users("src-tauri/core/src", call), Vec::<PathBuf>::new(), "{call}");
    }
}

#[test]
fn every_select_of_the_core_is_biased() {
    for (path, text) in sources("src-tauri/core/src") {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.contains("select! {") {
                let first = lines.find(|line| !line.trim_start().starts_with("//")).unwrap_or_default();
                assert_eq!(first.trim(), "biased;", "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn only_the_stores_use_sqlx() {
    for user in users("hosted-api/src", "sqlx") {
        let is_store = user.starts_with(root().join("hosted-api/src/store"));
        // The log filter names it in a string.
        assert!(is_store || user.ends_with("main.rs"), "{}", user.display());
    }
    for user in users("src-tauri/core/src", "sqlx") {
        assert!(user.starts_with(root().join("src-tauri/core/src/replica")), "{}", user.display());
    }
}

#[test]
fn only_one_file_of_the_core_opens_event_streams() {
    let source = root().join("src-tauri/core/src/event_source.rs");
    assert_eq!(users("src-tauri/core/src", "reqwest_eventsource"), [source]);
}

#[test]
fn a_window_may_use_three_commands_one_event_one_question_of_a_plugin_and_print() {
    let directory = root().join("src-tauri/capabilities");
    let files: Vec<_> = std::fs::read_dir(&directory).expect("it is a directory").filter_map(Result::ok).collect();
    assert_eq!(files.len(), 1, "every capability is in one file: {files:?}");
    let text = std::fs::read_to_string(files[0].path()).expect("a capability is text");
    let capability: serde_json::Value = serde_json::from_str(&text).expect("a capability is JSON");
    let allowed = [
        "allow-call",
        // Bytes, which no call carries.
        "allow-put-file",
        "allow-read-video",
        "core:event:allow-listen",
        "core:event:allow-unlisten",
        // Requested by the plugin's own script when a page is loaded.
        "notification:allow-is-permission-granted",
        // `window.print` of a WKWebView does nothing by itself.
        "core:webview:allow-print",
    ];
    assert_eq!(
        capability["permissions"],
        serde_json::json!(allowed),
        "each more needs a reason, here and in docs/decisions/desktop.md"
    );
    assert_eq!(capability["windows"], serde_json::json!(["profile-*"]));
    let keys: Vec<&str> = capability.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["$schema", "description", "identifier", "permissions", "windows"],
        "nothing remote, no web view more"
    );
}

#[test]
fn a_window_has_no_permission_beyond_its_capability() {
    let directory = root().join("src-tauri");
    let text = std::fs::read_to_string(directory.join("tauri.conf.json")).expect("it is text");
    let configuration: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let app = &configuration["app"];
    assert_eq!(app["withGlobalTauri"], false);
    assert!(app["security"]["capabilities"].is_null() && app["security"]["assetProtocol"].is_null());
    for system in ["linux", "macos", "windows"] {
        let overlay = directory.join(format!("tauri.{system}.conf.json"));
        assert!(!overlay.exists(), "{} would be laid over it", overlay.display());
    }
    let permissions = directory.join("permissions");
    let written: Vec<_> = std::fs::read_dir(&permissions).expect("it is a directory").filter_map(Result::ok).collect();
    assert!(written.iter().all(|file| file.file_name() == "autogenerated"), "by hand: {written:?}");
    let build = std::fs::read_to_string(directory.join("build.rs")).expect("it is text");
    let commands = r#"commands(&["call", "put_file", "read_video"])"#;
    assert!(build.contains(commands), "a window has these commands: {build}");
    assert_eq!(users("src-tauri/src", "add_capability"), Vec::<PathBuf>::new());
}

#[test]
fn every_test_named_in_a_document_exists() {
    let names = |text: &str| -> Vec<String> {
        // What begins with the product's name is a metric.
        let is_test = |word: &&str| {
            !word.starts_with("ringside_")
                && word.matches('_').count() >= 3
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        text.split('`').skip(1).step_by(2).filter(is_test).map(str::to_owned).collect()
    };
    let all = ["training", "imports", "logging/src", "hosted-api/src", "src-tauri", "tests", "faults/src", "xtask/src"];
    let code: String = all.iter().flat_map(|directory| sources(directory)).map(|(_, text)| text).collect();
    for document in ["docs/architecture.md", "docs/security.md"] {
        let text = std::fs::read_to_string(root().join(document)).expect("a document is text");
        let missing: Vec<_> = names(&text).into_iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
        assert_eq!(missing, Vec::<String>::new(), "{document}");
    }
}
