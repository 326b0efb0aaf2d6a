package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A machine that an archive describes, as it can be had here: with what its disks held, kernels that its owner may
/// use, and network interfaces whose cables are out. Its drives are there, and empty.
public final class ImportedMachine {
    private final Images images;
    private final Networks networks;

    public ImportedMachine(Images images, Networks networks) {
        this.images = images;
        this.networks = networks;
    }

    /// @param manifest of the bundle that it became
    /// @param machine as the archive describes it
    InstanceSpec of(Manifest manifest, ProjectId owner, InstanceSpec machine) {
        return new InstanceSpec(
                SnapshotDescription.serverName(manifest),
                machine.vcpus(),
                machine.memory(),
                boot(manifest.metadata(), owner, machine.boot()),
                SnapshotDescription.disks(manifest.parts()),
                networks.unplugged(machine.nics()),
                machine.drives().stream()
                        .map(drive -> new DriveSpec(drive.target(), Optional.empty()))
                        .toList(),
                machine.firmware(),
                machine.tpm(),
                machine.clock());
    }

    /// A kernel is the same one only if it is so byte for byte.
    private Boot boot(Map<String, String> metadata, ProjectId owner, Boot boot) {
        return switch (boot) {
            case Boot.FromDisk _, Boot.FromDiskAt _ -> boot;
            case Boot.FromKernel kernel -> {
                boolean isHere = isUsable(metadata.get(SnapshotDescription.KERNEL), owner, kernel.kernel())
                        && kernel.ramdisk()
                                .map(file -> isUsable(metadata.get(SnapshotDescription.RAMDISK), owner, file))
                                .orElse(true);
                yield isHere ? kernel : new Boot.FromDisk();
            }
        };
    }

    private boolean isUsable(@Nullable String image, ProjectId owner, Content content) {
        try {
            return image != null
                    && images.find(ImageId.parse(image))
                            .filter(found -> found.isFor(owner))
                            .flatMap(ImageRecord::file)
                            .map(Part.File::content)
                            .filter(content::equals)
                            .isPresent();
        } catch (StasisException e) {
            return false;
        }
    }
}
