package cloud.stasis.compute.store;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// How full the disk below a directory is.
///
/// @param reserve what captures and fetches leave free. Guests grow into it: a host whose disk is full
///     pauses them at their next write, so the last bytes are theirs.
public record FreeSpace(Path directory, ByteCount reserve) {
    public ByteCount free() {
        return ByteCount.ofBytes(ask(FileStore::getUsableSpace));
    }

    public ByteCount total() {
        return ByteCount.ofBytes(ask(FileStore::getTotalSpace));
    }

    /// @throws StasisException `NO_SPACE` unless `needed` fits and the reserve is left
    public void require(ByteCount needed) {
        if (!has(needed)) {
            throw full(needed);
        }
    }

    /// Whether `needed` fits and the reserve is left.
    public boolean has(ByteCount needed) {
        return free().compareTo(needed.plus(reserve)) >= 0;
    }

    public StasisException full(ByteCount needed) {
        return new StasisException(
                ErrorCode.NO_SPACE,
                "the host's disk has no room for " + needed.mibRoundedUp() + " MiB and a reserve of "
                        + reserve.mibRoundedUp() + " MiB: free some space or use another host");
    }

    public void requireReserve() {
        require(ByteCount.ZERO);
    }

    private interface Question {
        long of(FileStore store) throws IOException;
    }

    private long ask(Question question) {
        try {
            return Math.max(0, question.of(Files.getFileStore(directory)));
        } catch (IOException e) {
            throw HostFiles.failure("ask how full the disk is", e);
        }
    }
}
