package cloud.stasis.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where things are, and what programs of an operator make of them.
final class Checkout {
    static final Path DEPLOY = Path.of("").toAbsolutePath();
    static final Path ROOT = DEPLOY.resolve("../..").normalize();

    /// The Kustomize in earlier ones does not know `labels`, or half of what patches may be.
    private static final int FIRST_MINOR = 27;

    private static final Pattern MINOR = Pattern.compile("\"minor\": *\"(\\d+)");

    private Checkout() {}

    /// Whether there is a kubectl that renders.
    static boolean canRender() {
        return run(Map.of(), List.of("kubectl", "version", "--client", "--output=json"))
                .map(MINOR::matcher)
                .filter(Matcher::find)
                .filter(minor -> Integer.parseInt(minor.group(1)) >= FIRST_MINOR)
                .isPresent();
    }

    static Manifests render(String overlay) {
        return Manifests.parse(run(
                        Map.of(),
                        List.of(
                                "kubectl",
                                "kustomize",
                                DEPLOY.resolve("overlays").resolve(overlay).toString()))
                .orElseThrow(() -> new IllegalStateException(overlay + " could not be rendered")));
    }

    static Manifests secrets(Map<String, String> given) {
        return Manifests.parse(run(given, List.of(DEPLOY.resolve("make-secrets").toString()))
                .orElseThrow(() -> new IllegalStateException("no secrets were made")));
    }

    /// What a program says; nothing if it failed or is not there, and why is on our own standard error.
    private static Optional<String> run(Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
