package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.cloud.Named;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        description = {"List key pairs."},
        footer = {"", "Examples:", "  stasis keypair-list"})
public final class KeypairList extends Verb {
    private static final List<Column<Named>> COLUMNS = List.of(
            Column.of("Name", Named::name),
            Column.of("Type", keypair -> keypair.text("type")),
            Column.id("Fingerprint", keypair -> keypair.text("fingerprint")));

    public KeypairList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().compute().keypairs());
        return ExitCode.OK;
    }
}
