package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.longhaul.model.jsonl.LineOutcome;
import dev.longhaul.model.jsonl.LineProblem;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Reads an input file: is each line valid, and what are its slices. One pass, and further ones only for duplicate ids:
 * when the file has more lines than the hash budget has room for, and when some ids look alike.
 *
 * <p>Memory: the hash budget, two lines of the longest kind, and some MB for problems and suspects. A file with more
 * suspects than are kept ({@value SuspectSearch#MAX_SUSPECTS}, and that is only one full of duplicates) gets the first
 * 1,000 bad lines all the same, but "at least" so many more.
 *
 * <p>Two lines are duplicates when both could be read and their ids are equal, also if one breaks another rule. A line
 * is reported once, a broken rule before a duplicate id.
 *
 * <p>Immutable; each call of {@link #plan} works on the caller's thread.
 */
public final class InputPlanner {
    private final PlanLimits limits;
    private final Supplier<IdHash> newHash;

    public InputPlanner(PlanLimits limits) {
        this(limits, InputPlanner::keyedHash);
    }

    InputPlanner(PlanLimits limits, Supplier<IdHash> newHash) {
        this.limits = limits;
        this.newHash = newHash;
    }

    /** Keyed anew for each plan, so that nobody can write ids that collide. */
    private static IdHash keyedHash() {
        SecureRandom random = new SecureRandom();
        Hasher64 hasher = Hashing.wyhashFinal4(random.nextLong(), random.nextLong());
        return hasher::hashBytesToLong;
    }

    /**
     * Plans one file.
     *
     * @param sink gets the slices as they are found, even if the file turns out to be invalid later
     * @param cancelled asked about once a MiB
     * @throws IOException when the file can't be read to its end, or from the sink; says nothing about the file
     */
    public PlanOutcome plan(PlanRequest request, SliceSink sink, PlanProgress progress, BooleanSupplier cancelled)
            throws IOException {
        try {
            return new Run(request, new Pace(progress, cancelled)).plan(sink);
        } catch (PlanStopped stopped) {
            return new PlanOutcome.Stopped();
        }
    }

    private final class Run {
        private final PlanRequest request;
        private final Pace pace;
        private final IdHash hash = newHash.get();
        private final LineTokenizer tokenizer;
        private final SuspectSearch search;

        Run(PlanRequest request, Pace pace) {
            this.request = request;
            this.pace = pace;
            this.tokenizer = new LineTokenizer(
                    limits.maxLineBytes(),
                    LineTokenizer.DEFAULT_MAX_DEPTH,
                    request.models().allRefusedFields());
            // A line that can be read has more than 48 bytes, and others take no part.
            this.search =
                    new SuspectSearch(limits.hashBudgetBytes(), Math.min(limits.maxLines(), request.bytes() / 48 + 1));
        }

        PlanOutcome plan(SliceSink sink) throws IOException {
            Problems problems = new Problems();
            SliceCutter slices = new SliceCutter(limits, sink);
            RequestRules rules = rules();
            long lines = 0;
            long lastLine = 0;
            long inputs = 0;
            try (Pass pass = new Pass()) {
                while (pass.next()) {
                    if (++lines > limits.maxLines()) {
                        return invalid(tooManyLines());
                    }
                    long line = pass.reader.number();
                    if (line > lastLine + 1 && request.choice() == LineChoice.ALL) {
                        problems.addRun(LineProblem.blankLine(), lastLine + 1, line);
                    }
                    lastLine = line;
                    switch (pass.outcome()) {
                        case LineProblem problem -> problems.add(problem, line);
                        case RequestLine read -> {
                            inputs += rules.embeddingInputs(read);
                            if (inputs > limits.maxEmbeddingInputs()) {
                                return invalid(tooManyInputs());
                            }
                            search.see(line, hashOf(read));
                            LineProblem broken = rules.broken(read);
                            if (broken != null) {
                                problems.add(broken, line);
                            } else if (problems.isEmpty()) {
                                slices.add(pass.reader, read.model());
                            }
                        }
                    }
                }
            }
            if (lines == 0) {
                return invalid(request.choice() == LineChoice.ALL ? emptyFile() : nothingChosen());
            }
            Problems duplicates = duplicates();
            if (problems.isEmpty() && duplicates.isEmpty()) {
                return slices.finish();
            }
            return new PlanOutcome.Invalid(problems.mergedWith(duplicates, search.isCut()));
        }

        private Problems duplicates() throws IOException {
            while (search.endPass()) {
                try (Pass pass = new Pass()) {
                    while (pass.next()) {
                        if (pass.outcome() instanceof RequestLine read) {
                            search.see(pass.reader.number(), hashOf(read));
                        }
                    }
                }
            }
            return search.hasSuspects() ? decided() : new Problems();
        }

        private Problems decided() throws IOException {
            Problems duplicates = new Problems();
            SuspectVerdict verdict = new SuspectVerdict(search.suspectHashes());
            RequestRules rules = rules();
            try (Pass pass = new Pass()) {
                while (pass.next()) {
                    if (!(pass.outcome() instanceof RequestLine read)) {
                        continue;
                    }
                    LineProblem broken = rules.broken(read);
                    if (verdict.isSuspect(hashOf(read))) {
                        Long first = verdict.firstLineOf(read.customId(), pass.reader.number());
                        if (first != null && broken == null) {
                            duplicates.add(duplicateOf(read.customId(), first), pass.reader.number());
                        }
                    }
                }
            }
            return duplicates;
        }

        private RequestRules rules() {
            return new RequestRules(
                    EndpointRules.of(request.endpoint()),
                    request.models(),
                    request.oneModelOnly(),
                    request.requiredModel());
        }

        private long hashOf(RequestLine line) {
            if (line.customIdIsEscaped()) {
                byte[] decoded = line.customId().getBytes(UTF_8);
                return hash.hash(decoded, 0, decoded.length);
            }
            return hash.hash(line.array(), line.customIdStart() + 1, line.customIdEnd() - line.customIdStart() - 2);
        }

        /** One reading of the file's lines, blank ones left out. */
        private final class Pass implements AutoCloseable {
            private final InputStream in;
            final LineReader reader;

            Pass() throws IOException {
                pace.beginPass(request.bytes());
                in = request.source().open();
                reader = new LineReader(in, request.bytes(), limits.maxLineBytes(), pace);
            }

            boolean next() throws IOException {
                while (reader.next()) {
                    if (!reader.isBlank() && request.choice().has(reader.number())) {
                        return true;
                    }
                }
                pace.endPass();
                return false;
            }

            LineOutcome outcome() {
                return reader.isTooLong()
                        ? LineProblem.tooLong(limits.maxLineBytes())
                        : tokenizer.tokenize(reader.array(), reader.offset(), reader.length());
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        }
    }

    private static PlanOutcome invalid(PlanProblem problem) {
        return new PlanOutcome.Invalid(List.of(problem));
    }

    private PlanProblem tooManyLines() {
        return PlanProblem.ofFile(
                "too_many_tasks",
                "The input file has more than " + limits.maxLines()
                        + " requests. Please split it into several batches.");
    }

    private PlanProblem tooManyInputs() {
        return PlanProblem.ofFile(
                "too_many_tasks",
                "The input file has more than " + limits.maxEmbeddingInputs()
                        + " embedding inputs. Please split it into several batches.");
    }

    private static PlanProblem emptyFile() {
        return PlanProblem.ofFile(
                "empty_file", "The input file is empty. Please ensure that the batch contains at least one request.");
    }

    private static PlanProblem nothingChosen() {
        return PlanProblem.ofFile(
                "nothing_to_retry", "No request of the error file ended with one of the chosen error codes.");
    }

    private static LineProblem duplicateOf(String id, long firstLine) {
        return new LineProblem(
                "duplicate_custom_id",
                "The custom_id '" + LineProblem.shortened(id) + "' was already used in line " + firstLine + ".",
                "custom_id");
    }
}
