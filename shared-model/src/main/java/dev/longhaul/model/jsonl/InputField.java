package dev.longhaul.model.jsonl;

/** A body's field that carries what the model is to work on; which one is required depends on the endpoint. */
public enum InputField {
    MESSAGES("messages", 1),
    INPUT("input", 2),
    PROMPT("prompt", 4);

    private final String key;
    private final int bit;

    InputField(String key, int bit) {
        this.key = key;
        this.bit = bit;
    }

    public String key() {
        return key;
    }

    int bit() {
        return bit;
    }
}
