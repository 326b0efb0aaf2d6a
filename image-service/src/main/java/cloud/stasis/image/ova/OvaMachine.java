package cloud.stasis.image.ova;

import static cloud.stasis.image.ova.TarEntry.hostile;
import static cloud.stasis.image.ova.TarEntry.require;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.RamFooter;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The machine in one of our archives. It has the disks that the manifest names and no other, its records are of the
/// kinds that we know, and its memory, if there is one, is as large as they say.
final class OvaMachine {
    /// No host has more; and sums of it are numbers.
    private static final ByteCount MAX_MEMORY = ByteCount.ofGib(16 * 1024);

    private OvaMachine() {}

    /// @return empty if the manifest names no device archive: then it names no memory either
    /// @throws StasisException `HOSTILE_IMAGE` if what belongs together does not go together
    static Optional<Machine> of(Manifest manifest, OvaMembers members) throws IOException {
        List<Part> parts = manifest.parts();
        Optional<Part> archive = only(parts, Part.DeviceArchive.class);
        Optional<Part> memory = only(parts, Part.Memory.class);
        if (archive.isEmpty()) {
            require(memory.isEmpty(), "it has a memory, and no devices that go with it");
            return Optional.empty();
        }
        Machine machine =
                machine(members.small(OvaNames.of(archive.get()), Math.toIntExact(DeviceArchive.MAX_SIZE.bytes())));
        require(machine.memory().compareTo(MAX_MEMORY) <= 0, "its machine has more than " + MAX_MEMORY + " of memory");
        require(
                targets(parts).equals(new TreeSet<>(machine.targets())),
                "its disks are not those of its device archive");
        if (memory.isPresent() && memory.get() instanceof Part.Memory saved) {
            requireMemory(saved, machine, members);
        }
        return Optional.of(machine);
    }

    private static Machine machine(byte[] archive) {
        try {
            return DeviceArchive.readStrictly(archive);
        } catch (StasisException e) {
            throw hostile("its device archive is not valid: " + e.report().message());
        }
    }

    private static Set<DeviceName> targets(List<Part> parts) {
        Set<DeviceName> targets = new TreeSet<>();
        for (Part part : parts) {
            require(!(part instanceof Part.Disk disk) || targets.add(disk.target()), "its manifest names a disk twice");
        }
        return targets;
    }

    /// What libvirt saved tells its size to libvirt alone; nothing here goes on from that.
    private static void requireMemory(Part.Memory memory, Machine machine, OvaMembers members) throws IOException {
        switch (memory.format()) {
            case LIBVIRT_SAVE -> {}
            case RAM_IMAGE -> {
                String name = OvaNames.of(memory);
                ContentSource file = members.find(name).orElseThrow(() -> hostile("it lacks " + name));
                require(file.size().bytes() >= RamFooter.BYTES, "its memory is not one");
                ByteBuffer end = ByteBuffer.allocate(RamFooter.BYTES);
                file.read(file.size().bytes() - RamFooter.BYTES, end);
                RamFooter footer = RamFooter.of(end.flip(), file.size())
                        .orElseThrow(() -> hostile("the parts of its memory do not add up to its length"));
                require(
                        footer.ram().equals(machine.memory()),
                        "its memory has " + footer.ram() + ", its machine " + machine.memory());
            }
        }
    }

    private static Optional<Part> only(List<Part> parts, Class<? extends Part> kind) {
        List<Part> found = parts.stream().filter(kind::isInstance).toList();
        require(found.size() <= 1, "its manifest names a part twice");
        return found.stream().findFirst();
    }
}
