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
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
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
    private static final String KERNEL = "kernel_id";
    private static final String FIRMWARE = "firmware";
    private static final String UEFI = "uefi";
    private static final String TPM = "tpm";
    private static final String CLOCK = "clock";
    private static final String RAMDISK = "ramdisk_id";

    private SnapshotDescription() {}

    /// @param parent the snapshot that the server's history continues from
    static Map<String, String> write(Instance instance, String name, Optional<SnapshotId> parent) {
        Map<String, String> text = new TreeMap<>();
        text.put("name", name);
        text.put("project", instance.project().value());
        text.put("server_name", instance.profile().name());
        text.put("flavor", instance.flavor().id());
        text.put("vcpus", Integer.toString(instance.spec().vcpus()));
        text.put("memory", Long.toString(instance.spec().memory().bytes()));
        instance.spec().firmware().ifPresent(firmware -> text.put(FIRMWARE, UEFI));
        instance.spec().tpm().ifPresent(model -> text.put(TPM, word(model)));
        instance.spec().clock().ifPresent(clock -> text.put(CLOCK, word(clock)));
        parent.ifPresent(id -> text.put("parent_snapshot", id.toString()));
        instance.image().ifPresent(image -> {
            text.put("base_image_ref", image.id().toString());
            putKernel(image, instance.spec().boot(), text);
        });
        return text;
    }

    private static void putKernel(SourceImage image, Boot boot, Map<String, String> text) {
        if (boot instanceof Boot.FromKernel kernel) {
            text.put("command_line", kernel.commandLine());
            for (String role : List.of(KERNEL, RAMDISK)) {
                Optional.ofNullable(image.properties().get(role)).ifPresent(id -> text.put(role, id));
            }
            ImageDescription.needs(image.properties()).ifPresent(needs -> text.put("needs", needs));
        }
    }

    public static String name(Manifest manifest) {
        return cut(manifest.metadata().getOrDefault("name", ""));
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
        List<DiskSpec> disks = new ArrayList<>();
        manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(Part.Disk.class::cast)
                .sorted(Comparator.comparing(Part.Disk::target))
                .forEach(disk -> disks.add(
                        new DiskSpec(disk.target(), disk.content().size(), new DiskSource.OverImage(disk.content()))));
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
