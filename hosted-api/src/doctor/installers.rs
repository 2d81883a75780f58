//! Whether there is something to install for whoever opens an invitation on a computer without Ringside.

use std::path::Path;

use super::Check;
use crate::store::Store;
use crate::updates::{Artefacts, artefacts_directory, offered_installers};

const WHAT: &str = "installers";

/// Which installers the pages offer; nothing if the database is from an older version.
pub(super) async fn installers(store: &Store, data_dir: Option<&Path>) -> Option<Check> {
    if !matches!(store.due_migrations().await, Ok(0)) {
        return None;
    }
    let artefacts = Artefacts::at(artefacts_directory(data_dir?));
    let offered = match offered_installers(store, &artefacts).await {
        Ok(offered) => offered,
        Err(error) => return Some(Check::problem(WHAT, super::cannot_open(&error))),
    };
    let names: Vec<&str> = offered.iter().map(|installer| installer.artefact.file_name.as_str()).collect();
    Some(if names.is_empty() {
        Check::warning(
            WHAT,
            "there are none, so whoever opens an invitation on a computer without Ringside finds nothing to install on \
             /join and /download: publish them with `ringside-api release publish` (docs/operating.md, Installers)",
        )
    } else {
        Check::ok(WHAT, names.join(", "))
    })
}
