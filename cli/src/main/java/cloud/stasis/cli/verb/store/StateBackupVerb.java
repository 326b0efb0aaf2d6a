package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.StateBackup;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = {
            "Back up what the control plane knows (users, projects, servers, jobs: its database) into the image store.",
            "After a disaster the cloud is made again of it: docs/guides/store.md. For operators."
        },
        footer = {"", "Examples:", "  stasis state-backup"})
public final class StateBackupVerb extends Verb {
    @Mixin
    private final WaitOption wait = new WaitOption();

    public StateBackupVerb(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        StateBackup backup = cloud().stateBackups().take();
        if (wait.waits(true)) {
            backup = tools().follower().state(backup, wait.limit());
        } else {
            tools().terminal().note("Under way. Look at it:  stasis state-list");
        }
        output().one(backup, PropertyRows.of(backup.json()));
        return ExitCode.OK;
    }
}
