package cloud.stasis.model;

/// What a capture reached, from least to most.
public enum Consistency {
    /// As after a power cut: every disk at one instant, nothing flushed.
    CRASH,
    /// File systems were frozen through the guest agent at the instant.
    FILE_SYSTEM,
    /// Memory and disks of one instant: the guest notices nothing when it resumes.
    MEMORY,
    /// The machine was off: there was nothing to be inconsistent with.
    OFFLINE
}
