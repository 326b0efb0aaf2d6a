package cloud.stasis.image.sync;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The key pair (Ed25519) by which a site is known to its peers. The private half never leaves the file in which it
/// lies, and never shows.
public final class SiteKey {
    private static final String ALGORITHM = "Ed25519";

    private final PrivateKey secret;
    private final PublicKey open;

    private SiteKey(PrivateKey secret, PublicKey open) {
        this.secret = secret;
        this.open = open;
    }

    public static SiteKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new SiteKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /// The key in a file, which is made if there is none: two lines, the private and the public half.
    public static SiteKey in(Path file) {
        try {
            if (Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                byte[] secret = Base64.getDecoder().decode(lines.getFirst().strip());
                return new SiteKey(
                        KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(secret)),
                        parse(lines.getLast().strip()));
            }
            SiteKey made = generate();
            made.write(file);
            return made;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(file, e);
        }
    }

    /// A public key as [#text] wrote it.
    ///
    /// @throws StasisException `INVALID_REQUEST`
    static PublicKey parse(String text) {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(
                            new X509EncodedKeySpec(Base64.getUrlDecoder().decode(text)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "this is not the public key of a site", e);
        }
    }

    static String text(PublicKey key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getEncoded());
    }

    /// By what a key is named where it need not be whole.
    static Digest fingerprint(PublicKey key) {
        return Sha256.of(key.getEncoded());
    }

    /// The public half, for peers.
    public String text() {
        return text(open);
    }

    PublicKey open() {
        return open;
    }

    PrivateKey secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "SiteKey[" + text() + "]";
    }

    private void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path made = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "site",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String lines = Base64.getEncoder().encodeToString(secret.getEncoded()) + "\n" + text() + "\n";
        Files.write(made, lines.getBytes(StandardCharsets.US_ASCII));
        Files.move(made, file);
    }

    private static StasisException unusable(Path file, @Nullable Exception cause) {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, "the key of this site in " + file + " cannot be used: replace it", cause);
    }
}
