package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Begun;
import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.cloud.VolumeSnapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Take a snapshot of one volume, which a server may use.",
            "A whole server, with all its volumes at one instant, is what snapshot-create takes."
        },
        footer = {"", "Examples:", "  stasis volume-snapshot-create --wait data nightly"})
public final class VolumeSnapshotCreate extends Verb {
    @Parameters(index = "0", paramLabel = "VOLUME", description = "name or id")
    private String volume = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new snapshot")
    private String name = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeSnapshotCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Volume of = cloud().volumes().volume(volume);
        Begun<VolumeSnapshot> begun = cloud().volumes().takeSnapshot(of, name);
        VolumeSnapshot snapshot = begun.made();
        if (wait.waits(false)) {
            snapshot = tools().follower()
                    .through(
                            cloud().jobs().begunBy(begun.reply()),
                            name,
                            wait.limit(),
                            follower -> follower.snapshot(begun.made(), wait.limit()));
        }
        output().one(snapshot, PropertyRows.of(snapshot.json()));
        return ExitCode.OK;
    }
}
