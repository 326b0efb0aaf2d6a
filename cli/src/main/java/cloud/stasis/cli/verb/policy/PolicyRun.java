package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.cloud.Policy;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Let a policy run now. policy-show tells what comes of it.",
        footer = {"", "Examples:", "  stasis policy-run gold", "  stasis policy-run --wait gold"})
public final class PolicyRun extends Verb {
    @Parameters(paramLabel = "POLICY", description = "name or id")
    private String policy = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public PolicyRun(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Policy of = cloud().policies().policy(policy);
        List<Policy.Result> entered = cloud().policies().run(of);
        if (!wait.waits(false)) {
            output().list(PolicyView.RESULTS, entered);
            return ExitCode.OK;
        }
        List<Policy.Result> results = begun(of, entered);
        List<Work> jobs = results.stream()
                .map(result -> result.text("job"))
                .filter(job -> !job.isEmpty())
                .flatMap(job -> cloud().jobs().byId(job).stream())
                .map(job -> Work.of(job, job.kindInWords() + " of " + of.name()))
                .toList();
        ExitCode worst = work(wait, Patience.WAITS, jobs);
        if (output().format() == Format.TABLE) {
            output().list(PolicyView.RESULTS, results);
        }
        return results.stream().anyMatch(result -> result.status().equals("failed")) ? ExitCode.FAILED : worst;
    }

    /// Each of the run once its job is known, or will never be.
    private List<Policy.Result> begun(Policy of, List<Policy.Result> entered) {
        Subject<Policy> run = new Subject<>(
                "policy",
                of.id(),
                of.name(),
                "stasis policy-show " + of.id(),
                () -> Optional.of(cloud().policies().policy(of.id())),
                now -> isWaiting(now, entered) ? "waiting for its turn" : "begun");
        return tools().follower()
                .until(run, now -> !isWaiting(now, entered), wait.limit())
                .of(entered);
    }

    private static boolean isWaiting(Policy now, List<Policy.Result> entered) {
        return now.of(entered).stream().anyMatch(Policy.Result::isWaiting);
    }
}
