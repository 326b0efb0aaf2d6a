package cloud.stasis.compute.capture;

import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Quiesce;
import java.util.Set;
import java.util.UUID;

/// What is to be captured of an instance, and where to.
record Order(UUID capture, Set<DeviceName> disks, Quiesce quiesce, StoreGrant grant) {}
