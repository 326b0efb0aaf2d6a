package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.SourceImage;
import cloud.stasis.gateway.image.ImageDescription;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Firmware;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// A snapshot as the metadata of its bundle tells it, so that the store alone is enough to know it again. The keys
/// are laid down in `docs/design/store-format.md`. Pure.
///
/// What it says may come from another site: a machine is made of the parts that the manifest
/// names and of kernels that its owner may use, and of nothing else that is written there.
public final class SnapshotDescription {
    private static final int MAX_NAME = 255;
    private static final String BYTES = "\\d{1,18}";
    static final String KERNEL = "kernel_id";
    private static final String FIRMWARE = "firmware";
    private static final String UEFI = "uefi";
    private static final String TPM = "tpm";
    private static final String CLOCK = "clock";
    static final String RAMDISK = "ramdisk_id";

    /// What says from which images a machine was started.
    static final List<String> KERNELS = List.of(KERNEL, RAMDISK);

    private static final String FLAVOR = "flavor";
    private static final int MAX_FLAVOR = 64;
    private static final String IMPORTED_IMAGE = "imported_image";

    private SnapshotDescription() {}

    /// @param parent the snapshot that the server's history continues from
    static Map<String, String> write(Instance instance, String name, Optional<SnapshotId> parent) {
        Map<String, String> text = new TreeMap<>();
        text.put("name", name);
        text.put("project", instance.project().value());
        text.put("server_name", instance.profile().name());
        text.put(FLAVOR, instance.flavor().id());
        putMachine(instance.spec(), text);
        parent.ifPresent(id -> text.put("parent_snapshot", id.toString()));
        instance.image().ifPresent(image -> {
            text.put("base_image_ref", image.id().toString());
            putKernel(image, instance.spec().boot(), text);
        });
        return text;
    }

    /// Of a machine that came with the archive of an image.
    ///
    /// @param kernels the images that it may have been started from, by [#KERNELS]
    static Map<String, String> write(
            Manifest archive,
            InstanceSpec machine,
            String name,
            ProjectId project,
            ImageId image,
            Map<String, String> kernels) {
        Map<String, String> text = new TreeMap<>();
        text.put("name", name);
        text.put("project", project.value());
        text.put("server_name", cut(machine.name()));
        text.put(FLAVOR, flavor(archive));
        text.put(IMPORTED_IMAGE, image.toString());
        putMachine(machine, text);
        if (machine.boot() instanceof Boot.FromKernel kernel) {
            text.put("command_line", kernel.commandLine());
            text.putAll(kernels);
        }
        return text;
    }

    private static void putMachine(InstanceSpec spec, Map<String, String> text) {
        text.put("vcpus", Integer.toString(spec.vcpus()));
        text.put("memory", Long.toString(spec.memory().bytes()));
        spec.firmware().ifPresent(firmware -> text.put(FIRMWARE, UEFI));
        spec.tpm().ifPresent(model -> text.put(TPM, word(model)));
        spec.clock().ifPresent(clock -> text.put(CLOCK, word(clock)));
    }

    private static void putKernel(SourceImage image, Boot boot, Map<String, String> text) {
        if (boot instanceof Boot.FromKernel kernel) {
            text.put("command_line", kernel.commandLine());
            for (String role : KERNELS) {
                Optional.ofNullable(image.properties().get(role)).ifPresent(id -> text.put(role, id));
            }
            ImageDescription.needs(image.properties()).ifPresent(needs -> text.put("needs", needs));
        }
    }

    public static String name(Manifest manifest) {
        return cut(manifest.metadata().getOrDefault("name", ""));
    }

    /// The id of the flavor that the server had; empty if the bundle does not say.
    public static String flavor(Manifest manifest) {
        String id = manifest.metadata().getOrDefault(FLAVOR, "");
        return id.length() <= MAX_FLAVOR ? id : "";
    }

    /// Why it was taken, as far as the bundle says.
    public static Snapshot.Occasion occasion(Manifest manifest) {
        try {
            return new Snapshot.Imported(ImageId.parse(manifest.metadata().getOrDefault(IMPORTED_IMAGE, "")));
        } catch (StasisException e) {
            return new Snapshot.OnRequest();
        }
    }

    /// The image of the kernel that the machine was started from, if it was not from a disk.
    static Optional<String> kernel(Manifest manifest) {
        return Optional.ofNullable(manifest.metadata().get(KERNEL));
    }

    public static String serverName(Manifest manifest) {
        String name = cut(manifest.metadata().getOrDefault("server_name", "")).strip();
        return name.isEmpty() ? "restored" : name;
    }

    public static Optional<SnapshotId> parent(Manifest manifest) {
        return Optional.ofNullable(manifest.metadata().get("parent_snapshot")).flatMap(text -> {
            try {
                return Optional.of(SnapshotId.parse(text));
            } catch (StasisException e) {
                return Optional.empty();
            }
        });
    }

    /// The machine, with disks that hold what the snapshot does.
    ///
    /// @param file the bytes of an image that the owner may use, by its id
    /// @throws StasisException `MALFORMED_OBJECT` if the bundle does not say what the machine was
    public static InstanceSpec spec(Manifest manifest, Function<String, Optional<Content>> file) {
        Map<String, String> text = manifest.metadata();
        String memory = text.getOrDefault("memory", "");
        String vcpus = text.getOrDefault("vcpus", "");
        List<DiskSpec> disks = disks(manifest.parts());
        if (!memory.matches(BYTES) || !vcpus.matches("\\d{1,4}") || disks.isEmpty()) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the snapshot does not say of what machine it is: restore its disks");
        }
        InstanceSpec spec = new InstanceSpec(
                serverName(manifest),
                Integer.parseInt(vcpus),
                ByteCount.ofBytes(Long.parseLong(memory)),
                boot(text, file),
                disks);
        if (UEFI.equals(text.get(FIRMWARE))) {
            spec = spec.with(Firmware.UEFI);
        }
        for (TpmModel model : TpmModel.values()) {
            spec = word(model).equals(text.get(TPM)) ? spec.with(model) : spec;
        }
        return word(ClockBasis.LOCAL_TIME).equals(text.get(CLOCK)) ? spec.with(ClockBasis.LOCAL_TIME) : spec;
    }

    /// Disks that hold what those of a bundle do.
    static List<DiskSpec> disks(List<Part> parts) {
        return parts.stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part.Disk.class::cast)
                .sorted(Comparator.comparing(Part.Disk::target))
                .map(disk ->
                        new DiskSpec(disk.target(), disk.content().size(), new DiskSource.OverImage(disk.content())))
                .toList();
    }

    private static Boot boot(Map<String, String> text, Function<String, Optional<Content>> file) {
        Optional<Content> kernel = Optional.ofNullable(text.get(KERNEL)).flatMap(file);
        return kernel.isEmpty()
                ? new Boot.FromDisk()
                : new Boot.FromKernel(
                        kernel.get(),
                        Optional.ofNullable(text.get(RAMDISK)).flatMap(file),
                        text.getOrDefault("command_line", ""));
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static String cut(String text) {
        return text.length() <= MAX_NAME ? text : text.substring(0, MAX_NAME);
    }
}
