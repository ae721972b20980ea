#!/bin/sh
# web needs api, and api needs db. Each takes a while until it is ready, and nobody sleeps or polls meanwhile.
set -eu
cd "$(dirname "$0")"
run=$(mktemp -d)
export run
web='' api='' db=''
trap 'kill $web $api $db; rm -r "$run"' EXIT
now() { node -p 'Date.now()'; }

fifodir make "$run/db" "$run/api" "$run/web"

# Launched long before what they need is there: they wait, and then become the server. The pid stays.
launched=$(now) fifodir wait -q -t 20s "$run/api" U -- node server.mjs web needs api & web=$!
launched=$(now) fifodir wait -q -t 20s "$run/db" U -- node server.mjs api needs db & api=$!

# Subscribes to web first and starts db then, so whatever follows from that cannot be missed.
db=$(launched=$(now) fifodir listen -q -t 20s "$run/web" U -- sh -c 'node server.mjs db >&2 & echo $!')

echo "all are up; web says: $(node get.mjs "$run/web.sock")"
