package cloud.stasis.launcher.settings;

/// An amount of memory as the JVM and the database take it.
public record Mebibytes(int count) {
    public Mebibytes {
        if (count < 1) {
            throw new LaunchException("A memory size must be at least 1 MiB, not " + count + ".");
        }
    }

    /// As in `-Xmx256m`.
    public String suffixed() {
        return count + "m";
    }
}
