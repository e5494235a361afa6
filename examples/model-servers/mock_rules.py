#!/usr/bin/env python3
"""Prints rules for mock-llm: it refuses what older servers refuse, and answers the rest well."""

import json

DRAFT = {
    "subject": "{{name}}, the new shelves are up",
    "preheader": "Books and teas for quiet evenings have come in.",
    "body": "<p>Hello {{name}},</p><p>It has been a while since we last heard from you, and we"
    " thought of you. There are new books on our shelves, and some of them may be just what you"
    " like.</p><p>Have a look when you have a quiet moment, we would be happy to see you"
    " again.</p><p>Warm regards,<br>your friends at the shop</p>",
    "call_to_action": {"text": "See what is new", "link_id": "shop"},
    "suggested_items": [
        {"category": "Books", "text": "Stories to get lost in for an evening."}
    ],
}


def rule(match, status, body):
    # mock-llm fills {{…}} itself, so braces of the draft are written as JSON escapes.
    text = json.dumps(body).replace("{{name}}", "\\u007b\\u007bname\\u007d\\u007d")
    content = json.dumps(text)
    return (
        f"  - path: /v1/chat/completions\n    match: {json.dumps(match)}\n"
        f"    response:\n      status: {status}\n      content: {content}\n"
    )


def refusal(text):
    return {"error": {"message": text, "type": "invalid_request_error"}}


def main():
    text = "<think>\nThey want {JSON}.\n</think>\n```json\n" + json.dumps(DRAFT, indent=1) + "\n```"
    answer = {
        "model": "mock",
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "end_turn"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 300},
    }
    # The last rule that matches wins.
    print("rules:")
    print(rule("@", 200, answer), end="")
    print(
        rule(
            "body.messages[0].role == 'system'",
            400,
            refusal("Conversation roles must alternate user/assistant"),
        ),
        end="",
    )
    print(
        rule(
            "body.max_completion_tokens",
            422,
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"]}]},
        ),
        end="",
    )
    print(
        rule(
            "body.response_format.type == 'json_schema'",
            400,
            refusal("This response_format type is unavailable now"),
        ),
        end="",
    )


if __name__ == "__main__":
    main()
