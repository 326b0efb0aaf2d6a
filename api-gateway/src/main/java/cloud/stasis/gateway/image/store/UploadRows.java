package cloud.stasis.gateway.image.store;

import cloud.stasis.gateway.image.ImageTable.Overdue;
import cloud.stasis.gateway.image.UploadId;
import cloud.stasis.model.ImageId;
import java.time.Duration;
import java.util.List;
import org.hibernate.Session;

/// The leases of uploads. Time is the database's.
final class UploadRows {
    /// Those of one gateway that died; the rest waits for the next round.
    private static final int MAX_OVERDUE = 100;

    private final Session session;

    UploadRows(Session session) {
        this.session = session;
    }

    void begin(ImageId image, UploadId upload, Duration lease) {
        session.createNativeMutationQuery("""
                        insert into image_upload (image_id, upload_id, due_at, dropped)
                        values (:image, :upload, now(6) + interval :seconds second, false)
                        """)
                .setParameter("image", image.toString())
                .setParameter("upload", upload.toString())
                .setParameter("seconds", lease.toSeconds())
                .executeUpdate();
    }

    boolean renew(ImageId image, UploadId upload, Duration lease) {
        return session.createNativeMutationQuery("""
                                update image_upload set due_at = now(6) + interval :seconds second
                                 where image_id = :image and upload_id = :upload and dropped = false
                                """)
                        .setParameter("image", image.toString())
                        .setParameter("upload", upload.toString())
                        .setParameter("seconds", lease.toSeconds())
                        .executeUpdate()
                > 0;
    }

    boolean end(ImageId image, UploadId upload) {
        return session.createNativeMutationQuery("""
                                delete from image_upload
                                 where image_id = :image and upload_id = :upload and dropped = false
                                """)
                        .setParameter("image", image.toString())
                        .setParameter("upload", upload.toString())
                        .executeUpdate()
                > 0;
    }

    boolean exists(ImageId image) {
        return !session.createNativeQuery("select 1 from image_upload where image_id = :image", Object.class)
                .setParameter("image", image.toString())
                .getResultList()
                .isEmpty();
    }

    void expireStaged(Duration age) {
        session.createNativeMutationQuery("""
                        insert ignore into image_upload (image_id, upload_id, due_at, dropped)
                        select id, uuid(), now(6), false from image
                         where status = 'uploading' and size is not null and updated_at < now(6) - interval :seconds second
                        """)
                .setParameter("seconds", age.toSeconds())
                .executeUpdate();
    }

    List<Overdue> overdue() {
        return session.createNativeQuery("""
                        select image_id, dropped from image_upload where due_at < now(6)
                         order by due_at limit :rows for update skip locked
                        """, Object[].class)
                .setParameter("rows", MAX_OVERDUE)
                .getResultStream()
                .map(row -> new Overdue(ImageId.parse(row[0].toString()), isTrue(row[1])))
                .toList();
    }

    void markDropped(ImageId image, Duration lease) {
        session.createNativeMutationQuery("""
                        update image_upload set dropped = true, due_at = now(6) + interval :seconds second
                         where image_id = :image
                        """)
                .setParameter("image", image.toString())
                .setParameter("seconds", lease.toSeconds())
                .executeUpdate();
    }

    void forget(ImageId image) {
        session.createNativeMutationQuery("delete from image_upload where image_id = :image")
                .setParameter("image", image.toString())
                .executeUpdate();
    }

    /// The driver gives a `boolean` column as either, depending on its settings.
    private static boolean isTrue(Object column) {
        return column instanceof Number number ? number.intValue() != 0 : Boolean.TRUE.equals(column);
    }
}
