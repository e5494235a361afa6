#!/usr/bin/env bash
# Has real servers of chat completions write emails. README.md says what each is for.
# LLAMA_SERVER is the program of llama.cpp; REKINDLE the command (default: ./rekindle of this
# repository); EMAILS how many each server is asked for.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rekindle=${REKINDLE:-$here/../../rekindle}
emails=${EMAILS:-3}
work=$(mktemp -d)
started=()
stop() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop EXIT

await() { # URL
  for _ in $(seq 100); do
    if curl -s -o /dev/null --max-time 2 "$1"; then return; fi
    sleep 0.3
  done
  echo "try.sh: $1 does not answer; its log is above" >&2
  exit 1
}

serve() { # NAME COMMAND…
  local log="$work/$1.log"
  shift
  "$@" >"$log" 2>&1 &
  started+=($!)
}

try() { # TITLE PORT MODEL
  echo "== $1"
  "$rekindle" bench model --url "http://127.0.0.1:$2/v1" --model "$3" --emails "$emails" \
    --max-tokens 1200 || true
}

cd "$work"
if [ -n "${LLAMA_SERVER:-}" ]; then
  python3 "$here/tiny_model.py" tiny.gguf --context 32768
  python3 "$here/tiny_model.py" no-system.gguf --context 32768 \
    --template "$here/no-system-turn.jinja"
  serve llama "$LLAMA_SERVER" -m tiny.gguf --host 127.0.0.1 --port 18361 -c 32768 -np 1 --jinja -n 6000
  serve llama-no-system "$LLAMA_SERVER" -m no-system.gguf --host 127.0.0.1 --port 18362 -c 32768 \
    -np 1 --jinja -n 6000
  await http://127.0.0.1:18361/health
  await http://127.0.0.1:18362/health
  try "llama.cpp, random weights" 18361 random
  try "llama.cpp, a template without a system turn" 18362 random
else
  echo "LLAMA_SERVER is not set: llama.cpp is left out" >&2
fi

npm install --silent --no-audit --no-fund --ignore-scripts @dwmkerr/mock-llm @portkey-ai/gateway
python3 "$here/mock_rules.py" >mock.yaml
PORT=18363 serve mock node_modules/.bin/mock-llm --config mock.yaml
serve gateway node node_modules/@portkey-ai/gateway/build/start-server.js --port=18364 --headless
serve forward node "$here/forward.mjs" 18365 http://127.0.0.1:18364 http://127.0.0.1:18363/v1
await http://127.0.0.1:18363/health
await http://127.0.0.1:18364/
try "mock-llm, which refuses much and answers with thoughts and a fence" 18363 mock
try "the same behind Portkey's gateway" 18365 mock
