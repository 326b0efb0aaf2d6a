package cloud.stasis.disks;

import cloud.stasis.chunks.Extent;

/// What a server answered for one range; the meaning of `flags` is that of the [MetaContext] asked.
public record BlockStatus(Extent extent, int flags) {}
