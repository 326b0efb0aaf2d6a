package cloud.stasis.gateway.protection;

import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ProtectionId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The stored protections. Changes must be made within a transaction that has locked the row of the server.
public interface ProtectionRows {
    Optional<Protection> find(ProtectionId protection);

    /// As [#find], and nobody else changes it before this transaction ends.
    Optional<Protection> lock(ProtectionId protection);

    /// Of a project, oldest first. At most so many.
    List<Protection> list(ProjectId project, int most);

    /// Also those that are over.
    List<Protection> of(InstanceId instance);

    /// Those with anything on this host, also what is to be removed there.
    List<Protection> on(HostId host);

    /// Those that the failure detector looks at: protected, broken, or being fenced.
    List<ProtectionId> watched(int most);

    /// Those that are not over.
    long count(ProjectId project);

    void add(Protection protection);

    void save(Protection protection);

    void remove(ProtectionId protection);

    /// Where its source was told to send epochs; empty before that.
    Optional<URI> link(ProtectionId protection);

    void linked(ProtectionId protection, URI standby);

    /// What that host told last.
    Optional<Report> report(ProtectionId protection, Role role);

    /// Takes what a host tells of the protections that it has a part in.
    void heard(Heartbeat.Host host, Instant now);
}
