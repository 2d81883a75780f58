#!/usr/bin/env bash
# Which version this is, and on which channel it comes out. A tag must be the workspace's version; a run by hand may be
# of another one, which it takes from WANTED.
set -euo pipefail
cd "$(dirname "$0")/../.."

refuse() {
    echo "::error::$1"
    exit 1
}

version=$(sed -n '/^\[workspace\.package\]$/,/^\[/ s/^version = "\(.*\)"$/\1/p' Cargo.toml)
if [[ $GITHUB_EVENT_NAME == push ]]; then
    [[ $GITHUB_REF_NAME == "v$version" ]] || refuse "the tag is $GITHUB_REF_NAME, the workspace's version $version"
else
    version=${WANTED:-$version}
fi
# No build metadata: the server could not tell two releases apart that differ in it alone.
number='(0|[1-9][0-9]*)'
a_version="^$number\\.$number\\.$number(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?\$"
[[ $version =~ $a_version ]] || refuse "no version: $version"

channel=stable
[[ $version == *-* ]] && channel=beta
if [[ $GITHUB_EVENT_NAME == push && $channel == stable ]]; then
    grep --quiet --extended-regexp "^## ${version//./\\.}( |\$)" CHANGELOG.md 2>/dev/null ||
        refuse "a stable release has a heading of its own in CHANGELOG.md: ## $version"
    # In every language the windows speak.
    for messages in ui/messages/*.json; do
        notes=docs/releases/$version/$(basename "$messages" .json).md
        grep --quiet '[^[:space:]]' "$notes" 2>/dev/null || refuse "a stable release says what is new: $notes is missing"
    done
fi

# What the server will be told. Said now, because hours of building lie in between.
rollout=docs/releases/$version/rollout
requires=docs/releases/$version/requires
if [[ -f $rollout ]]; then
    [[ $(<"$rollout") =~ ^(100|[1-9]?[0-9])$ ]] || refuse "$rollout says to how many percent it is offered: 0 to 100"
fi
if [[ -f $requires ]]; then
    [[ $(<"$requires") =~ $a_version ]] || refuse "$requires says from which version on it may be taken: 1.2.3"
fi

echo "$version on $channel"
{
    echo "version=$version"
    echo "channel=$channel"
} >> "$GITHUB_OUTPUT"
