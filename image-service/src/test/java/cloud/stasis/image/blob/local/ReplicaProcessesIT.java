package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ReplicaProcessesContract;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.StandardOpenOption;
import java.util.Map;

class ReplicaProcessesIT extends ReplicaProcessesContract {
    @Override
    protected String url() {
        return directory.resolve("store").toString();
    }

    @Override
    protected Map<String, String> environment() {
        return Map.of();
    }

    @Override
    protected BlobStore open() {
        return LocalBlobStore.open(directory.resolve("store"));
    }

    /// It holds the lock of the directory, for some milliseconds at a time.
    @Override
    protected boolean isInTheWay() throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve("store").resolve("lock"), StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            return lock == null;
        }
    }
}
