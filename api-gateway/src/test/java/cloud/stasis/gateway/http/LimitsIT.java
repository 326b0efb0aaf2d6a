package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Those who ask too often, or from a page of another site.
@QuarkusTest
@TestProfile(LimitsIT.Limited.class)
class LimitsIT {
    private static final int BURST = 40;

    private final TestCloud cloud = new TestCloud();

    public static final class Limited implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            // So slow that no test sees a request come back.
            return Map.of("stasis.rate.requests-per-second", "1", "stasis.rate.burst", Integer.toString(BURST));
        }
    }

    @Test
    void whoAsksTooOftenWaitsAndTheOthersDoNot() {
        Tenant hasty = cloud.tenant("member");
        Tenant calm = cloud.tenant("member");
        List<Answer> answers = new ArrayList<>();
        for (int request = 0; request < 4 * BURST; request++) {
            answers.add(cloud.get(hasty.token(), "/compute/v2.1/extensions"));
        }

        Answer refused = answers.stream()
                .filter(answer -> answer.status() == 429)
                .findFirst()
                .orElseThrow();
        assertThat(refused.json().at("/overLimit/code").asInt()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        assertThat(answers.subList(0, BURST)).allMatch(answer -> answer.status() == 200);
        cloud.get(calm.token(), "/compute/v2.1/extensions").expect(200);
        cloud.get("", "/compute/v2.1").expect(200);
    }

    @Test
    void noPageOfAnotherSiteIsLetIn() {
        String token = cloud.tenant("member").token();
        Answer preflight = cloud.call(
                "",
                "OPTIONS",
                "/compute/v2.1/servers",
                null,
                "Origin",
                "https://elsewhere.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "X-Auth-Token");
        Answer read = cloud.call(token, "GET", "/compute/v2.1/servers", null, "Origin", "https://elsewhere.example");

        preflight.expect(401);
        read.expect(200);
        for (Answer answer : List.of(preflight, read)) {
            assertThat(answer.raw().headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control-"));
        }
    }
}
