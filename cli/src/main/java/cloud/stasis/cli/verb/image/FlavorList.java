package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Flavor;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        description = "List flavors: the sizes that servers come in.",
        footer = {"", "Examples:", "  stasis flavor-list"})
public final class FlavorList extends Verb {
    private static final List<Column<Flavor>> COLUMNS = List.of(
            Column.id("ID", Flavor::id),
            Column.of("Name", Flavor::name),
            Column.number("Memory_MiB", flavor -> flavor.text("ram")),
            Column.number("Disk", flavor -> flavor.text("disk")),
            Column.number("Ephemeral", flavor -> flavor.text("OS-FLV-EXT-DATA:ephemeral")),
            Column.number("VCPUs", flavor -> flavor.text("vcpus")));

    public FlavorList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().compute().flavors());
        return ExitCode.OK;
    }
}
