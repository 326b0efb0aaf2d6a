package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Filters, orders and pages of lists of servers.
@QuarkusTest
class ServerListsIT {
    @Inject
    Doors doors;

    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        for (String name : List.of("web-1", "web-2", "db-1")) {
            doors.running(tenant, name);
        }
    }

    @Test
    void aNameIsFoundAsAWholeInPartsAndByExpression() {
        assertThat(names("?name=%5Eweb-1%24")).containsExactly("web-1");
        assertThat(names("?name=%5Eweb%24")).isEmpty();
        assertThat(names("?name=web")).containsExactly("web-2", "web-1");
        assertThat(names("?name=eb-")).containsExactly("web-2", "web-1");
        assertThat(names("?name=WEB")).isEmpty();
        assertThat(names("?name=%5E(web%7Cdb)-1%24")).containsExactly("db-1", "web-1");
        assertThat(names("?name=web&limit=1")).containsExactly("web-2");
        assertThat(names("?name=.")).hasSize(3);
    }

    @Test
    void aStatusIsThatOfTheServer() {
        doors.act(tenant, id("db-1"), "{\"os-stop\": null}").expect(202);
        doors.awaitStatus(tenant, id("db-1"), "SHUTOFF");

        assertThat(names("?status=ACTIVE")).containsExactly("web-2", "web-1");
        assertThat(names("?status=SHUTOFF")).containsExactly("db-1");
        assertThat(names("?status=ERROR")).isEmpty();
    }

    @Test
    void pagesFollowEachOtherInEachOrder() {
        assertThat(pages("")).containsExactly("db-1", "web-2", "web-1");
        assertThat(pages("&sort_key=name&sort_dir=asc")).containsExactly("db-1", "web-1", "web-2");
        assertThat(pages("&sort_key=name&sort_dir=desc")).containsExactly("web-2", "web-1", "db-1");
        assertThat(pages("&sort_key=created_at&sort_dir=asc")).containsExactly("web-1", "web-2", "db-1");
        assertThat(pages("&name=web")).containsExactly("web-2", "web-1");
    }

    private List<String> pages(String query) {
        List<String> all = new ArrayList<>();
        JsonNode page = servers("?limit=1" + query);
        while (!page.isEmpty()) {
            all.add(page.at("/0/name").asText());
            String marker = page.at("/0/id").asText();
            page = servers("?limit=1&marker=" + marker + query);
        }
        return all;
    }

    private List<String> names(String query) {
        return servers(query).findValuesAsText("name");
    }

    private String id(String name) {
        return servers("?name=%5E" + name + "%24").at("/0/id").asText();
    }

    private JsonNode servers(String query) {
        return doors.compute(tenant, "GET", "/servers" + query, null)
                .expect(200)
                .json()
                .path("servers");
    }
}
