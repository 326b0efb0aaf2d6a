package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;

@Command(
        description = "List the servers that have a standby.",
        footer = {"", "Examples:", "  stasis protection-list"})
public final class ProtectionList extends Verb {
    public ProtectionList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(
                        ProtectionView.list(tools().surroundings().clock().instant()),
                        cloud().protections().list());
        return ExitCode.OK;
    }
}
