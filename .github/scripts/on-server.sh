#!/usr/bin/env bash
# Runs on the server, beside what is to be published: files, notes/LANGUAGE.md, update.pub. Of this user's environment it
# needs what ringside-api needs: itself on the PATH, RINGSIDE_DATABASE_URL and RINGSIDE_DATA_DIR.
set -euo pipefail
cd "$(dirname "$0")"

arguments=(--channel "$1" --version "$2" --public-key update.pub)
for notes in notes/*.md; do
    if [[ -f $notes ]]; then
        arguments+=(--notes "$(basename "$notes" .md)=$(cat "$notes")")
    fi
done
ringside-api release publish "${arguments[@]}" files/*
