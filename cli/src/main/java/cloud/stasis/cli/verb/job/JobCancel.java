package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Cancel jobs. What they have done so far is undone.")
public final class JobCancel extends Verb {
    @Parameters(arity = "1..*", paramLabel = "JOB", description = "ids")
    private List<String> jobs = new ArrayList<>();

    public JobCancel(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(jobs, given -> {
            cloud().jobs().cancel(cloud().jobs().job(given));
            output().say("Request to cancel job " + given + " has been accepted.");
        });
    }
}
