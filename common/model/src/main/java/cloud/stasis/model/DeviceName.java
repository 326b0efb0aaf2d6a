package cloud.stasis.model;

import java.util.regex.Pattern;

/// The target of a disk as the hypervisor names it: `vda`, `sdb`, `hdc`.
public record DeviceName(String value) implements Comparable<DeviceName> {
    /// How many virtio disks there are names for: `vda` to `vdz`.
    public static final int MAX_VIRTIO = 26;

    private static final Pattern DEVICE = Pattern.compile("(vd|sd|hd)[a-z]{1,2}");

    public DeviceName {
        if (!DEVICE.matcher(value).matches()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "not a disk device name (vda, sdb, ...)");
        }
    }

    /// The virtio disk at `position`, counted from 0: `vda`, `vdb`, ... up to `vdz`.
    public static DeviceName virtio(int position) {
        if (position < 0 || position >= MAX_VIRTIO) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "an instance has at most " + MAX_VIRTIO + " disks");
        }
        return new DeviceName("vd" + (char) ('a' + position));
    }

    @Override
    public int compareTo(DeviceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
