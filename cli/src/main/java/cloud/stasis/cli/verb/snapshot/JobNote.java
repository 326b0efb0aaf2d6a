package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.verb.Tools;

/// What is said of a job when nobody waits.
final class JobNote {
    private JobNote() {}

    static void say(Tools tools, Job job) {
        if (!job.id().isEmpty()) {
            tools.terminal().note("Under way. Follow it:  stasis job-follow " + job.id());
        }
    }
}
