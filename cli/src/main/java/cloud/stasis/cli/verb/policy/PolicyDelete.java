package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.cloud.Policy;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Delete policies. What they made stays.",
        footer = {"", "Examples:", "  stasis policy-delete gold"})
public final class PolicyDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "POLICY", description = "names or ids")
    private List<String> policies = new ArrayList<>();

    public PolicyDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(policies, given -> {
            Policy policy = cloud().policies().policy(given);
            cloud().policies().delete(policy);
            output().say("Policy " + given + " has been deleted.");
            return policy;
        });
    }
}
