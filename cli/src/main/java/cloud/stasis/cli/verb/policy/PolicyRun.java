package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.cloud.Policy;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Let a policy run now. policy-show tells what comes of it.")
public final class PolicyRun extends Verb {
    @Parameters(paramLabel = "POLICY", description = "name or id")
    private String policy = "";

    public PolicyRun(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        List<Policy.Result> entered = cloud().policies().run(cloud().policies().policy(policy));
        output().list(PolicyView.RESULTS, entered);
        return ExitCode.OK;
    }
}
