package cloud.stasis.cli.login;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// Logins kept between commands: one private file (0600 in a 0700 directory) for each set of parameters, replaced
/// atomically. The cache is a convenience: whatever is wrong with it, the answer is to log in.
///
/// The password is not in the file and is not part of its name. Eight bits of a salted hash of it are, so that a wrong
/// password is noticed at once in 255 of 256 cases, while the file is of no use for guessing it.
final class TokenCache {
    private static final int VERSION = 1;
    /// A catalogue is a few KiB.
    private static final long MAX_SIZE = 1024 * 1024;
    /// A file that nobody touched for this long holds a dead token.
    private static final Duration STALE = Duration.ofDays(7);

    private static final int SALT_BYTES = 16;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path directory;

    TokenCache(Path directory) {
        this.directory = directory;
    }

    /// The login for these settings, if one was kept, is private, is not expired, and was made with the same secret.
    Optional<Login> find(Settings settings, Instant now) {
        Path file = file(settings);
        try {
            if (!isPrivate(file)) {
                return Optional.empty();
            }
            return Json.parse(Files.readAllBytes(file))
                    .filter(entry -> entry.path("version").asInt() == VERSION)
                    .filter(entry -> sameSecret(entry, settings.credential().proof()))
                    .map(TokenCache::login)
                    .filter(login -> login.isGoodAt(now));
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    void keep(Settings settings, Login login) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            removeStale();
            Path draft =
                    Files.createTempFile(directory, "login-", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            try {
                Files.write(draft, Json.bytes(entry(settings, login)));
                Files.move(draft, file(settings), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException | UnsupportedOperationException _) {
            // A read-only home, or a file system without permissions: then the next command logs in again.
        }
    }

    void forget(Settings settings) {
        try {
            Files.deleteIfExists(file(settings));
        } catch (IOException _) {
            // The token in it will be refused again, which costs a request each time and does no harm.
        }
    }

    private static boolean isPrivate(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.size() <= MAX_SIZE && OWNER_ONLY.containsAll(attributes.permissions());
    }

    private static Login login(JsonNode entry) {
        return new Login(
                new Secret(Json.text(entry, "token")),
                Instant.ofEpochSecond(entry.path("expires_at").asLong()),
                new Catalogue(entry.path("catalog")));
    }

    private static ObjectNode entry(Settings settings, Login login) {
        ObjectNode entry = Json.object().put("version", VERSION);
        settings.credential().proof().ifPresent(secret -> {
            byte[] salt = new byte[SALT_BYTES];
            new SecureRandom().nextBytes(salt);
            String saltText = HexFormat.of().formatHex(salt);
            entry.put("salt", saltText).put("check", check(saltText, secret));
        });
        entry.put("token", login.token().reveal())
                .put("expires_at", login.expiresAt().getEpochSecond());
        entry.set("catalog", login.catalogue().services());
        return entry;
    }

    /// A caller who gave no password has nothing that could be wrong.
    private static boolean sameSecret(JsonNode entry, Optional<Secret> secret) {
        return secret.isEmpty() || check(Json.text(entry, "salt"), secret.get()).equals(Json.text(entry, "check"));
    }

    private static String check(String salt, Secret secret) {
        return HexFormat.of().formatHex(sha256(salt + secret.reveal()), 0, 1);
    }

    private Path file(Settings settings) {
        String key = settings.identity() + "\n" + withoutSecret(settings.credential()) + "\n" + settings.scope();
        return directory.resolve(HexFormat.of().formatHex(sha256(key), 0, 16) + ".json");
    }

    private static String withoutSecret(Credential credential) {
        return switch (credential) {
            case Credential.Password password -> "password " + password.user();
            case Credential.ApplicationCredentialById given -> "application credential " + given.id();
            case Credential.ApplicationCredentialByName given ->
                "application credential " + given.user() + " " + given.name();
            // Tokens are long and random: nothing can be guessed from a hash of one.
            case Credential.Token token -> "token " + token.token().reveal();
        };
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private void removeStale() throws IOException {
        Instant limit = Instant.now().minus(STALE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{json,new}")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
