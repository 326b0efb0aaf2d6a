package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.image.ImageDetails;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.model.ImageId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.hibernate.Session;

/// What images can be found by besides their columns. Rewritten with the image.
final class SearchRows {
    private final Session session;

    SearchRows(Session session) {
        this.session = session;
    }

    void write(ImageId image, ImageDetails details) {
        session.createNativeMutationQuery("delete from image_search where image_id = :image")
                .setParameter("image", image.toString())
                .executeUpdate();
        details.properties().forEach((name, value) -> insert(image, "P", name, searchable(value)));
        details.tags().forEach(tag -> insert(image, "T", tag, ""));
    }

    /// A long value is found by its hash.
    static String searchable(String value) {
        if (value.codePointCount(0, value.length()) <= ImageLimits.NAME) {
            return value;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return "sha256:" + HexFormat.of().formatHex(digest.digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private void insert(ImageId image, String kind, String name, String value) {
        session.createNativeMutationQuery(
                        "insert into image_search (image_id, kind, name, value) values (:image, :kind, :name, :value)")
                .setParameter("image", image.toString())
                .setParameter("kind", kind)
                .setParameter("name", name)
                .setParameter("value", value)
                .executeUpdate();
    }
}
