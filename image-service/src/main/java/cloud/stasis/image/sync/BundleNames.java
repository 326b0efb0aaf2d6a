package cloud.stasis.image.sync;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;

/// The names of bundles as people and other stores write them.
public final class BundleNames {
    private static final String IMAGE = "image/";
    private static final String SNAPSHOT = "snapshot/";
    private static final String STATE = "state/";

    private BundleNames() {}

    /// @throws StasisException `INVALID_ID` unless it is `image/<id>`, `snapshot/<id>` or `state/<id>`
    public static ReferenceName parse(String text) {
        if (text.startsWith(IMAGE)) {
            return ReferenceName.of(ImageId.parse(text.substring(IMAGE.length())));
        }
        if (text.startsWith(SNAPSHOT)) {
            return ReferenceName.of(SnapshotId.parse(text.substring(SNAPSHOT.length())));
        }
        if (text.startsWith(STATE)) {
            return ReferenceName.of(StateBackupId.parse(text.substring(STATE.length())));
        }
        throw new StasisException(ErrorCode.INVALID_ID, "a bundle is called image/<id>, snapshot/<id> or state/<id>");
    }
}
