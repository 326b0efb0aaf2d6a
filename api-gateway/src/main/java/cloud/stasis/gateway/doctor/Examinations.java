package cloud.stasis.gateway.doctor;

import cloud.stasis.model.HostId;
import java.util.Optional;

/// The stored examinations, one of each host. Changes must be made within a transaction.
public interface Examinations {
    Optional<HostExamination> find(HostId host);

    /// In the place of the one before.
    void save(HostExamination examination);
}
