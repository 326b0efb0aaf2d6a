package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Instant;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Delete all snapshots of an instant of several servers, or none if one cannot be deleted.",
        footer = {"", "Examples:", "  stasis instant-delete before-upgrade"})
public final class InstantDelete extends Verb {
    @Parameters(paramLabel = "INSTANT", description = "name or id")
    private String instant = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public InstantDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Instant gone = cloud().instants().instant(instant);
        return work(
                wait,
                Patience.WAITS,
                cloud().instants().delete(gone).stream()
                        .map(job -> Work.of(job, "delete snapshot " + job.text("snapshot")))
                        .toList());
    }
}
