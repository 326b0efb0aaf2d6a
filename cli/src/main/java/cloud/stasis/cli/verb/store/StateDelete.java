package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(description = "Delete backups of the control plane's state. For operators.")
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
        return each(backups, id -> {
            Job job = cloud().stateBackups().delete(id);
            if (wait.waits(true)) {
                tools().follower().job(job, "delete " + id, wait.limit());
            }
        });
    }
}
