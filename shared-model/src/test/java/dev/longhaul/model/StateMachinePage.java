package dev.longhaul.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders {@code docs/state-machine.md} from {@link Transition}, so that the page cannot drift from the code. */
final class StateMachinePage {
    private static final String HEAD = """
            # A batch's states

            This page is written by a test from the one table of transitions, `dev.longhaul.model.Transition`. Don't edit it: change the
            table, then run `mvn -pl shared-model test -Dtest=StateMachineTest -Dlonghaul.rewrite-docs`.

            """;

    private static final String FOOT = """

            Every transition is one conditional update: it happens only if the batch is still in a status that the table allows. It
            sets its timestamp once, by PostgreSQL's clock, raises the batch's version and puts one event in the outbox, all in one
            transaction. When the batch is in another status, nothing happens, and that is a normal answer.

            A batch may be stopped before it ends. The reason is kept beside the status and never changes:

            | `stop_reason` | code of the lines that were not served | their message |
            |---|---|---|
            """;

    private StateMachinePage() {}

    static String render() {
        return HEAD + diagram() + table() + FOOT + stopReasons();
    }

    private static String diagram() {
        String edges = arrows().map(arrow -> "    " + arrow.from().wireName() + " --> "
                        + arrow.transition().to().wireName() + ": "
                        + arrow.transition().who() + "\n")
                .collect(Collectors.joining());
        String ends = Arrays.stream(BatchStatus.values())
                .filter(BatchStatus::isTerminal)
                .map(status -> "    " + status.wireName() + " --> [*]\n")
                .collect(Collectors.joining());
        return "```mermaid\nstateDiagram-v2\n    [*] --> validating: api\n" + edges + ends + "```\n\n";
    }

    private static String table() {
        String rows = arrows().map(arrow -> row(List.of(
                        code(arrow.from().wireName()),
                        code(arrow.transition().to().wireName()),
                        arrow.transition().who(),
                        arrow.transition().when(),
                        code(arrow.transition().to().timestampColumn()))))
                .collect(Collectors.joining());
        return "| from | to | who | when | timestamp set |\n|---|---|---|---|---|\n"
                + row(List.of("(none)", "`validating`", "api", "the batch is created", "`created_at`, `expires_at`"))
                + rows;
    }

    private static String stopReasons() {
        return Arrays.stream(StopReason.values())
                .map(reason -> row(List.of(code(reason.wireName()), code(reason.errorCode()), reason.message())))
                .collect(Collectors.joining());
    }

    private record Arrow(BatchStatus from, Transition transition) {}

    /** One for each allowed pair of statuses; sets have no order of their own, so the enums' order decides. */
    private static Stream<Arrow> arrows() {
        return Arrays.stream(Transition.values())
                .flatMap(transition -> transition.from().stream().sorted().map(from -> new Arrow(from, transition)));
    }

    private static String code(String name) {
        return "`" + name + "`";
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
