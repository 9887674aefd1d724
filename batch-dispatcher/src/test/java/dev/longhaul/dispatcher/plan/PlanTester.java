package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.model.jsonl.LineSplitter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans small files; keeps what came out. */
final class PlanTester implements ModelCatalog {
    static final String CHAT = "/v1/chat/completions";

    final List<PlannedSlice> slices = new ArrayList<>();
    PlanLimits limits = PlanLimits.DEFAULT;
    String endpoint = CHAT;
    boolean oneModelOnly;

    @Nullable
    String requiredModel;

    Set<String> models = Set.of("m", "m2", "m3");
    /** Endpoints that serve them; the batch's own when empty. */
    List<String> servedAt = List.of();

    Map<String, Set<String>> refusedFields = Map.of();
    int readAtMost = Integer.MAX_VALUE;
    int opened;

    @Nullable
    IdHash hash;

    PlanOutcome plan(String text) {
        return plan(text.getBytes(UTF_8));
    }

    PlanOutcome plan(byte[] file) {
        slices.clear();
        opened = 0;
        IdHash ownHash = hash;
        InputPlanner planner = ownHash == null ? new InputPlanner(limits) : new InputPlanner(limits, () -> ownHash);
        try {
            return planner.plan(
                    new PlanRequest(
                            () -> open(file), file.length, endpoint, this, oneModelOnly, requiredModel, LineChoice.ALL),
                    slices::addAll,
                    (read, toRead) -> {},
                    () -> false);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public List<String> endpointsOf(String model) {
        if (!models.contains(model)) {
            return List.of();
        }
        return servedAt.isEmpty() ? List.of(endpoint) : servedAt;
    }

    @Override
    public Set<String> refusedFields(String model) {
        return refusedFields.getOrDefault(model, Set.of());
    }

    @Override
    public Set<String> allRefusedFields() {
        return refusedFields.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    }

    private InputStream open(byte[] file) {
        opened++;
        return new ByteArrayInputStream(file) {
            @Override
            public int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, readAtMost));
            }
        };
    }

    PlanOutcome.Valid valid(String text) {
        PlanOutcome outcome = plan(text);
        if (outcome instanceof PlanOutcome.Valid valid) {
            return valid;
        }
        throw new AssertionError(outcome.toString());
    }

    List<PlanProblem> problems(String text) {
        PlanOutcome outcome = plan(text);
        if (outcome instanceof PlanOutcome.Invalid invalid) {
            return invalid.problems();
        }
        throw new AssertionError(outcome.toString());
    }

    void limits(long maxLines, int maxLineBytes, int maxSliceLines, int maxSliceBytes, int hashBudget) {
        limits(maxLines, maxLineBytes, maxSliceLines, maxSliceBytes, hashBudget, Long.MAX_VALUE);
    }

    void limits(long maxLines, int maxLineBytes, int maxSliceLines, int maxSliceBytes, int hashBudget, long maxInputs) {
        limits = new PlanLimits(maxLines, maxLineBytes, maxSliceLines, maxSliceBytes, hashBudget, maxInputs);
    }

    /** Each slice's lines, read the way a dispatcher does: from its range alone. */
    static List<String> linesOf(PlannedSlice slice, byte[] file) {
        byte[] range = new byte[slice.length()];
        System.arraycopy(file, (int) slice.offset(), range, 0, range.length);
        LineSplitter splitter = new LineSplitter(range, 0, range.length);
        List<String> lines = new ArrayList<>();
        while (splitter.next()) {
            lines.add(new String(range, splitter.offset(), splitter.length(), UTF_8));
        }
        return lines;
    }

    static String chat(String id) {
        return chat(id, "m");
    }

    static String chat(String id, String model) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + CHAT + "\",\"body\":{\"model\":\""
                + model + "\",\"messages\":[]}}";
    }
}
