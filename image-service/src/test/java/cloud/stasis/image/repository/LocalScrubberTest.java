package cloud.stasis.image.repository;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalScrubberTest extends ScrubberContract {
    @TempDir
    Path directory;

    @Override
    protected BlobStore openBackend() {
        return LocalBlobStore.open(directory);
    }
}
