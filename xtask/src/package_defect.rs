//! What can be wrong with a built package.

/// What is wrong with a package or program.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackageDefect {
    #[error("its program lacks the marker of the kind of package, so it would never find an update")]
    NoMarker,
    #[error("it can't be patched with the marker of its kind of package, so it would never find an update")]
    NotPatchable,
    #[error("it has no desktop entry that opens ringside:// and passes the link on (%u)")]
    NoScheme,
    #[error("{0} is not in it")]
    Missing(&'static str),
}
