#!/usr/bin/env bash
# Drafts the release on GitHub with everything in `release`. Run again, it replaces the files of the draft.
set -euo pipefail
cd "$(dirname "$0")/../.."
export GH_REPO=$GITHUB_REPOSITORY
tag=v$VERSION

notes=docs/releases/$VERSION/en.md
text=$([[ -f $notes ]] && cat "$notes" || echo "A version to try out.")
if draft=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null); then
    if [[ $draft != true ]]; then
        echo "::error::$tag is released already; what people may have fetched is not replaced"
        exit 1
    fi
else
    kind=()
    [[ $CHANNEL == beta ]] && kind=(--prerelease)
    gh release create "$tag" --draft --verify-tag --title "Ringside $VERSION" --notes "$text" "${kind[@]}"
fi
gh release upload "$tag" --clobber release/*
