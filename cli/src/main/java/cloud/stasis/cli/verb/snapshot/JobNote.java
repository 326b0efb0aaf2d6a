package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What is said of jobs, by those who wait and when nobody waits.
final class JobNote {
    private JobNote() {}

    static void say(Tools tools, Job job) {
        if (!job.id().isEmpty()) {
            tools.terminal().note("Under way. Follow it:  stasis job-follow " + job.id());
        }
    }

    /// Of several that go on at once. One that fails does not keep the others from being waited for.
    static ExitCode follow(Tools tools, WaitOption wait, List<Job> jobs, Function<Job, String> title) {
        ExitCode worst = ExitCode.OK;
        List<Job> last = new ArrayList<>();
        for (Job job : jobs) {
            if (!wait.waits(true)) {
                say(tools, job);
                last.add(job);
                continue;
            }
            try {
                last.add(tools.follower().job(job, title.apply(job), wait.limit()));
            } catch (Failure failure) {
                tools.terminal().err().println(SafeText.line(failure.line()));
                worst = failure.exitCode();
            }
        }
        if (tools.output().format() != Format.TABLE) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode(last.size());
            last.forEach(job -> all.add(job.json()));
            tools.output().document(all);
        }
        return worst;
    }
}
