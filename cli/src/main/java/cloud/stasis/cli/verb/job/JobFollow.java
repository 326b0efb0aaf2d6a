package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Show how far a job is until it is over.",
            "Exits with 0 if it succeeds. Ctrl-C leaves it running."
        },
        footer = {"", "Examples:", "  stasis job-follow 44444444-4444-4444-8444-444444444444"})
public final class JobFollow extends Verb {
    @Parameters(paramLabel = "JOB", description = "id")
    private String job = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public JobFollow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Job found = cloud().jobs().job(job);
        return work(wait, Patience.WAITS, Work.of(found, found.kindInWords()));
    }
}
