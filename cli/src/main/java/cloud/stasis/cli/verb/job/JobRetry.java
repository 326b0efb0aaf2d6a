package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Let stuck jobs try again (for administrators).")
public final class JobRetry extends Verb {
    @Parameters(arity = "1..*", paramLabel = "JOB", description = "ids")
    private List<String> jobs = new ArrayList<>();

    public JobRetry(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(jobs, given -> {
            cloud().jobs().retry(cloud().jobs().job(given));
            output().say("Request to retry job " + given + " has been accepted.");
        });
    }
}
