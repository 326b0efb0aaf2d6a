package cloud.stasis.cli.verb.policy;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;

@Command(
        description = "List policies.",
        footer = {"", "Examples:", "  stasis policy-list"})
public final class PolicyList extends Verb {
    public PolicyList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(PolicyView.LIST, cloud().policies().list());
        return ExitCode.OK;
    }
}
