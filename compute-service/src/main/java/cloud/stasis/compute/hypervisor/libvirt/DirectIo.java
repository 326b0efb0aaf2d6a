package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Whether files can be written past the page cache. Not every file system can; QEMU refuses to start then.
final class DirectIo {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private DirectIo() {}

    static DomainXml.DiskCache isPossible(Path directory) {
        Path probe = directory.resolve(".direct-probe");
        try {
            Program.Ending ending = Program.end(
                    DEADLINE,
                    List.of("dd", "if=/dev/zero", "of=" + probe, "bs=4096", "count=1", "oflag=direct", "status=none"));
            return ending.exit() == 0 ? DomainXml.DiskCache.DIRECT : DomainXml.DiskCache.WRITE_BACK;
        } finally {
            HostFiles.delete(probe);
        }
    }
}
