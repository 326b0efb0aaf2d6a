package cloud.stasis.gateway.identity;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// All roles and what they imply, at one moment. Cycles do no harm.
public final class RoleGraph {
    private final Map<RoleId, Role> roles;
    private final Map<RoleId, List<RoleId>> implied;

    public RoleGraph(Collection<Role> roles, Collection<Roles.Implication> implications) {
        this.roles = roles.stream().collect(Collectors.toUnmodifiableMap(Role::id, Function.identity()));
        this.implied = implications.stream()
                .collect(Collectors.groupingBy(
                        Roles.Implication::prior,
                        Collectors.mapping(Roles.Implication::implied, Collectors.toUnmodifiableList())));
    }

    /// These roles and all that they imply.
    public Set<RoleId> closure(Collection<RoleId> held) {
        Set<RoleId> reached = new LinkedHashSet<>(held);
        Deque<RoleId> open = new ArrayDeque<>(held);
        while (!open.isEmpty()) {
            for (RoleId next : implied.getOrDefault(open.removeFirst(), List.of())) {
                if (reached.add(next)) {
                    open.addLast(next);
                }
            }
        }
        return reached;
    }

    /// What a token shows of these: roles that are private to a domain only serve to imply others.
    public List<Token.Role> inTokens(Collection<RoleId> held) {
        return closure(held).stream()
                .map(roles::get)
                .filter(role -> role != null && role.domain().isEmpty())
                .map(role -> new Token.Role(role.id(), role.name()))
                .toList();
    }

    public Optional<Role> role(RoleId id) {
        return Optional.ofNullable(roles.get(id));
    }
}
