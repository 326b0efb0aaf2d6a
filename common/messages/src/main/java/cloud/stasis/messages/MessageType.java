package cloud.stasis.messages;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The name and version under which each message travels. A change of meaning is a new version with its own
/// record; a released row never changes.
public enum MessageType {
    BOOT_INSTANCE("compute.boot-instance", 1, ComputeCommand.BootInstance.class),
    CLONE_INSTANCE("compute.clone-instance", 1, ComputeCommand.CloneInstance.class),
    CHANGE_POWER("compute.change-power", 1, ComputeCommand.ChangePower.class),
    DELETE_INSTANCE("compute.delete-instance", 1, ComputeCommand.DeleteInstance.class),
    CAPTURE_DISKS("compute.capture-disks", 1, ComputeCommand.CaptureDisks.class),
    CAPTURE_INSTANCE("compute.capture-instance", 1, ComputeCommand.CaptureInstance.class),
    SETTLE_CAPTURE("compute.settle-capture", 1, ComputeCommand.SettleCapture.class),
    UPLOAD_SNAPSHOT("compute.upload-snapshot", 1, ComputeCommand.UploadSnapshot.class),
    REVERT_INSTANCE("compute.revert-instance", 1, ComputeCommand.RevertInstance.class),
    DISCARD_SNAPSHOT("compute.discard-snapshot", 1, ComputeCommand.DiscardSnapshot.class),
    ATTACH_VOLUME("compute.attach-volume", 1, ComputeCommand.AttachVolume.class),
    DETACH_VOLUME("compute.detach-volume", 1, ComputeCommand.DetachVolume.class),
    CUT_VOLUMES("compute.cut-volumes", 1, ComputeCommand.CutVolumes.class),
    DROP_CUT("compute.drop-cut", 1, ComputeCommand.DropCut.class),
    DROP_CUTS("compute.drop-cuts", 1, ComputeCommand.DropCuts.class),
    GROW_ATTACHED("compute.grow-attached", 1, ComputeCommand.GrowAttached.class),
    REVERT_ATTACHED("compute.revert-attached", 1, ComputeCommand.RevertAttached.class),
    CUT_TOGETHER("compute.cut-together", 1, ComputeCommand.CutTogether.class),
    RELEASE_TOGETHER("compute.release-together", 1, ComputeCommand.ReleaseTogether.class),
    RESCUE_INSTANCE("compute.rescue-instance", 1, ComputeCommand.RescueInstance.class),
    UNRESCUE_INSTANCE("compute.unrescue-instance", 1, ComputeCommand.UnrescueInstance.class),
    RESIZE_INSTANCE("compute.resize-instance", 1, ComputeCommand.ResizeInstance.class),
    CONFIRM_RESIZE("compute.confirm-resize", 1, ComputeCommand.ConfirmResize.class),
    REVERT_RESIZE("compute.revert-resize", 1, ComputeCommand.RevertResize.class),
    ATTACH_NIC("compute.attach-nic", 1, ComputeCommand.AttachNic.class),
    DETACH_NIC("compute.detach-nic", 1, ComputeCommand.DetachNic.class),
    SET_LINK("compute.set-link", 1, ComputeCommand.SetLink.class),
    CHANGE_MEDIUM("compute.change-medium", 1, ComputeCommand.ChangeMedium.class),
    EXAMINE("compute.examine", 1, ComputeCommand.Examine.class),
    PREPARE_STANDBY("compute.prepare-standby", 1, ComputeCommand.PrepareStandby.class),
    PROTECT_INSTANCE("compute.protect-instance", 1, ComputeCommand.ProtectInstance.class),
    UNPROTECT_INSTANCE("compute.unprotect-instance", 1, ComputeCommand.UnprotectInstance.class),
    DISCARD_STANDBY("compute.discard-standby", 1, ComputeCommand.DiscardStandby.class),
    HAND_OVER("compute.hand-over", 1, ComputeCommand.HandOver.class),
    FENCE_INSTANCE("compute.fence-instance", 1, ComputeCommand.FenceInstance.class),
    TAKE_OVER("compute.take-over", 1, ComputeCommand.TakeOver.class),
    CANCEL_COMMAND("compute.cancel-command", 1, ComputeCommand.CancelCommand.class),

