package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.gateway.Routes;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of policies against the routes that there are.
@QuarkusTest
class PolicyIT {
    @Inject
    Router router;

    @Inject
    Policy policy;

    @Test
    void everyRouteHasALineAndEveryLineARoute() {
        Set<Policy.Route> served = Routes.all().stream()
                .map(route -> new Policy.Route(route.method(), route.shape()))
                // HEAD is as GET.
                .filter(route -> policy.routes().contains(route) || !isHeadOf(route))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Policy.Route> listed = policy.routes().stream()
                .filter(route -> !route.path().startsWith("/q/"))
                .filter(route -> served.contains(route) || !isVersionDocument(route))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(served).hasSizeGreaterThan(300);
        assertThat(served).allSatisfy(route -> assertThat(listed)
                .as("policy.txt lacks a line, by who may: reader|member|admin %s %s", route.method(), route.path())
                .contains(route));
        assertThat(listed).allSatisfy(route -> assertThat(served)
                .as("policy.txt has a line without a route: %s %s", route.method(), route.path())
                .contains(route));
    }

    @Test
    void whatIsServedBesideTheRestLayerHasALineToo() {
        Set<String> unlisted = new TreeSet<>();
        router.getRoutes().stream()
                .filter(route -> route.getPath() != null && route.methods() != null)
                .filter(route -> Api.of(route.getPath()) != Api.PLATFORM)
                .forEach(route -> {
                    for (HttpMethod method : route.methods()) {
                        if (policy.of(method.name(), route.getPath()).isEmpty()) {
                            unlisted.add(method + " " + route.getPath());
                        }
                    }
                });

        assertThat(unlisted).isEmpty();
        assertThat(policy.of("PUT", "/image/v2/images/x/file")).contains(Admission.MEMBER);
    }

    @Test
    void onlyWhatIsListedIsOpen() {
        assertThat(policy.of("GET", "/compute/v2.1/")).contains(Admission.OPEN);
        assertThat(policy.of("HEAD", "/compute/v2.1")).contains(Admission.OPEN);
        assertThat(policy.of("POST", "/identity/v3/auth/tokens")).contains(Admission.OPEN);
        assertThat(policy.of("GET", "/q/health")).contains(Admission.OPEN);

        assertThat(policy.of("GET", "/identity/v3/auth/tokens")).contains(Admission.TOKEN);
        assertThat(policy.of("GET", "/")).isEmpty();
        assertThat(policy.of("GET", "/anything")).isEmpty();
        assertThat(policy.of("POST", "/identity/v3/auth/tokens/x")).isEmpty();
        assertThat(policy.of("GET", "/identity/v3/;x/users")).isEmpty();
    }

    @Test
    void aLiteralSegmentGoesBeforeAParameter() {
        Policy table =
                new Policy("reader GET /a/{id}\nadmin GET /a/detail\nmember PUT /a/{x|y}/{id}\nopen GET /q/{rest+}");

        assertThat(table.of("GET", "/a/detail")).contains(Admission.ADMIN);
        assertThat(table.of("GET", "/a/other/")).contains(Admission.READER);
        assertThat(table.of("PUT", "/a/y/1")).contains(Admission.MEMBER);
        assertThat(table.of("PUT", "/a/z/1")).isEmpty();
        assertThat(table.of("GET", "/q/b/c")).contains(Admission.OPEN);
        assertThat(table.of("GET", "/q")).isEmpty();
    }

    @Test
    void aTableThatSaysTwoThingsIsRefused() {
        assertThatThrownBy(() -> new Policy("reader GET /a/{id}\nadmin GET /a/{name}"))
                .hasMessageContaining("two lines");
        assertThatThrownBy(() -> new Policy("reader FETCH /a")).hasMessageContaining("no method");
        assertThatThrownBy(() -> new Policy("everybody GET /a")).isInstanceOf(IllegalArgumentException.class);
    }

    private boolean isHeadOf(Policy.Route route) {
        return route.method().equals("HEAD") && policy.routes().contains(new Policy.Route("GET", route.path()));
    }

    private boolean isVersionDocument(Policy.Route route) {
        return router.getRoutes().stream()
                .anyMatch(served -> route.path().equals(served.getPath()) && served.methods() != null);
    }
}
