package cloud.stasis.compute;

import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.disks.Program;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A captured disk with an ext4 file system, out of the store again, looked at with the tools of e2fsprogs.
record CapturedDisk(Path raw) {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    static CapturedDisk of(CommandResult.Captured captured, DeviceName disk, ContentStore store, Path directory) {
        Path raw = directory.resolve("captured-" + disk + ".raw");
        captured.parts().stream()
                .filter(part ->
                        part instanceof Part.Disk found && found.target().equals(disk))
                .forEach(part -> store.download(part.content(), raw, TransferListener.NONE));
        return new CapturedDisk(raw);
    }

    /// Whether the file system needs neither repair nor its journal.
    boolean isClean() {
        return Program.end(DEADLINE, List.of("e2fsck", "-fn", raw.toString())).exit() == 0;
    }

    /// Whether replaying the journal, and what a boot corrects without asking, is all that it needs.
    boolean isCleanAfterReplay() {
        return Program.end(DEADLINE, List.of("e2fsck", "-fp", raw.toString())).exit() <= 1;
    }

    /// The SHA-256 of a file in it.
    String sha256(String file, Path directory) {
        Path dumped = directory.resolve("dumped");
        Program.run(DEADLINE, List.of("debugfs", "-R", "dump " + file + " " + dumped, raw.toString()));
        return Program.run(DEADLINE, List.of("sha256sum", dumped.toString())).split(" ")[0];
    }
}
