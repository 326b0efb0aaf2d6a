package cloud.stasis.compute.instance;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where things are on this host.
///
/// @param volumes where each backend whose volumes this host opens has them
/// @param memory memory files and the RAM of guests that keep it in a file; best a
/// file system of its own, that can share blocks between files
/// @param tpms where the hypervisor keeps the states of TPMs, each in a directory named by its machine
public record HostLayout(Path compute, List<Path> volumes, Path memory, Path tpms) {
    /// Under which QEMU runs: Debian's and Fedora's name for it.
    private static final List<String> QEMU_USERS = List.of("libvirt-qemu", "qemu");

    /// The longest name of a socket in [#run]: `/b-` and 18 characters of an id, and `.sock`.
    private static final int SOCKET_NAME = 26;

    public HostLayout {
        compute = compute.toAbsolutePath().normalize();
        volumes = volumes.stream()
                .map(directory -> directory.toAbsolutePath().normalize())
                .toList();
        memory = memory.toAbsolutePath().normalize();
        tpms = tpms.toAbsolutePath().normalize();
        if (compute.resolve("run").toString().length() + SOCKET_NAME > cloud.stasis.disks.NbdExport.MAX_SOCKET_PATH) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "STASIS_COMPUTE_DIR is too long a path for the sockets below it");
        }
    }

    /// Where libvirt has the states of TPMs: no other place can be named to it.
    public static final Path TPMS_OF_LIBVIRT = Path.of("/var/lib/libvirt/swtpm");

    /// With memory and the states of TPMs beside everything else.
    public HostLayout(Path compute, Path volumes) {
        this(compute, List.of(volumes), compute.resolve("memory"), compute.resolve("tpm"));
    }

    /// Makes what is missing, with the rights that QEMU's user needs.
    public void prepare() {
        HostFiles.directory(compute);
        volumes.forEach(HostFiles::directory);
        HostFiles.directory(memory);
        HostFiles.directory(instances());
        HostFiles.directory(base());
        HostFiles.directory(run());
        HostFiles.directory(streams());
        // QEMU makes the socket of an export and its scratch files itself.
        giveToQemu(run());
    }

    /// Gives a file or a directory to the user that QEMU runs as; to nobody on a host without QEMU.
    public static void giveToQemu(Path path) {
        qemuUser(path).ifPresent(user -> {
            try {
                Files.setOwner(path, user);
            } catch (IOException e) {
                throw HostFiles.failure("give " + path.getFileName() + " to QEMU's user", e);
            }
        });
    }

    private static Optional<UserPrincipal> qemuUser(Path path) {
        for (String name : QEMU_USERS) {
            try {
                return Optional.of(
                        path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
            } catch (IOException e) {
                // The other name, or a host without libvirt.
            }
        }
        return Optional.empty();
    }

    public Path instances() {
        return compute.resolve("instances");
    }

    public Path base() {
        return compute.resolve("base");
    }

    public Path run() {
        return compute.resolve("run");
    }

    /// Contents that guests run on while they are being fetched: records and sockets, which outlive the agent.
    public Path streams() {
        return compute.resolve("nbd");
    }

    public InstanceDirectory instance(InstanceId instance) {
        String name = instance.toString();
        return new InstanceDirectory(instances().resolve(name), memory.resolve(name), tpms.resolve(name));
    }

    /// The directory of a volume, if a backend has it; else where it would be.
    public Path volume(VolumeId volume) {
        return volumes.stream()
                .map(directory -> directory.resolve(volume.toString()))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseGet(() -> volumes.getFirst().resolve(volume.toString()));
    }

    /// The raw file that a content has on this host, if it has one.
    public Path baseFile(Content content) {
        return baseFile(content.index());
    }

    public Path baseFile(IndexId index) {
        return base().resolve(index + ".raw");
    }

    /// All instances that left something here.
    public List<InstanceId> known() {
        List<InstanceId> found = new ArrayList<>();
        for (Path directory : list(instances())) {
            parse(directory).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<InstanceId> parse(Path directory) {
        try {
            return Optional.of(InstanceId.parse(directory.getFileName().toString()));
        } catch (StasisException e) {
            return Optional.empty();
        }
    }

    /// What is in a directory; nothing if it is not there.
    public static List<Path> list(Path directory) {
        return HostFiles.list(directory);
    }
}
