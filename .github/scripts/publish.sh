#!/usr/bin/env bash
# Publishes what is in `release` on the server: every signed package with its signature, and what is new.
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
    echo "::warning title=Not published::$1"
    exit 0
}

for name in RINGSIDE_SSH_KEY RINGSIDE_SSH_HOST RINGSIDE_SSH_KNOWN_HOSTS; do
    [[ -n ${!name:-} ]] || skip "$name is not set: run ringside-api release publish by hand"
done
(cd release && sha256sum --check --quiet SHA256SUMS)

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/release" "$place/release/files" "$place/release/notes"
for signature in release/*.sig; do
    [[ -f $signature ]] || skip "no package is signed"
    cp "$signature" "${signature%.sig}" "$place/release/files/"
done
said=docs/releases/$VERSION
for notes in "$said"/*.md; do
    [[ -f $notes ]] && cp "$notes" "$place/release/notes/"
done
for file in "$said/rollout" "$said/requires"; do
    [[ -f $file ]] && cp "$file" "$place/release/"
done
cp .github/scripts/on-server.sh "$place/release/"
# Installations believe the key they were built with, which is not the one that is built in now while the key is changed.
printf '%s\n' "${RINGSIDE_UPDATE_VERIFY_KEY:-$RINGSIDE_UPDATE_PUBLIC_KEY}" > "$place/release/update.pub"

(umask 077 && printf '%s\n' "$RINGSIDE_SSH_KEY" > "$place/key")
printf '%s\n' "$RINGSIDE_SSH_KNOWN_HOSTS" > "$place/known_hosts"
options=(-i "$place/key" -o IdentitiesOnly=yes -o BatchMode=yes
    -o UserKnownHostsFile="$place/known_hosts" -o StrictHostKeyChecking=yes)

# One connection: everything arrives in a directory of its own, and what is to be done with it comes along. The version and
# the channel are of letters, digits, dots and hyphens.
# shellcheck disable=SC2029 # They are to be put in here.
tar --create --gzip --directory "$place/release" . |
    ssh "${options[@]}" "$RINGSIDE_SSH_HOST" "set -e; place=\$(mktemp -d); trap 'rm -rf \"\$place\"' EXIT
        tar --extract --gzip --directory \"\$place\"; bash \"\$place/on-server.sh\" $CHANNEL $VERSION"
