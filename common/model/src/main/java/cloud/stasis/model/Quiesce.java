package cloud.stasis.model;

/// What a caller asks of the guest's file systems at the instant of a capture.
public enum Quiesce {
    /// Fail, before anything is touched, rather than give less than file-system consistency.
    REQUIRE,
    /// Freeze the guest's file systems if its agent answers, else take what a power cut would leave, and say
    /// so.
    PREFER,
    /// Do not talk to the guest at all.
    NONE
}
