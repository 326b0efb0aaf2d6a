package cloud.stasis.model;

/// Bytes in the store: which, and how many. Bytes beyond the last stored chunk up to `size` are zeros.
public record Content(IndexId index, ByteCount size) {}
