package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show a job.",
        footer = {"", "Examples:", "  stasis job-show 44444444-4444-4444-8444-444444444444"})
public final class JobShow extends Verb {
    @Parameters(paramLabel = "JOB", description = "id")
    private String job = "";

    public JobShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Job found = cloud().jobs().job(job);
        output().one(found, PropertyRows.of(found.json()));
        return ExitCode.OK;
    }
}
