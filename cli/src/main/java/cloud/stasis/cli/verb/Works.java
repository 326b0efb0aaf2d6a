package cloud.stasis.cli.verb;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/// Asks for the same work on several things, and then waits for all of it or for none. Whoever stops waiting has asked
/// for everything, and one that fails keeps no other from its turn.
final class Works {
    private final Tools tools;
    private final WaitOption wait;
    private final boolean waits;
    private final List<JsonNode> documents = new ArrayList<>();
    private ExitCode worst = ExitCode.OK;

    Works(Tools tools, WaitOption wait, boolean waits) {
        this.tools = tools;
        this.wait = wait;
        this.waits = waits;
    }

    /// @param given names or ids
    static ExitCode run(Tools tools, WaitOption wait, boolean waits, List<String> given, Function<String, Work> ask) {
        Works works = new Works(tools, wait, waits);
        works.end(works.asked(given, ask));
        return works.printed();
    }

    /// Several things that one request began.
    static ExitCode run(Tools tools, WaitOption wait, boolean waits, List<Work> begun) {
        Works works = new Works(tools, wait, waits);
        works.end(begun);
        return works.printed();
    }

    /// One thing. It is the document itself, and not a list of one.
    static ExitCode run(Tools tools, WaitOption wait, boolean waits, Work begun) {
        boolean machine = tools.output().format() != Format.TABLE;
        JsonNode document = JsonNodeFactory.instance.missingNode();
        if (waits) {
            document = begun.await(tools.follower(), wait.limit());
        } else {
            if (machine) {
                document = begun.document();
            }
            note(tools, begun);
        }
        if (machine) {
            tools.output().document(document);
        }
        return ExitCode.OK;
    }

    /// Says how work is followed if that is known.
    static void note(Tools tools, Work work) {
        if (work.hasKnownJob()) {
            tools.terminal().note("Under way. Follow it:  " + work.hint());
        }
    }

    private List<Work> asked(List<String> given, Function<String, Work> ask) {
        List<Work> begun = new ArrayList<>();
        Deque<String> left = new ConcurrentLinkedDeque<>(given);
        try (Interrupts.Guard _ = tools.surroundings().interrupts().guard(() -> notAsked(left))) {
            while (!left.isEmpty()) {
                try {
                    begun.add(ask.apply(left.getFirst()));
                } catch (Failure failure) {
                    boolean away = failure.is(FailureType.CONNECT_FAILURE);
                    if (begun.isEmpty() && (given.size() == 1 || away)) {
                        throw failure;
                    }
                    report(failure);
                    if (away) {
                        return begun;
                    }
                }
                left.removeFirst();
            }
        }
        return begun;
    }

    private void notAsked(Deque<String> left) {
        tools.terminal().err().println();
        tools.terminal().note("Not asked for, or not answered yet:  " + String.join(" ", left));
    }

    private void end(List<Work> begun) {
        Deque<Work> left = new ConcurrentLinkedDeque<>(begun);
        Instant deadline = tools.surroundings().clock().instant().plus(wait.limit());
        if (begun.size() < 2 || !waits) {
            begun.forEach(work -> end(work, deadline));
            return;
        }
        try (Interrupts.Guard _ = tools.surroundings().interrupts().guard(() -> goOn(left))) {
            for (Work work : begun) {
                left.remove(work);
                end(work, deadline);
            }
        }
    }

    private void goOn(Deque<Work> left) {
        left.forEach(work -> tools.terminal().note("So does this:  " + work.hint()));
    }

    private void end(Work work, Instant deadline) {
        try {
            if (waits) {
                Duration left = Duration.between(tools.surroundings().clock().instant(), deadline);
                documents.add(work.await(tools.follower(), left.isNegative() ? Duration.ZERO : left));
                return;
            }
            if (isForMachines()) {
                documents.add(work.document());
            }
            note(tools, work);
        } catch (Failure failure) {
            report(failure);
        }
    }

    private void report(Failure failure) {
        tools.terminal().err().println(SafeText.line(failure.line()));
        worst = worst == ExitCode.FAILED ? worst : failure.exitCode();
    }

    private boolean isForMachines() {
        return tools.output().format() != Format.TABLE;
    }

    private ExitCode printed() {
        if (isForMachines()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode(documents.size());
            documents.forEach(all::add);
            tools.output().document(all);
        }
        return worst;
    }
}