    CREATE_VOLUME("volume.create-volume", 1, VolumeCommand.CreateVolume.class),
    DELETE_VOLUME("volume.delete-volume", 1, VolumeCommand.DeleteVolume.class),
    CLONE_VOLUME("volume.clone-volume", 1, VolumeCommand.CloneVolume.class),
    GROW_VOLUME("volume.grow-volume", 1, VolumeCommand.GrowVolume.class),
    SNAPSHOT_VOLUME("volume.snapshot-volume", 1, VolumeCommand.SnapshotVolume.class),
    DROP_VOLUME_SNAPSHOT("volume.drop-snapshot", 1, VolumeCommand.DropVolumeSnapshot.class),
    REVERT_VOLUME("volume.revert-volume", 1, VolumeCommand.RevertVolume.class),
    FILL_VOLUME("volume.fill-volume", 1, VolumeCommand.FillVolume.class),
    CAPTURE_VOLUME("volume.capture-volume", 1, VolumeCommand.CaptureVolume.class),
    SETTLE_VOLUME("volume.settle-volume", 1, VolumeCommand.SettleVolume.class),
    ADOPT_VOLUME("volume.adopt-volume", 1, VolumeCommand.AdoptVolume.class),
    RELEASE_VOLUME("volume.release-volume", 1, VolumeCommand.ReleaseVolume.class),
    ADOPT_SNAPSHOT("volume.adopt-snapshot", 1, VolumeCommand.AdoptSnapshot.class),
    RELEASE_SNAPSHOT("volume.release-snapshot", 1, VolumeCommand.ReleaseSnapshot.class),

    SEAL_BUNDLE("image.seal-bundle", 1, ImageCommand.SealBundle.class),
    DROP_REFERENCE("image.drop-reference", 1, ImageCommand.DropReference.class),
    DESCRIBE_BUNDLE("image.describe-bundle", 1, ImageCommand.DescribeBundle.class),
    OPEN_ARCHIVE("image.open-archive", 1, ImageCommand.OpenArchive.class),
    IMPORT_IMAGE("image.import-image", 1, ImageCommand.ImportImage.class),
    DIGEST_IMAGE("image.digest-image", 1, ImageCommand.DigestImage.class),
    TELL_BUNDLES("image.tell-bundles", 1, ImageCommand.TellBundles.class),
    COPY_BUNDLES("image.copy-bundles", 1, ImageCommand.CopyBundles.class),
    CANCEL_WORK("image.cancel-work", 1, ImageCommand.CancelWork.class),

    COMMAND_ACCEPTED("fact.command-accepted", 1, Fact.CommandAccepted.class),
    COMMAND_PROGRESSED("fact.command-progressed", 1, Fact.CommandProgressed.class),
    COMMAND_DONE("fact.command-done", 1, Fact.CommandDone.class),
    COMMAND_FAILED("fact.command-failed", 1, Fact.CommandFailed.class),
    INSTANCE_OBSERVED("fact.instance-observed", 1, Fact.InstanceObserved.class),
    BUNDLE_FOUND("fact.bundle-found", 1, Fact.BundleFound.class),
    STORE_MEASURED("fact.store-measured", 1, Fact.StoreMeasured.class),

    HOST_HEARTBEAT("heartbeat.host", 1, Heartbeat.Host.class),
    BACKEND_HEARTBEAT("heartbeat.backend", 1, Heartbeat.Backend.class),
    STORE_HEARTBEAT("heartbeat.store", 1, Heartbeat.Store.class);

    private static final Map<String, MessageType> BY_WIRE_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(MessageType::wireName, Function.identity()));
    private static final Map<Class<?>, MessageType> BY_CLASS =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(MessageType::payload, Function.identity()));

    private final String name;
    private final int version;
    private final Class<? extends Message> payload;

    MessageType(String name, int version, Class<? extends Message> payload) {
        this.name = name;
        this.version = version;
        this.payload = payload;
    }

    /// As it stands in the `stasis-type` header: `compute.boot-instance/1`.
    public String wireName() {
        return name + "/" + version;
    }

    public Class<? extends Message> payload() {
        return payload;
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` for a name or version that this release does not know
    public static MessageType ofWireName(String wireName) {
        MessageType type = BY_WIRE_NAME.get(wireName);
        if (type == null) {
            throw new StasisException(ErrorCode.UNSUPPORTED_FORMAT, "message type is not known to this release");
        }
        return type;
    }

    public static MessageType of(Message message) {
        MessageType type = BY_CLASS.get(message.getClass());
        if (type == null) {
            throw new StasisException(
                    ErrorCode.INTERNAL, "no wire name for " + message.getClass().getSimpleName());
        }
        return type;
    }
}
