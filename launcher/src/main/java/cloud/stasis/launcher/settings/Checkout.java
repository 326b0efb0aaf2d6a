package cloud.stasis.launcher.settings;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The source tree whose build is run.
public record Checkout(Path root) {
    private static final String VARIABLE = "STASIS_CHECKOUT";

    /// As `./dev` says, else the tree that this class was built in.
    public static Checkout of(Settings settings) {
        return new Checkout(Path.of(settings.text(VARIABLE, ownTree().toString())));
    }

    /// The runnable jar of a Quarkus module.
    public Path serviceJar(String module) {
        Path jar = root.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new LaunchException(module + " is not built: there is no " + jar + ". Run ./dev build.");
        }
        return jar;
    }

    /// Everything that this JVM runs from, for a child that runs the same.
    public static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// The directory with the jars that the launcher was built with.
    public static Path libraries() {
        return ownCode().resolveSibling("lib");
    }

    private static Path ownTree() {
        // <root>/launcher/target/stasis-launcher.jar, or <root>/launcher/target/classes
        return ownCode().resolve("../../..").normalize();
    }

    private static Path ownCode() {
        try {
            return Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new LaunchException("Cannot find the source tree; set " + VARIABLE + ".", e);
        }
    }
}
