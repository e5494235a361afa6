#!/usr/bin/env bash
# Places an order over HTTP. REKINDLE_URL and REKINDLE_API_KEY name the dashboard and a key for it.
set -euo pipefail
if [ "$#" -ne 4 ]; then
  echo "usage: place-order.sh ORDER_ID USER_ID AMOUNT CURRENCY" >&2
  exit 2
fi
json_text() { # escapes what a shell may hand over
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
answer=$(mktemp)
trap 'cat "$answer"; rm -f "$answer"' EXIT
# A key on the command line is seen by everybody on the machine; in a file descriptor it is not.
curl --silent --show-error --fail-with-body --max-time 10 --retry 5 \
  --output "$answer" \
  --header @<(printf 'Authorization: Bearer %s\n' "$REKINDLE_API_KEY") \
  --header "Idempotency-Key: $1" \
  --header 'Content-Type: application/json' \
  --data "{\"orderId\":$(json_text "$1"),\"userId\":$(json_text "$2"),\"amount\":$3,\"currency\":$(json_text "$4")}" \
  "$REKINDLE_URL/api/orders"
