package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the RAM of a running machine is found that is in memory alone: among what its process has open. Opened again
/// from there it is the same memory, for as long as anybody has it open.
final class SharedMemory {
    /// Where libvirt writes down the processes of its machines.
    private static final Path PROCESSES = Path.of("/run/libvirt/qemu");

    /// What Linux calls the memory that QEMU makes for such a backend.
    private static final String NAME = "/memfd:memory-backend-memfd";

    private SharedMemory() {}

    static Path of(String domain, ByteCount size) {
        Path opened = Path.of("/proc", Long.toString(process(domain)), "fd");
        for (Path file : HostFiles.list(opened)) {
            if (isRam(file, size)) {
                return file;
            }
        }
        throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "the memory of the instance is not where it should be");
    }

    /// The number of its process.
    static long process(String domain) {
        try {
            return Long.parseLong(
                    Files.readString(PROCESSES.resolve(domain + ".pid")).strip());
        } catch (IOException e) {
            throw HostFiles.failure("find the process of the instance", e);
        }
    }

    /// What it opens and closes meanwhile is none.
    private static boolean isRam(Path file, ByteCount size) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith(NAME) && Files.size(file) == size.bytes();
        } catch (IOException e) {
            return false;
        }
    }
}
