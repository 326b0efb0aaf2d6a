package cloud.stasis.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoleGraphTest {
    private static final Role ADMIN = role("admin", Optional.empty());
    private static final Role MEMBER = role("member", Optional.empty());
    private static final Role READER = role("reader", Optional.empty());
    private static final Role PRIVATE = role("private", Optional.of(DomainId.DEFAULT));

    @Test
    void aRoleBringsAllThatItImplies() {
        RoleGraph graph = graph(implies(ADMIN, MEMBER), implies(MEMBER, READER));

        assertThat(graph.closure(List.of(ADMIN.id()))).containsExactly(ADMIN.id(), MEMBER.id(), READER.id());
        assertThat(graph.closure(List.of(READER.id()))).containsExactly(READER.id());
    }

    @Test
    void cyclesEnd() {
        RoleGraph graph = graph(implies(ADMIN, MEMBER), implies(MEMBER, ADMIN));

        assertThat(graph.closure(List.of(MEMBER.id()))).containsExactlyInAnyOrder(ADMIN.id(), MEMBER.id());
    }

    @Test
    void aRoleThatIsPrivateToADomainOnlyServesToImplyOthers() {
        RoleGraph graph = graph(implies(PRIVATE, READER));

        assertThat(graph.inTokens(List.of(PRIVATE.id())))
                .extracting(Token.Role::name)
                .containsExactly("reader");
    }

    @Test
    void aRoleThatIsGoneIsNothing() {
        assertThat(graph().inTokens(List.of(new RoleId("gone")))).isEmpty();
    }

    private static RoleGraph graph(Roles.Implication... implications) {
        return new RoleGraph(List.of(ADMIN, MEMBER, READER, PRIVATE), List.of(implications));
    }

    private static Roles.Implication implies(Role prior, Role implied) {
        return new Roles.Implication(prior.id(), implied.id());
    }

    private static Role role(String name, Optional<DomainId> domain) {
        return new Role(new RoleId("id-of-" + name), domain, name, "");
    }
}
