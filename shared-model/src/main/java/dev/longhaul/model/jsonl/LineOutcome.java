package dev.longhaul.model.jsonl;

/** What tokenizing one line came to: its fields, or the first thing that is wrong with it. */
public sealed interface LineOutcome permits RequestLine, LineProblem {}
