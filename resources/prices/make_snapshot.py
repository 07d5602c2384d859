#!/usr/bin/env python3
"""Makes prices.json, the price table that Clew brings along, of the data of genai-prices.

    npm pack @pydantic/genai-prices && tar xf pydantic-genai-prices-*.tgz
    make_snapshot.py package/dist/index.js --version 0.1.8 --date 2026-09-23 > prices.json

The argument is the package's index.js, whose first statement is the data as a JavaScript literal, or the data.json
(data_slim.json) of the project's repository. `--date` is the day on which that version was published.

Prices are USD per million tokens (`requests_kcount`: per thousand requests) as decimal strings with at most six places,
so that a token's price is a whole number of pico-USD. What Clew does not price (pictures, documents, searches) is left out.
"""
import argparse
import json
import re
import sys
from decimal import ROUND_HALF_UP, Decimal

KEYS = ["input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok", "output_reasoning_mtok",
        "input_audio_mtok", "output_audio_mtok", "cache_audio_read_mtok", "requests_kcount"]

# What the data does not say: providers that bill batches, and OpenAI's flex processing, at half their prices.
# https://platform.openai.com/docs/guides/batch, https://platform.claude.com/docs/en/build-with-claude/batch-processing,
# https://ai.google.dev/gemini-api/docs/batch-api
SERVICE_TIERS = {"openai": {"batch": "0.5", "flex": "0.5"}, "anthropic": {"batch": "0.5"}, "google": {"batch": "0.5"}}

TOKEN = re.compile(r"""\s+|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|(?P<word>[A-Za-z_$][\w$]*)|(?P<bool>![01])"""
                   r"""|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<mark>[\[\]{}:,])|(?P<other>.)""", re.S)


def literal(text):
    """The array literal that follows the first "= [" as JSON text: keys quoted, !0 and !1 as words, strings in double quotes."""
    out, depth = [], 0
    for found in TOKEN.finditer(text, text.index("[", text.index("="))):
        kind, value = found.lastgroup, found.group()
        if kind == "string" and value[0] != '"':
            inner = re.sub(r"\\(['`])", r"\1", value[1:-1]).replace('"', '\\"').replace("\n", "\\n")
            value = f'"{inner}"'
        elif kind == "word" and value not in ("true", "false", "null"):
            value = f'"{value}"'
        elif kind == "bool":
            value = "true" if value == "!0" else "false"
        elif kind == "number" and value.startswith("."):
            value = "0" + value
        elif kind == "other":
            sys.exit(f"cannot read the data: {text[found.start():found.start() + 40]!r}")
        if kind is None:
            continue
        out.append(value)
        if kind == "mark":
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(value, 0)
            if depth == 0:
                return "".join(out)
    sys.exit("the data ends in the middle")


def decimal(value):
    return format(Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize(), "f")


def match(logic):
    """Globs where that is enough (one, or a list of which one has to fit), {"and": […]} and {"regex": …} else."""
    (kind, value), = logic.items()
    if kind == "or":
        parts = []
        for part in map(match, value):
            parts += part if isinstance(part, list) else [part]
        return parts
    if kind == "and":
        return {"and": [match(part) for part in value]}
    if kind == "regex" or "*" in value:
        return {"regex": value if kind == "regex" else re.escape(value)}
    return {"equals": "{}", "starts_with": "{}*", "ends_with": "*{}", "contains": "*{}*"}[kind].format(value.lower())


def model_prices(prices):
    out, tiered = {}, {}
    for key in KEYS:
        value = prices.get(key)
        if isinstance(value, dict):
            out[key] = decimal(value["base"])
            tiered[key] = sorted((int(tier["start"]), decimal(tier["price"])) for tier in value["tiers"])
        elif value is not None:
            out[key] = decimal(value)
    starts = sorted({start for tiers in tiered.values() for start, _ in tiers})
    tiers = []
    for start in starts:  # a tier says everything that holds in it: what it leaves out is the base price
        tier = {"above_input": start}
        for key, steps in tiered.items():
            reached = [price for at, price in steps if at <= start]
            if reached:
                tier[key] = reached[-1]
        tiers.append(tier)
    if tiers:
        out["tiers"] = tiers
    return out


def conditional(prices):
    if isinstance(prices, dict):
        return [model_prices(prices)]
    out = []
    for one in prices:  # the last that is in force holds, the first where none is
        constraint = one.get("constraint") or {}
        entry = {}
        if "start_date" in constraint:
            entry["from"] = constraint["start_date"]
        if "start_time" in constraint:
            entry["utc"] = [constraint["start_time"][:5], constraint["end_time"][:5]]
        entry.update(model_prices(one["prices"]))
        out.append(entry)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True)
    args = parser.parse_args()
    with open(args.data, encoding="utf-8") as file:
        text = file.read()
    if not text.lstrip().startswith("["):
        text = literal(text)
    data = json.loads(text, parse_float=Decimal, parse_int=Decimal)

    lines = []
    for provider in data:
        head = {"id": provider["id"]}
        for ours, theirs in (("provider_match", "provider_match"), ("model_match", "model_match")):
            if provider.get(theirs):
                head[ours] = match(provider[theirs])
        if provider.get("fallback_model_providers"):
            head["fallback"] = provider["fallback_model_providers"]
        if provider["id"] in SERVICE_TIERS:
            head["service_tiers"] = SERVICE_TIERS[provider["id"]]
        models = [json.dumps({"id": model["id"], "match": match(model["match"]), "prices": conditional(model["prices"])},
                             separators=(",", ":"), ensure_ascii=False) for model in provider["models"]]
        opening = json.dumps(head, separators=(",", ":"), ensure_ascii=False)[:-1]
        lines.append(opening + ',"models":[\n' + ",\n".join(models) + "\n]}")
    about = {"format": "clew-prices-1", "source": "@pydantic/genai-prices (npm)", "source_version": args.version, "date": args.date,
             "licence": "MIT, Copyright (c) Pydantic Services Inc. 2025 to present; the text stands in LICENSE beside this file"}
    print(json.dumps(about, indent=0, ensure_ascii=False)[:-2] + ',\n"providers": [\n' + ",\n".join(lines) + "\n]}")


main()
