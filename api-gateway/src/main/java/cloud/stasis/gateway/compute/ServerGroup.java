package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// Servers that shall share a host, or shall not.
///
/// @param maxPerHost servers of an anti-affine group that one host may have
public record ServerGroup(
        UUID id, ProjectId project, UserId user, String name, Policy policy, int maxPerHost, Instant createdAt) {
    /// The names are stored: a released one never changes.
    public enum Policy {
        AFFINITY("affinity"),
        ANTI_AFFINITY("anti-affinity"),
        SOFT_AFFINITY("soft-affinity"),
        SOFT_ANTI_AFFINITY("soft-anti-affinity");

        private final String word;

        Policy(String word) {
            this.word = word;
        }

        /// What the compute API calls it.
        public String word() {
            return word;
        }
    }

    /// The hosts on which the next member may be placed. A soft policy forbids none.
    ///
    /// @param members hosts of the members that there are, one entry each
    public List<Host> allowed(List<Host> hosts, Collection<HostId> members) {
        Map<HostId, Long> counts = members.stream().collect(Collectors.groupingBy(host -> host, Collectors.counting()));
        return switch (policy) {
            case AFFINITY ->
                members.isEmpty()
                        ? hosts
                        : hosts.stream()
                                .filter(host -> counts.containsKey(host.id()))
                                .toList();
            case ANTI_AFFINITY ->
                hosts.stream()
                        .filter(host -> counts.getOrDefault(host.id(), 0L) < maxPerHost)
                        .toList();
            case SOFT_AFFINITY, SOFT_ANTI_AFFINITY -> hosts;
        };
    }
}
