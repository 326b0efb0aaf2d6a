package cloud.stasis.image.upload;

/// The bytes of an upload as they come.
@FunctionalInterface
public interface Incoming {
    /// Waits for bytes and puts some into `into`, from `at` on, `most` of them at most.
    ///
    /// @return how many, or -1 at the end of an upload that came whole
    /// @throws cloud.stasis.model.StasisException if the sender broke off
    int read(byte[] into, int at, int most);
}
