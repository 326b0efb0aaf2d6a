package cloud.stasis.model;

import static cloud.stasis.model.ErrorKind.BUG;
import static cloud.stasis.model.ErrorKind.CONFLICT;
import static cloud.stasis.model.ErrorKind.CORRUPT;
import static cloud.stasis.model.ErrorKind.EXHAUSTED;
import static cloud.stasis.model.ErrorKind.FORBIDDEN;
import static cloud.stasis.model.ErrorKind.INVALID;
import static cloud.stasis.model.ErrorKind.NOT_FOUND;
import static cloud.stasis.model.ErrorKind.UNAVAILABLE;
import static cloud.stasis.model.ErrorKind.UNKNOWN_OUTCOME;

/// Every failure that Stasis knows, by a name that clients, logs and runbooks may rely on: a code is never
/// renamed and never changes its meaning. The kind is what code decides by; the code is what people and alarms
/// read.
public enum ErrorCode {
    INVALID_REQUEST(INVALID),
    INVALID_ID(INVALID),
    /// An image whose header is not what was declared, or that names another file, or whose sizes are out of
    /// bounds.
    HOSTILE_IMAGE(INVALID),
    /// A message or object of a version, type or size that this release does not accept.
    UNSUPPORTED_FORMAT(INVALID),

    ACCESS_DENIED(FORBIDDEN),
    QUOTA_EXCEEDED(FORBIDDEN),

    INSTANCE_NOT_FOUND(NOT_FOUND),
    VOLUME_NOT_FOUND(NOT_FOUND),
    IMAGE_NOT_FOUND(NOT_FOUND),
    SNAPSHOT_NOT_FOUND(NOT_FOUND),
    JOB_NOT_FOUND(NOT_FOUND),
    OBJECT_NOT_FOUND(NOT_FOUND),
    PROTECTION_NOT_FOUND(NOT_FOUND),

    /// The resource is in a state in which this cannot be done.
    WRONG_STATE(CONFLICT),
    /// There is one of this name already, and names are unique here.
    NAME_TAKEN(CONFLICT),
    /// Someone else changed it in between.
    STALE_GENERATION(CONFLICT),
    /// File-system consistency was required and the guest agent is absent or refused.
    QUIESCE_REQUIRED(CONFLICT),
    /// The guest refused or did not finish in time (shutdown, thaw, detach).
    GUEST_REFUSED(CONFLICT),
    /// There is no complete epoch of a protected instance that could be taken over.
    STANDBY_NOT_COMPLETE(CONFLICT),
    /// The caller or an operator cancelled it.
    CANCELLED(CONFLICT),

    /// A disk, store or file system is full.
    NO_SPACE(EXHAUSTED),
    /// A bounded queue or table is full.
    TOO_BUSY(EXHAUSTED),

    STORE_UNAVAILABLE(UNAVAILABLE),
    /// The host that keeps the standby of an instance does not answer, or refuses what is sent.
    STANDBY_UNAVAILABLE(UNAVAILABLE),
    HYPERVISOR_UNAVAILABLE(UNAVAILABLE),
    BUS_UNAVAILABLE(UNAVAILABLE),
    DATABASE_UNAVAILABLE(UNAVAILABLE),
    /// A Keystone that this cloud relies on does not answer.
    IDENTITY_UNAVAILABLE(UNAVAILABLE),
    /// No host can take this instance now.
    NO_VALID_HOST(UNAVAILABLE),

    OUTCOME_UNKNOWN(UNKNOWN_OUTCOME),

    /// Bytes do not have the hash they are named by.
    HASH_MISMATCH(CORRUPT),
    /// A manifest, index or pack names something that is not there.
    MISSING_OBJECT(CORRUPT),
    /// An object does not parse, or breaks a rule of the format.
    MALFORMED_OBJECT(CORRUPT),

    /// The hypervisor refused something that our own rules allow.
    HYPERVISOR_FAILED(BUG),
    INTERNAL(BUG);

    private final ErrorKind kind;

    ErrorCode(ErrorKind kind) {
        this.kind = kind;
    }

    public ErrorKind kind() {
        return kind;
    }
}
