"""Places an order over HTTP. REKINDLE_URL and REKINDLE_API_KEY name the dashboard and a key for it."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal

RETRIED = {409, 429, 503}


def place_order(url, key, order_id, user_id, amount, currency, attempts=5):
    """Returns the API's answer; the same order may be sent again."""
    # A float would be close to the amount, and close is not enough for money.
    body = '{"orderId":%s,"userId":%s,"amount":%s,"currency":%s}' % (
        json.dumps(order_id), json.dumps(user_id), Decimal(amount), json.dumps(currency))
    request = urllib.request.Request(
        url + "/api/orders",
        data=body.encode(),
        headers={
            "Authorization": "Bearer " + key,
            "Idempotency-Key": order_id,
            "Content-Type": "application/json",
        })
    for attempt in range(1, attempts + 1):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in RETRIED or attempt == attempts:
                raise SystemExit(error.read().decode())
            time.sleep(float(error.headers.get("Retry-After") or attempt))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit("usage: place_order.py ORDER_ID USER_ID AMOUNT CURRENCY")
    print(json.dumps(place_order(
        os.environ["REKINDLE_URL"], os.environ["REKINDLE_API_KEY"], *sys.argv[1:])))
