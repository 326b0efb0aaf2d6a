package cloud.stasis.gateway.image;

import java.util.List;

/// The properties by which the compute API has always marked images that are backups of a server.
public final class BackupProperties {
    public static final String IMAGE_TYPE = "image_type";
    public static final String BACKUP_TYPE = "backup_type";
    public static final String SERVER = "instance_uuid";
    /// The value of [#IMAGE_TYPE].
    public static final String BACKUP = "backup";

    /// What images have in common that are rotated together.
    static final List<String> COMMON = List.of(IMAGE_TYPE, BACKUP_TYPE, SERVER);

    private BackupProperties() {}
}
