package cloud.stasis.disks;

import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/// How long a file is and when it was last written: enough to see that someone wrote to it, not that someone
/// wanted to hide it.
public record FileStamp(ByteCount size, Instant written) {
    /// Empty if the file is not there.
    public static Optional<FileStamp> of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new FileStamp(
                    ByteCount.ofBytes(attributes.size()),
                    attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw HostFiles.failure("look at " + file.getFileName(), e);
        }
    }
}
