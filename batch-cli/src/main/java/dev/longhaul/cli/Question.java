package dev.longhaul.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;

/** Answers from the terminal. */
final class Question {
    private static final BufferedReader INPUT =
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));

    private Question() {}

    /** One line, empty at the end of the input. */
    static String readLine() {
        try {
            String line = INPUT.readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            return "";
        }
    }
}
