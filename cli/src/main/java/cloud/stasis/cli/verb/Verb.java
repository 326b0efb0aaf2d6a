package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Listing;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/// A subcommand.
public abstract class Verb implements Callable<Integer> {
    private final Tools tools;

    protected Verb(Tools tools) {
        this.tools = tools;
    }

    @Override
    public final Integer call() {
        return run().status();
    }

    protected abstract ExitCode run();

    protected final Tools tools() {
        return tools;
    }

    protected final Cloud cloud() {
        return tools.cloud();
    }

    protected final Output output() {
        return tools.output();
    }

    /// Says on standard error that a list was cut.
    protected final <R> List<R> rows(Listing<R> listing) {
        if (listing.hasMore()) {
            tools.terminal()
                    .note("Only the first " + listing.rows().size() + " are shown; --limit all shows every one.");
        }
        return listing.rows();
    }

    /// Does the same to several things, and prints what they are then. One that fails is reported and does not keep the
    /// others from their turn.
    protected final ExitCode each(List<String> given, Function<String, ? extends Output.Shown> action) {
        ExitCode worst = ExitCode.OK;
        List<Output.Shown> changed = new ArrayList<>();
        for (String one : given) {
            try {
                changed.add(action.apply(one));
            } catch (Failure failure) {
                if (given.size() == 1 || failure.is(FailureType.CONNECT_FAILURE)) {
                    throw failure;
                }
                tools.terminal().err().println(SafeText.line(failure.line()));
                worst = failure.exitCode();
            }
        }
        if (output().format() != Format.TABLE) {
            output().list(List.of(), changed);
        }
        return worst;
    }

    /// Asks for the same work on several things, then waits for all of it if that is wanted.
    protected final ExitCode work(WaitOption wait, Patience patience, List<String> given, Function<String, Work> ask) {
        return Works.run(tools, wait, patience.waits(wait), given, ask);
    }

    protected final ExitCode work(WaitOption wait, Patience patience, List<Work> begun) {
        return Works.run(tools, wait, patience.waits(wait), begun);
    }

    protected final ExitCode work(WaitOption wait, Patience patience, Work begun) {
        return Works.run(tools, wait, patience.waits(wait), begun);
    }

    /// What a verb does if it is not said whether to wait.
    protected enum Patience {
        /// As novaclient's do.
        RETURNS,
        /// As ours do.
        WAITS;

        boolean waits(WaitOption said) {
            return said.waits(this == WAITS);
        }
    }
}
