package cloud.stasis.volume.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.StateFile;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Exporting;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Brings volumes into the store, and remembers what is there once it is sealed.
///
/// ```
///  export ─ upload what differs from the known content ─ note(capture: content, version) ─ answered
///  settled as sealed        the driver learns what the store has      note gone
///  settled as abandoned                                               note gone
/// ```
public final class CaptureVolume {
    /// Volumes have no place in a machine of their own; as a disk of a bundle each is the first.
    private static final DeviceName PLACE = DeviceName.virtio(0);

    private final Exporting driver;
    private final Stores stores;
    private final Path notes;
    private final Clock clock;

    /// @param notes a directory of its own
    public CaptureVolume(Exporting driver, Stores stores, Path notes, Clock clock) {
        this.driver = driver;
        this.stores = stores;
        this.notes = HostFiles.directory(notes);
        this.clock = clock;
    }

    /// What a capture read that is not settled yet.
    public record Note(VolumeId volume, Optional<SnapshotId> snapshot, Content content, long version) {}

    public CommandResult capture(VolumeCommand.CaptureVolume command, CommandContext context) {
        context.progress(Phase.CAPTURING, ByteCount.ZERO, ByteCount.ZERO);
        ContentStore store = stores.open(command.grant());
        try (Exporting.Export export = driver.export(command.volume(), command.snapshot())) {
            Moved moved = upload(store, export, new CommandTransfer(context));
            Content content = moved.result().content();
            note(command.capture())
                    .write(new Note(
                            command.volume(),
                            command.snapshot(),
                            content,
                            export.version().value()));
            return new CommandResult.Captured(clock.instant(), List.of(new Part.Disk(PLACE, content)), receipt(moved));
        }
    }

    /// @param reason why everything was read, if it was
    private record Moved(UploadResult result, String reason) {}

    /// A known content may be gone from the store, when its image or backup was deleted and collected; then
    /// everything is read.
    private static Moved upload(ContentStore store, Exporting.Export export, TransferListener listener) {
        try {
            return new Moved(store.upload(export, export.known(), export.changed(), listener), "");
        } catch (StasisException e) {
            if (e.code() != ErrorCode.MISSING_OBJECT) {
                throw e;
            }
            Content nothing = new Content(IndexId.ZERO, export.size());
            List<Extent> all = export.data();
            return new Moved(store.upload(export, nothing, all, listener), "what it builds on is gone from the store");
        }
    }

    private static Receipt receipt(Moved moved) {
        UploadResult result = moved.result();
        return new Receipt(
                "volume",
                Quiesce.NONE,
                Consistency.OFFLINE,
                Duration.ZERO,
                Duration.ZERO,
                "no machine has it",
                "",
                List.of(new Receipt.Transfer(
                        PLACE.value(),
                        moved.reason().isEmpty() ? Receipt.Mode.INCREMENTAL : Receipt.Mode.FULL,
                        moved.reason(),
                        result.read(),
                        result.sent(),
                        result.shared(),
                        result.took())));
    }

    public CommandResult settle(VolumeCommand.SettleVolume command) {
        StateFile<Note> note = note(command.capture());
        if (command.settlement() == Settlement.SEALED) {
            note.read()
                    .ifPresent(read -> driver.stored(
                            read.volume(), read.snapshot(), read.content(), new Exporting.Version(read.version())));
        }
        note.delete();
        return new CommandResult.Completed();
    }

    private StateFile<Note> note(UUID capture) {
        return new StateFile<>(notes.resolve(capture + ".json"), Note.class);
    }
}
