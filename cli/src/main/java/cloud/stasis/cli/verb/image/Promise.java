package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.Failure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the cloud says that an image's bytes are: their number, and their hash once it is known.
final class Promise {
    private final Image image;
    private final @Nullable MessageDigest digest;
    private final String promised;
    private long count;

    private Promise(Image image, @Nullable MessageDigest digest, String promised) {
        this.image = image;
        this.digest = digest;
        this.promised = promised;
    }

    static Promise of(Image image) {
        String value = image.text("os_hash_value");
        String checksum = image.text("checksum");
        if (!value.isEmpty()) {
            return new Promise(image, digest(javaName(image.text("os_hash_algo"))), value);
        }
        return checksum.isEmpty() ? new Promise(image, null, "") : new Promise(image, digest("MD5"), checksum);
    }

    void saw(byte[] buffer, int length) {
        count += length;
        if (digest != null) {
            digest.update(buffer, 0, length);
        }
    }

    /// To be asked once, at the end.
    boolean isKept() {
        boolean whole = image.size().isEmpty() || image.size().get().bytes() == count;
        return whole
                && (digest == null || HexFormat.of().formatHex(digest.digest()).equalsIgnoreCase(promised));
    }

    /// `sha512` is SHA-512 to the JDK.
    private static String javaName(String algorithm) {
        String name = algorithm.toUpperCase(Locale.ROOT);
        return name.startsWith("SHA") && !name.contains("-") ? "SHA-" + name.substring("SHA".length()) : name;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException _) {
            throw Failure.command("the cloud names the image's hash by '" + name + "', which is not known here");
        }
    }

    @Override
    public String toString() {
        Optional<String> size = image.size().map(Object::toString);
        return size.orElse("unknown size") + (promised.isEmpty() ? "" : ", hash " + promised) + "; " + count
                + " B came";
    }
}
