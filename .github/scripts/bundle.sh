#!/usr/bin/env bash
# Builds this system's installers, signed with what there is to sign with, and puts them into `packages`. What is missing
# is said and done without.
set -euo pipefail
cd "$(dirname "$0")/../.."

have() {
    local name
    for name in "$@"; do
        [[ -n ${!name:-} ]] || return 1
    done
}

warn() {
    echo "::warning title=Not signed::$1"
}

updates=(TAURI_SIGNING_PRIVATE_KEY RINGSIDE_UPDATE_PUBLIC_KEY)
apple=(APPLE_CERTIFICATE APPLE_CERTIFICATE_PASSWORD APPLE_SIGNING_IDENTITY)
notary=(APPLE_ID APPLE_PASSWORD APPLE_TEAM_ID)
windows=(WINDOWS_CERTIFICATE WINDOWS_CERTIFICATE_PASSWORD)

if [[ $(uname -s) == Linux ]]; then
    # The AppImage's tools are fetched as they are at that moment, so no key is where they run: sign.sh signs, elsewhere.
    unset TAURI_SIGNING_PRIVATE_KEY TAURI_SIGNING_PRIVATE_KEY_PASSWORD
    have RINGSIDE_UPDATE_PUBLIC_KEY ||
        warn "without RINGSIDE_UPDATE_PUBLIC_KEY these packages do not update themselves and can't be published"
elif have "${updates[@]}"; then
    # A key without a password has an empty one; nobody is here to be asked for it.
    export TAURI_SIGNING_PRIVATE_KEY_PASSWORD=${TAURI_SIGNING_PRIVATE_KEY_PASSWORD:-}
else
    # A secret that is not set comes as an empty text, which Tauri's tool would take for one.
    unset "${updates[@]}" TAURI_SIGNING_PRIVATE_KEY_PASSWORD
    warn "without ${updates[*]} these packages do not update themselves and can't be published"
fi

case $(uname -s) in
Darwin)
    if ! have "${apple[@]}"; then
        unset "${apple[@]}" "${notary[@]}"
        # Apple silicon runs nothing without a signature; this is one that names nobody.
        export APPLE_SIGNING_IDENTITY=-
        warn "without ${apple[*]} macOS says of the application that nobody knows who made it"
    elif ! have "${notary[@]}"; then
        unset "${notary[@]}"
        warn "without ${notary[*]} the application is signed, but not notarised"
    fi
    ;;
MINGW* | MSYS*)
    if have "${windows[@]}"; then
        pwsh -NoProfile -File .github/scripts/certificate.ps1
    else
        warn "without ${windows[*]} Windows says of the installer that nobody knows who made it"
    fi
    unset "${windows[@]}"
    ;;
esac

cargo xtask bundle --version "$VERSION"

mkdir packages
find target/bundle/bundle -mindepth 2 -maxdepth 2 -type f \
    \( -name '*.deb' -o -name '*.rpm' -o -name '*.AppImage' -o -name '*.dmg' -o -name '*.exe' -o -name '*.app.tar.gz' \
    -o -name '*.sig' \) -exec cp {} packages/ \;

# The one name that does not say which processor it is for: the server goes by it, and the two would be one file.
arch=$(uname -m)
case $arch in
arm64) arch=aarch64 ;;
x86_64) arch=x64 ;;
esac
for ending in app.tar.gz app.tar.gz.sig; do
    if [[ -f packages/Ringside.$ending ]]; then
        mv "packages/Ringside.$ending" "packages/Ringside_$arch.$ending"
    fi
done

# Tauri's tool signs what updates. A disk image is for the first time only, but the server publishes nothing unsigned.
if [[ $(uname -s) == Darwin ]] && have "${updates[@]}"; then
    for image in packages/*.dmg; do
        if [[ -f $image ]]; then
            ui/node_modules/.bin/tauri signer sign --app-version "$VERSION" "$image"
        fi
    done
fi
ls -l packages
