#!/usr/bin/env python3
"""Writes a model of random weights as a GGUF file, for trying the protocol of a server.

It writes no sense, but takes every step that a real model takes: template, tokens, grammar,
limits. Needs nothing but Python. The format is described at
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

    tiny_model.py FILE [--template FILE] [--context TOKENS] [--seed SEED]
"""

import argparse
import array
import random
import struct

WIDTH, LAYERS, HEADS, INNER = 64, 2, 4, 128
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6

# A template of two kinds of turns, as small models have it.
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def field(key, kind, value):
    head = text(key)
    if kind == STRING:
        return head + struct.pack("<I", STRING) + text(value)
    return head + struct.pack("<I", kind) + struct.pack("<f" if kind == FLOAT32 else "<I", value)


def fields(key, kind, values):
    head = text(key) + struct.pack("<IIQ", ARRAY, kind, len(values))
    if kind == STRING:
        return head + b"".join(text(value) for value in values)
    letter = {FLOAT32: "f", INT32: "i"}[kind]
    return head + struct.pack(f"<{len(values)}{letter}", *values)


def vocabulary():
    """The tokens of a byte-level model: a mark for the beginning and the end, and every byte."""
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    tokens += [("\u2581", NORMAL), ("<|im_start|>", CONTROL), ("<|im_end|>", CONTROL)]
    tokens += [(chr(c), NORMAL) for c in range(33, 127)]
    return tokens


def tensors(size, chance):
    def weights(*shape):
        count = 1
        for length in shape:
            count *= length
        # Loud enough that the model does not write the same token for ever.
        return shape, array.array("f", (chance.gauss(0, 0.2) for _ in range(count)))

    def ones(length):
        return (length,), array.array("f", [1.0] * length)

    yield "token_embd.weight", weights(WIDTH, size)
    yield "output_norm.weight", ones(WIDTH)
    yield "output.weight", weights(WIDTH, size)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", ones(WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield block + name + ".weight", weights(WIDTH, WIDTH)
        yield block + "ffn_norm.weight", ones(WIDTH)
        yield block + "ffn_gate.weight", weights(WIDTH, INNER)
        yield block + "ffn_up.weight", weights(WIDTH, INNER)
        yield block + "ffn_down.weight", weights(INNER, WIDTH)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--template", help="a file with the chat template")
    parser.add_argument("--context", type=int, default=16384)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    template = TEMPLATE
    if args.template:
        with open(args.template, encoding="utf-8") as given:
            template = given.read()

    tokens = vocabulary()
    names = [name for name, _ in tokens]
    end = names.index("<|im_end|>")
    metadata = [
        field("general.architecture", STRING, "llama"),
        field("general.name", STRING, "random"),
        field("llama.context_length", UINT32, args.context),
        field("llama.embedding_length", UINT32, WIDTH),
        field("llama.block_count", UINT32, LAYERS),
        field("llama.feed_forward_length", UINT32, INNER),
        field("llama.attention.head_count", UINT32, HEADS),
        field("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
        field("llama.rope.dimension_count", UINT32, WIDTH // HEADS),
        field("tokenizer.ggml.model", STRING, "llama"),
        fields("tokenizer.ggml.tokens", STRING, names),
        fields("tokenizer.ggml.scores", FLOAT32, [0.0] * len(tokens)),
        fields("tokenizer.ggml.token_type", INT32, [kind for _, kind in tokens]),
        field("tokenizer.ggml.bos_token_id", UINT32, 1),
        field("tokenizer.ggml.eos_token_id", UINT32, end),
        field("tokenizer.ggml.unknown_token_id", UINT32, 0),
        field("tokenizer.chat_template", STRING, template),
    ]
    all_tensors = list(tensors(len(tokens), random.Random(args.seed)))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(all_tensors), len(metadata)) + b"".join(metadata)
    offset = 0
    for name, (shape, data) in all_tensors:
        head += text(name) + struct.pack("<I", len(shape))
        head += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", 0, offset)
        offset += -(-len(data) * 4 // 32) * 32
    with open(args.file, "wb") as out:
        out.write(head + b"\0" * (-len(head) % 32))
        for _, (_, data) in all_tensors:
            out.write(data.tobytes() + b"\0" * (-len(data) * 4 % 32))


if __name__ == "__main__":
    main()
