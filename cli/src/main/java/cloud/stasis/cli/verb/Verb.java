package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Listing;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.SafeText;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

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

    /// Does the same to several things. One that fails is reported and does not keep the others from their turn.
    protected final ExitCode each(List<String> given, Consumer<String> action) {
        ExitCode worst = ExitCode.OK;
        for (String one : given) {
            try {
                action.accept(one);
            } catch (Failure failure) {
                if (given.size() == 1 || failure.is(FailureType.CONNECT_FAILURE)) {
                    throw failure;
                }
                tools.terminal().err().println(SafeText.line(failure.line()));
                worst = failure.exitCode();
            }
        }
        return worst;
    }
}
