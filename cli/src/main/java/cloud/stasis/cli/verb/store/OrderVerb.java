package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Mixin;

/// An order to the store that one waits for.
abstract class OrderVerb extends Verb {
    @Mixin
    private final WaitOption wait = new WaitOption();

    OrderVerb(Tools tools) {
        super(tools);
    }

    abstract Job order();

    @Override
    protected final ExitCode run() {
        Job job = order();
        return work(wait, Patience.WAITS, Work.of(job, job.kindInWords()));
    }
}
