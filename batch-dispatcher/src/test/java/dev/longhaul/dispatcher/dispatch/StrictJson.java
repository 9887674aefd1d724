package dev.longhaul.dispatcher.dispatch;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Reads one line of JSON Lines as RFC 8259 says, in strict UTF-8, and shares no code with the parsers of the product. */
final class StrictJson {
    private static final Pattern STRING =
            Pattern.compile("\"(?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*+\"");
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");
    private static final Pattern WORD = Pattern.compile("true|false|null");
    private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\n]*+");

    private String text = "";
    private int at;

    /** @throws IllegalArgumentException if it is anything but one object and one newline at its end */
    void readLine(byte[] line) {
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("no UTF-8", e);
        }
        at = 0;
        if (text.indexOf('\n') != text.length() - 1 || text.indexOf('\r') >= 0 || !text.startsWith("{")) {
            throw new IllegalArgumentException("no line: " + text);
        }
        value();
        if (at != text.length() - 1) {
            throw wrong();
        }
    }

    private void value() {
        skip(SPACE);
        switch (at < text.length() ? text.charAt(at) : ' ') {
            case '{' -> members('}', true);
            case '[' -> members(']', false);
            case '"' -> take(STRING);
            case 't', 'f', 'n' -> take(WORD);
            default -> take(NUMBER);
        }
    }

    private void members(char end, boolean named) {
        at++;
        skip(SPACE);
        if (text.charAt(at) == end) {
            at++;
            return;
        }
        while (true) {
            if (named) {
                skip(SPACE);
                take(STRING);
                skip(SPACE);
                take(':');
            }
            value();
            skip(SPACE);
            if (text.charAt(at) == end) {
                at++;
                return;
            }
            take(',');
        }
    }

    private void take(char c) {
        if (text.charAt(at++) != c) {
            throw wrong();
        }
    }

    private void take(Pattern token) {
        int before = at;
        skip(token);
        if (at == before) {
            throw wrong();
        }
    }

    private void skip(Pattern token) {
        var matcher = token.matcher(text).region(at, text.length());
        if (matcher.lookingAt()) {
            at = matcher.end();
        }
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("at " + at + " of " + text);
    }
}
