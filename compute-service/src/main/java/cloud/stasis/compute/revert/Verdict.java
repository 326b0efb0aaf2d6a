package cloud.stasis.compute.revert;

import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/// That a revert can be done, and from what. Everything in it is on this host.
///
/// @param spec the machine as it will be
/// @param memory the file to resume from, if it is to resume
record Verdict(InstanceRecord spec, SortedMap<DeviceName, Origin> disks, Optional<Path> memory) {
    /// What a disk will stand on.
    sealed interface Origin {
        /// A frozen layer that is still here.
        record Frozen(LayerNumber layer) implements Origin {}

        /// A content that was fetched.
        record Fetched(Content content, Path file) implements Origin {}
    }
}
