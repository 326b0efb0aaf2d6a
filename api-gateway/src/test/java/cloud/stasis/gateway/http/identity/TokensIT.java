package cloud.stasis.gateway.http.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.heart.Cloud;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.gateway.identity.TokenClaims;
import cloud.stasis.gateway.identity.TokenFormat;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TokensIT {
    private static final String TOKENS = "/identity/v3/auth/tokens";

    @Inject
    Cloud heart;

    private final TestCloud cloud = new TestCloud();

    @Test
    void aTokenSaysWhoForWhatAndWhere() {
        Tenant tenant = cloud.tenant("member");

        JsonNode token = cloud.call(tenant.token(), "GET", TOKENS, null, "X-Subject-Token", tenant.token())
                .expect(200)
                .json()
                .path("token");

        assertThat(token.at("/user/name").asText()).isEqualTo(tenant.userName());
        assertThat(token.at("/user/domain/id").asText()).isEqualTo("default");
        assertThat(token.at("/project/id").asText()).isEqualTo(tenant.projectId());
        assertThat(token.path("roles").findValuesAsText("name")).containsExactlyInAnyOrder("member", "reader");
        assertThat(token.path("catalog").findValuesAsText("type"))
                .contains("identity", "compute", "volumev3", "block-storage", "image", "snapshot");
        assertThat(token.at("/expires_at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(token.path("audit_ids")).hasSize(1);
        assertThat(token.at("/methods/0").asText()).isEqualTo("password");
        assertThat(token.at("/is_domain").asBoolean(true)).isFalse();
    }

    @Test
    void aRevokedTokenIsRefusedAtOnce() {
        Tenant tenant = cloud.tenant("member");
        String other = cloud.login(tenant.userName(), tenant.password(), tenant.projectName());
        cloud.get(tenant.token(), "/image/v2/images").expect(200);

        cloud.call(tenant.token(), "DELETE", TOKENS, null, "X-Subject-Token", tenant.token())
                .expect(204);

        cloud.get(tenant.token(), "/image/v2/images").expect(401);
        cloud.call(other, "GET", TOKENS, null, "X-Subject-Token", tenant.token())
                .expect(404);
        cloud.get(other, "/image/v2/images").expect(200);
    }

    @Test
    void anExpiredTokenIsRefused() {
        Tenant tenant = cloud.tenant("member");

        cloud.get(forged(tenant, Instant.now().minusSeconds(2), new TokenClaims.Epochs(0, 0)), "/image/v2/images")
                .expect(401);
        cloud.get(forged(tenant, Instant.now().plusSeconds(60), new TokenClaims.Epochs(0, 0)), "/image/v2/images")
                .expect(200);
    }

    @Test
    void aForgedTokenIsRefused() {
        String token = cloud.admin();
        int middle = token.length() / 2;
        char other = token.charAt(middle) == 'A' ? 'B' : 'A';

        cloud.get(token.substring(0, middle) + other + token.substring(middle + 1), "/image/v2/images")
                .expect(401);
    }

    @Test
    void aTokenOfAnotherEpochIsRefused() {
        Tenant tenant = cloud.tenant("member");

        cloud.get(forged(tenant, Instant.now().plusSeconds(60), new TokenClaims.Epochs(7, 0)), "/image/v2/images")
                .expect(401);
    }

    @Test
    void wrongUserAndWrongPasswordCannotBeTold() {
        Answer noUser = login("nobody-at-all", "x", "admin");
        Answer noPassword = login("admin", "wrong", "admin");
        Answer noProject = login("admin", TestCloud.ADMIN_PASSWORD, "no-such-project");

        assertThat(noUser.expect(401).text())
                .isEqualTo(noPassword.expect(401).text())
                .isEqualTo(noProject.expect(401).text());
    }

    @Test
    void guessingIsSlowedDownForTheGuessedAccountOnly() {
        Tenant victim = cloud.tenant("member");
        for (int guess = 0; guess < 10; guess++) {
            login(victim.userName(), "guess " + guess, victim.projectName()).expect(401);
        }

        Answer refused = login(victim.userName(), victim.password(), victim.projectName());

        assertThat(Integer.parseInt(refused.expect(429).header("Retry-After"))).isBetween(1, 61);
        cloud.get(victim.token(), "/image/v2/images").expect(200);
        cloud.tenant("member");
    }

    @Test
    void aPasswordChangeEndsAllTokensOfTheUser() {
        Tenant tenant = cloud.tenant("member");
        String second = cloud.login(tenant.userName(), tenant.password(), tenant.projectName());
        String path = "/identity/v3/users/" + tenant.userId() + "/password";

        cloud.post(tenant.token(), path, passwords("wrong", "new one")).expect(401);
        cloud.post(tenant.token(), path, passwords(tenant.password(), "new one"))
                .expect(204);

        cloud.get(tenant.token(), "/image/v2/images").expect(401);
        cloud.get(second, "/image/v2/images").expect(401);
        login(tenant.userName(), tenant.password(), tenant.projectName()).expect(401);
        cloud.get(cloud.login(tenant.userName(), "new one", tenant.projectName()), "/image/v2/images")
                .expect(200);
    }

    @Test
    void nobodyChangesThePasswordOfAnother() {
        Tenant tenant = cloud.tenant("member");
        Tenant other = cloud.tenant("member");

        cloud.post(
                        other.token(),
                        "/identity/v3/users/" + tenant.userId() + "/password",
                        passwords(tenant.password(), "x"))
                .expect(401);
    }

    @Test
    void aDisabledUserIsOutAndItsOldTokensDoNotComeBack() {
        Tenant tenant = cloud.tenant("member");
        String user = "/identity/v3/users/" + tenant.userId();

        cloud.call(cloud.admin(), "PATCH", user, "{\"user\": {\"enabled\": false}}")
                .expect(200);
        cloud.get(tenant.token(), "/image/v2/images").expect(401);
        login(tenant.userName(), tenant.password(), tenant.projectName()).expect(401);

        cloud.call(cloud.admin(), "PATCH", user, "{\"user\": {\"enabled\": true}}")
                .expect(200);
        cloud.get(tenant.token(), "/image/v2/images").expect(401);
        login(tenant.userName(), tenant.password(), tenant.projectName()).expect(201);
    }

    @Test
    void aDisabledProjectCannotBeUsed() {
        Tenant tenant = cloud.tenant("member");

        cloud.call(
                        cloud.admin(),
                        "PATCH",
                        "/identity/v3/projects/" + tenant.projectId(),
                        "{\"project\": {\"enabled\": false}}")
                .expect(200);

        cloud.get(tenant.token(), "/image/v2/images").expect(401);
        login(tenant.userName(), tenant.password(), tenant.projectName()).expect(401);
    }

    @Test
    void whoLosesTheLastRoleLosesTheToken() {
        Tenant tenant = cloud.tenant("member");
        String admin = cloud.admin();

        cloud.call(
                        admin,
                        "DELETE",
                        "/identity/v3/projects/" + tenant.projectId() + "/users/" + tenant.userId() + "/roles/"
                                + cloud.role(admin, "member"),
                        null)
                .expect(204);

        cloud.get(tenant.token(), "/image/v2/images").expect(401);
    }

    @Test
    void aTokenCanBeExchangedForOneOfAnotherScopeThatEndsNoLater() {
        Tenant tenant = cloud.tenant("member");
        String body = """
                {"auth": {"identity": {"methods": ["token"], "token": {"id": "%s"}}, "scope": %s}}
                """;

        Answer unscoped = cloud.post("", TOKENS, body.formatted(tenant.token(), "\"unscoped\""))
                .expect(201);
        assertThat(unscoped.json().path("token").has("project")).isFalse();
        assertThat(unscoped.json().path("token").has("catalog")).isFalse();
        Answer back = cloud.post(
                        "",
                        TOKENS,
                        body.formatted(
                                unscoped.header("X-Subject-Token"),
                                "{\"project\": {\"id\": \"" + tenant.projectId() + "\"}}"))
                .expect(201);
        JsonNode token = back.json().path("token");
        assertThat(token.path("expires_at")).isEqualTo(unscoped.json().at("/token/expires_at"));
        assertThat(token.path("audit_ids")).hasSize(2);
        assertThat(token.path("methods")).hasSize(2);
        cloud.get(unscoped.header("X-Subject-Token"), "/image/v2/images").expect(403);
        cloud.get(back.header("X-Subject-Token"), "/image/v2/images").expect(200);
    }

    @Test
    void theSystemIsTheOperatorsScope() {
        Tenant tenant = cloud.tenant("member");
        String body = """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                    {"name": "%s", "domain": {"name": "Default"}, "password": "%s"}}},
                 "scope": {"system": {"all": true}}}}
                """;

        Answer admin = cloud.post("", TOKENS, body.formatted("admin", TestCloud.ADMIN_PASSWORD))
                .expect(201);
        cloud.post("", TOKENS, body.formatted(tenant.userName(), tenant.password()))
                .expect(401);

        assertThat(admin.json().at("/token/system/all").asBoolean()).isTrue();
        cloud.get(admin.header("X-Subject-Token"), "/identity/v3/users").expect(200);
    }

    @Test
    void anApplicationCredentialStandsForItsProjectAndRolesOnly() {
        Tenant tenant = cloud.tenant("member");
        String path = "/identity/v3/users/" + tenant.userId() + "/application_credentials";

        JsonNode made = cloud.post(
                        tenant.token(),
                        path,
                        "{\"application_credential\": {\"name\": \"robot\", \"roles\": [{\"name\": \"reader\"}]}}")
                .expect(201)
                .json()
                .path("application_credential");
        String login = """
                {"auth": {"identity": {"methods": ["application_credential"],
                    "application_credential": {"id": "%s", "secret": "%s"}}}}
                """;
        Answer robot = cloud.post(
                        "",
                        TOKENS,
                        login.formatted(
                                made.path("id").asText(), made.path("secret").asText()))
                .expect(201);

        String token = robot.header("X-Subject-Token");
        assertThat(robot.json().at("/token/roles").findValuesAsText("name")).containsExactly("reader");
        assertThat(robot.json().at("/token/project/id").asText()).isEqualTo(tenant.projectId());
        cloud.get(token, "/image/v2/images").expect(200);
        cloud.post(token, "/image/v2/images", "{\"name\": \"x\"}").expect(403);
        cloud.post(token, path, "{\"application_credential\": {\"name\": \"offspring\"}}")
                .expect(403);
        cloud.post(
                        "",
                        TOKENS,
                        "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"" + token + "\"}},"
                                + " \"scope\": {\"project\": {\"id\": \"" + tenant.projectId() + "\"}}}}")
                .expect(401);
        cloud.post("", TOKENS, login.formatted(made.path("id").asText(), "wrong"))
                .expect(401);
        cloud.post(tenant.token(), path, "{\"application_credential\": {\"name\": \"robot\"}}")
                .expect(409);

        cloud.call(tenant.token(), "DELETE", path + "/" + made.path("id").asText(), null)
                .expect(204);
        cloud.get(token, "/image/v2/images").expect(401);
    }

    @Test
    void anApplicationCredentialEndsWithItsTimeAndTakesItsTokensAlong() {
        Tenant tenant = cloud.tenant("member");
        String path = "/identity/v3/users/" + tenant.userId() + "/application_credentials";
        String body = "{\"application_credential\": {\"name\": \"%s\", \"expires_at\": \"%s\"}}";
        cloud.post(tenant.token(), path, body.formatted("late", "2001-01-01T00:00:00.000000Z"))
                .expect(400);
        Instant end = Instant.now().plusSeconds(20).truncatedTo(ChronoUnit.SECONDS);
        JsonNode made = cloud.post(tenant.token(), path, body.formatted("short", end))
                .expect(201)
                .json()
                .path("application_credential");
        String login =
                """
                {"auth": {"identity": {"methods": ["application_credential"],
                    "application_credential": {"id": "%s", "secret": "%s"}}}}
                """.formatted(made.path("id").asText(), made.path("secret").asText());
        String token = cloud.post("", TOKENS, login).expect(201).header("X-Subject-Token");
        cloud.get(token, "/image/v2/images").expect(200);

        heart.await(
                "the credential is over",
                () -> Instant.now().isAfter(end)
                        && cloud.get(token, "/image/v2/images").status() == 401);
        cloud.post("", TOKENS, login).expect(401);
    }

    @Test
    void aTokenWithoutAProjectOpensNothingOfOne() {
        Tenant tenant = cloud.tenant("member");
        Tenant other = cloud.tenant("member");
        String unscoped = cloud.post(
                        "",
                        TOKENS,
                        TestCloud.passwordLogin(tenant.userName(), tenant.password(), "x")
                                .replaceAll("(?s),\\s*\"scope\".*", "}}"))
                .expect(201)
                .header("X-Subject-Token");

        for (String path : List.of("/compute/v2.1/servers", "/image/v2/images", "/snapshot/v1/snapshots")) {
            cloud.get(unscoped, path).expect(403);
        }
        cloud.get(unscoped, "/volume/v3/" + tenant.projectId() + "/volumes").expect(403);
        cloud.get(unscoped, "/identity/v3/auth/projects").expect(200);
        cloud.get(tenant.token(), "/volume/v3/" + other.projectId() + "/volumes")
                .expect(400);
        login(tenant.userName(), tenant.password(), other.projectName()).expect(401);
    }

    @Test
    void aMethodThatIsNotOfferedIsRefused() {
        cloud.post("", TOKENS, "{\"auth\": {\"identity\": {\"methods\": [\"totp\"], \"totp\": {}}}}")
                .expect(401);
        cloud.post("", TOKENS, "{\"auth\": {\"identity\": {\"methods\": []}}}").expect(400);
    }

    private Answer login(String user, String password, String project) {
        return cloud.post("", TOKENS, TestCloud.passwordLogin(user, password, project));
    }

    private static String passwords(String original, String wanted) {
        return "{\"user\": {\"original_password\": \"" + original + "\", \"password\": \"" + wanted + "\"}}";
    }

    /// As somebody would make it who has the key.
    private static String forged(Tenant tenant, Instant end, TokenClaims.Epochs epochs) {
        String key = ConfigProvider.getConfig().getValue("stasis.identity.token-key", String.class);
        return TokenFormat.of(key, Clock.systemUTC())
                .write(new TokenClaims(
                        "audit-" + end.toEpochMilli(),
                        Optional.empty(),
                        new UserId(tenant.userId()),
                        new TokenClaims.Target.OfProject(new ProjectId(tenant.projectId())),
                        Set.of(Token.Method.PASSWORD),
                        Optional.empty(),
                        epochs,
                        Instant.now().minusSeconds(60),
                        end.truncatedTo(ChronoUnit.SECONDS)));
    }
}
