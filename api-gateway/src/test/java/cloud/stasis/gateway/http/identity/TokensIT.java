package cloud.stasis.gateway.http.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TokensIT {
    private final TestCloud cloud = new TestCloud();

    @Test
    void adminLogsIn() {
        String token = cloud.admin();

        assertThat(cloud.get(token, "/identity/v3/auth/catalog")
                        .expect(200)
                        .json()
                        .path("catalog"))
                .hasSizeGreaterThan(4);
    }

    @Test
    void aMissingTokenIsRefusedInKeystonesForm() {
        var answer = cloud.get("", "/compute/v2.1/servers").expect(401);

        assertThat(answer.json().at("/error/code").asInt()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Keystone uri=");
    }
}
