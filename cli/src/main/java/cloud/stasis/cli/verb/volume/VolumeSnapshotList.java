package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.cloud.VolumeSnapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {"List snapshots of single volumes, of one or of all."},
        footer = {"", "Examples:", "  stasis volume-snapshot-list", "  stasis volume-snapshot-list data"})
public final class VolumeSnapshotList extends Verb {
    private static final List<Column<VolumeSnapshot>> COLUMNS = List.of(
            Column.id("ID", VolumeSnapshot::id),
            Column.of("Name", VolumeSnapshot::name),
            Column.status("Status", VolumeSnapshot::status),
            Column.id("Volume", snapshot -> snapshot.text("volume_id")),
            Column.number("GiB", snapshot -> snapshot.text("size")),
            Column.of("Created at", snapshot -> Quantities.time(snapshot.text("created_at"))));

    @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "name or id; every volume if absent")
    private @Nullable String volume;

    @Mixin
    private final LimitOption limit = new LimitOption();

    public VolumeSnapshotList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Optional<Volume> of = Optional.ofNullable(volume).map(cloud().volumes()::volume);
        output().list(COLUMNS, rows(cloud().volumes().snapshots(of, limit.limit())));
        return ExitCode.OK;
    }
}
