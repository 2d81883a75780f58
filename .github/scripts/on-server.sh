#!/usr/bin/env bash
# Runs on the server, beside what is to be published: files, notes/LANGUAGE.md, update.pub and, where the release says so,
# rollout (a percentage) and requires (a version). Of this user's environment it needs what ringside-api needs: itself on
# the PATH, RINGSIDE_DATABASE_URL and RINGSIDE_DATA_DIR.
set -euo pipefail
cd "$(dirname "$0")"

arguments=(--channel "$1" --version "$2" --public-key update.pub)

# An update can't be called back, so a finished version goes to few at first. Whoever is on beta has asked to be one of them.
rollout=10
[[ $1 == beta ]] && rollout=100
[[ -f rollout ]] && rollout=$(<rollout)
arguments+=(--rollout "$rollout")
[[ -f requires ]] && arguments+=(--requires "$(<requires)")

told=
for notes in notes/*.md; do
    if [[ -f $notes ]]; then
        arguments+=(--notes "$(basename "$notes" .md)=$(<"$notes")")
        told=yes
    fi
done
# Only a version to try out gets here without; its draft on GitHub says the same.
[[ -n $told ]] || arguments+=(--notes "en=A version to try out.")

ringside-api release publish "${arguments[@]}" files/*
