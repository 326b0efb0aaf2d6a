package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show a policy and what came of its runs.",
        footer = {"", "Examples:", "  stasis policy-show gold"})
public final class PolicyShow extends Verb {
    @Parameters(paramLabel = "POLICY", description = "name or id")
    private String policy = "";

    public PolicyShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        String id = cloud().policies().policy(policy).id();
        PolicyView.show(output(), cloud().policies().policy(id));
        return ExitCode.OK;
    }
}
