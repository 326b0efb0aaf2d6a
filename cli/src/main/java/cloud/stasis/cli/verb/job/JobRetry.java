package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Let stuck jobs try again (for administrators).",
        footer = {"", "Examples:", "  stasis job-retry 44444444-4444-4444-8444-444444444444"})
public final class JobRetry extends Verb {
    @Parameters(arity = "1..*", paramLabel = "JOB", description = "ids")
    private List<String> jobs = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public JobRetry(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, jobs, given -> {
            Job job = cloud().jobs().retry(cloud().jobs().job(given));
            output().say("Request to retry job " + given + " has been accepted.");
            return Work.of(job, job.kindInWords());
        });
    }
}
