package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Delete policies. What they made stays.")
public final class PolicyDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "POLICY", description = "names or ids")
    private List<String> policies = new ArrayList<>();

    public PolicyDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(
                policies, given -> cloud().policies().delete(cloud().policies().policy(given)));
    }
}
