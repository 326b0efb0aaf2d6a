package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The gateway's certificate, if clients shall reach it by TLS (`STASIS_TLS=on`): signed by an authority that is made
/// once for this cloud and that signs nothing else. Both lie in `tls/`; clients are told of `ca.pem`. `openssl` makes
/// them, since the JDK has no API for that.
///
/// A certificate that ends soon, or that does not have the names by which the gateway is reached now, is made anew at
/// the next start, on the same authority.
public final class Certificates {
    private static final String SETTING = "STASIS_TLS";
    private static final Duration VALID_AUTHORITY = Duration.ofDays(3650);
    /// The longest that clients take.
    private static final Duration VALID = Duration.ofDays(398);

    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> NEW_KEY =
            List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch");

    private final Home home;
    private final Set<String> names;

    Certificates(Settings settings) {
        this.home = settings.home();
        this.names = names(settings);
    }

    /// Whether clients reach the gateway by TLS.
    public static boolean wanted(Settings settings) {
        return switch (settings.text(SETTING, "off")) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new LaunchException(SETTING + " must be on or off.");
        };
    }

    public static Path authority(Home home) {
        return home.tls().resolve("ca.pem");
    }

    Path certificate() {
        return home.tls().resolve("gateway.pem");
    }

    Path key() {
        return home.tls().resolve("gateway.key");
    }

    /// Makes what is missing or ends soon.
    void ensure() {
        if (!Files.exists(authority(home))) {
            makeAuthority();
        }
        if (!isGood()) {
            makeCertificate();
        }
    }

    private void makeAuthority() {
        openssl(joined(
                List.of("req", "-x509"),
                NEW_KEY,
                List.of(
                        "-days",
                        Long.toString(VALID_AUTHORITY.toDays()),
                        "-subj",
                        "/CN=Stasis one-machine cloud",
                        "-addext",
                        "basicConstraints=critical,CA:TRUE,pathlen:0",
                        "-addext",
                        "keyUsage=critical,keyCertSign,cRLSign",
                        "-keyout",
                        authorityKey().toString(),
                        "-out",
                        authority(home).toString())));
    }

    private void makeCertificate() {
        Path request = home.tls().resolve("gateway.csr");
        Path extensions = home.tls().resolve("gateway.ext");
        EnvFile.writePrivately(extensions, """
                basicConstraints=critical,CA:FALSE
                keyUsage=critical,digitalSignature
                extendedKeyUsage=serverAuth
                subjectAltName=%s
                """.formatted(String.join(",", names)));
        openssl(joined(
                List.of("req"),
                NEW_KEY,
                List.of("-subj", "/CN=Stasis gateway", "-keyout", key().toString(), "-out", request.toString())));
        openssl(List.of(
                "x509",
                "-req",
                "-in",
                request.toString(),
                "-CA",
                authority(home).toString(),
                "-CAkey",
                authorityKey().toString(),
                "-CAcreateserial",
                "-days",
                Long.toString(VALID.toDays()),
                "-extfile",
                extensions.toString(),
                "-out",
                certificate().toString()));
        EnvFile.writePrivately(named(), String.join("\n", names));
    }

    private boolean isGood() {
        try {
            return Files.exists(certificate())
                    && Files.exists(named())
                    && Files.readString(named()).equals(String.join("\n", names))
                    && run(List.of(
                                    "x509",
                                    "-checkend",
                                    Long.toString(RENEWED_BEFORE.toSeconds()),
                                    "-noout",
                                    "-in",
                                    certificate().toString()))
                            .isEmpty();
        } catch (IOException e) {
            throw new LaunchException("Cannot read " + named() + ": " + e, e);
        }
    }

    private Path authorityKey() {
        return home.tls().resolve("ca.key");
    }

    /// The names that the certificate was made for.
    private Path named() {
        return home.tls().resolve("gateway.names");
    }

    private static Set<String> names(Settings settings) {
        Set<String> names = new TreeSet<>(Set.of("DNS:localhost", "IP:" + Settings.LOOPBACK));
        String host = URI.create(Parts.publicUrl(settings)).getHost();
        if (host != null) {
            boolean number = host.matches("[0-9.]+|\\[.*]");
            names.add((number ? "IP:" : "DNS:") + host.replaceAll("[\\[\\]]", ""));
        }
        return names;
    }

    private static void openssl(List<String> arguments) {
        List<String> complaint = run(arguments);
        if (!complaint.isEmpty()) {
            throw new LaunchException("openssl " + arguments.getFirst() + " failed: " + String.join("\n", complaint));
        }
    }

    /// @return what it said, if it failed
    private static List<String> run(List<String> arguments) {
        try {
            Path output = Files.createTempFile("openssl", ".log");
            try {
                Process openssl = new ProcessBuilder(joined(List.of("openssl"), arguments))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!openssl.waitFor(PATIENCE)) {
                    openssl.destroyForcibly();
                    return List.of("no end after " + PATIENCE.toSeconds() + " s");
                }
                return openssl.exitValue() == 0 ? List.of() : joined(List.of("exit code"), Files.readAllLines(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new LaunchException("Cannot run openssl, which STASIS_TLS=on needs: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while openssl ran.", e);
        }
    }

    @SafeVarargs
    private static List<String> joined(List<String>... lists) {
        List<String> all = new ArrayList<>();
        for (List<String> list : lists) {
            all.addAll(list);
        }
        return all;
    }
}
