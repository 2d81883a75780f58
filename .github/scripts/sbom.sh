#!/usr/bin/env bash
# What the application is made of, as CycloneDX, into `packages`: the crates of every system, and the windows' npm packages
# with what builds them.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo install --quiet --locked --root target/tools cargo-cyclonedx --version 0.5.9
export PATH=$PWD/target/tools/bin:$PATH
# It writes one beside every Cargo.toml.
cargo cyclonedx --manifest-path src-tauri/Cargo.toml --format json --spec-version 1.5 --target all

mkdir -p packages
mv src-tauri/ringside.cdx.json "packages/Ringside_${VERSION}_rust.cdx.json"
(cd ui && npm sbom --sbom-format cyclonedx --package-lock-only) > "packages/Ringside_${VERSION}_npm.cdx.json"
ls -l packages
