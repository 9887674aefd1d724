package dev.longhaul.model.jsonl;

/** A body's field that carries what the model is to work on; which one is required depends on the endpoint. */
public enum InputField {
    MESSAGES("messages"),
    INPUT("input"),
    PROMPT("prompt");

    private final String key;

    InputField(String key) {
        this.key = key;
    }

    public String key() {
        return key;
    }

    int bit() {
        return 1 << ordinal();
    }
}
