package cloud.stasis.launcher.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Set;

/// The device `/dev/kvm`, with the rights that udev gives it (`GROUP="kvm", MODE="0660"`); a machine without udev,
/// such as a container, has it for root alone.
///
/// libvirt looks at QEMU as root, which may open it, and asks before each use of what it found whether QEMU's user
/// may. If not, it forgets what it found and looks again, about ten times for each start of a guest: that is eight
/// seconds instead of one, also for guests that do not use the device.
record KvmDevice(Path path) {
    static final KvmDevice OF_THE_MACHINE = new KvmDevice(Path.of("/dev/kvm"));

    private static final String GROUP = "kvm";
    private static final Set<PosixFilePermission> RIGHTS = PosixFilePermissions.fromString("rw-rw----");

    /// Does nothing where there is no such device, or where its group has it already. A guest starts slowly if it
    /// fails.
    void openToItsGroup() {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            if (!Files.exists(path) || view.readAttributes().permissions().contains(PosixFilePermission.GROUP_WRITE)) {
                return;
            }
            GroupPrincipal group =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
            view.setGroup(group);
            view.setPermissions(RIGHTS);
        } catch (UserPrincipalNotFoundException _) {
            // A machine without QEMU's packages.
        } catch (IOException e) {
            System.err.println(path + " cannot be given to the group " + GROUP + ", so guests start slowly: " + e);
        }
    }
}
