package cloud.stasis.launcher.settings;

/// Something that the person at the terminal has to know or to do. The message is all that is printed: what was
/// attempted, on what, what to do about it.
public final class LaunchException extends RuntimeException {
    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
