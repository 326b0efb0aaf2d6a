package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = "List volumes.",
        footer = {"", "Examples:", "  stasis volume-list"})
public final class VolumeList extends Verb {
    private static final List<Column<Volume>> COLUMNS = List.of(
            Column.id("ID", Volume::id),
            Column.of("Name", Volume::name),
            Column.status("Status", Volume::status),
            Column.number("GiB", volume -> volume.text("size")),
            Column.of("Bootable", volume -> volume.text("bootable")),
            Column.of("Attached to", Volume::attachedTo));

    @Mixin
    private final LimitOption limit = new LimitOption();

    public VolumeList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, rows(cloud().volumes().list(limit.limit())));
        return ExitCode.OK;
    }
}
