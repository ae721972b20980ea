#!/bin/sh
# The same with supervisors: who dies is started again, and who comes late learns all the same who is ready.
set -eu
cd "$(dirname "$0")"
run=$(mktemp -d)
launched=$(node -p 'Date.now()')
export run launched
web='' api='' db=''
trap 'kill $web $api $db; wait; rm -r "$run"' EXIT

fifodir run -q -d "$run/db" --ready "unix:$run/db.sock" node server.mjs db & db=$!
fifodir until ready --appear "$run/db" -- fifodir run -q -d "$run/api" --ready "unix:$run/api.sock" node server.mjs api needs db & api=$!
fifodir until ready --appear "$run/api" -- fifodir run -q -d "$run/web" --ready "unix:$run/web.sock" node server.mjs web needs api & web=$!

fifodir until ready --appear -t 20s "$run/web"
fifodir status "$run/db" "$run/api" "$run/web"
echo "all are up; web says: $(node get.mjs "$run/web.sock")"
