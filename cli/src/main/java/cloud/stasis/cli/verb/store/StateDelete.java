package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Delete backups of the control plane's state. For operators.",
        footer = {"", "Examples:", "  stasis state-delete 7c6b5a49-3827-4615-8403-f2e1d0c9b8a7"})
public final class StateDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "BACKUP", description = "ids")
    private List<String> backups = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public StateDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(
                wait,
                Patience.WAITS,
                backups,
                id -> Work.of(cloud().stateBackups().delete(id), "delete " + id));
    }
}
