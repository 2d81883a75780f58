#!/usr/bin/env bash
# Signs the packages for Linux that are in the directory $1, as Tauri's tool does after building, so that installations take
# them. It needs the npm packages of ui and nothing that was built.
set -euo pipefail
tauri=$(dirname "$0")/../../ui/node_modules/.bin/tauri

for name in TAURI_SIGNING_PRIVATE_KEY RINGSIDE_UPDATE_PUBLIC_KEY; do
    if [[ -z ${!name:-} ]]; then
        echo "::warning title=Not signed::without $name the packages for Linux can't be published"
        exit 0
    fi
done
# A key without a password has an empty one; nobody is here to be asked for it.
export TAURI_SIGNING_PRIVATE_KEY_PASSWORD=${TAURI_SIGNING_PRIVATE_KEY_PASSWORD:-}
for package in "$1"/*.deb "$1"/*.rpm "$1"/*.AppImage; do
    if [[ -f $package ]]; then
        "$tauri" signer sign --app-version "$VERSION" "$package"
    fi
done
ls -l "$1"
