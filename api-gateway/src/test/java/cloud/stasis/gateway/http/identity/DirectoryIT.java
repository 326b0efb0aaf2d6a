package cloud.stasis.gateway.http.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users, projects, domains, groups, roles and assignments.
@QuarkusTest
class DirectoryIT {
    private static final String V3 = "/identity/v3";

    private final TestCloud cloud = new TestCloud();
    private final String admin = cloud.admin();

    @Test
    void namesAreUniqueWithinTheirDomain() {
        String name = unique();
        String domain = create("domains", "domain", "\"name\": \"" + name + "\"");

        create("users", "user", "\"name\": \"" + name + "\"");
        cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": \"" + name + "\"}}")
                .expect(409);
        create("users", "user", "\"name\": \"" + name + "\", \"domain_id\": \"" + domain + "\"");
        create("users", "user", "\"name\": \"" + name.toUpperCase(java.util.Locale.ROOT) + "\"");
        create("projects", "project", "\"name\": \"" + name + "\"");
        cloud.post(admin, V3 + "/projects", "{\"project\": {\"name\": \"" + name + "\"}}")
                .expect(409);
        create("projects", "project", "\"name\": \"" + name + "\", \"domain_id\": \"" + domain + "\"");
        create("roles", "role", "\"name\": \"" + name + "\"");
        cloud.post(admin, V3 + "/roles", "{\"role\": {\"name\": \"" + name + "\"}}")
                .expect(409);
        cloud.post(admin, V3 + "/domains", "{\"domain\": {\"name\": \"" + name + "\"}}")
                .expect(409);
    }

    @Test
    void overLongAndEmptyNamesAreRefused() {
        cloud.post(admin, V3 + "/projects", "{\"project\": {\"name\": \"" + "p".repeat(65) + "\"}}")
                .expect(400);
        cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": \"" + "u".repeat(256) + "\"}}")
                .expect(400);
        cloud.post(admin, V3 + "/roles", "{\"role\": {\"name\": \"" + "r".repeat(256) + "\"}}")
                .expect(400);
        cloud.post(admin, V3 + "/domains", "{\"domain\": {\"name\": \"" + "d".repeat(65) + "\"}}")
                .expect(400);
        cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": \"\"}}").expect(400);
        cloud.post(admin, V3 + "/projects", "{\"project\": {\"name\": \"  \"}}").expect(400);
        cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": 7}}").expect(400);
        cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": \"n" + unique() + "\", \"enabled\": \"yes\"}}")
                .expect(400);
        create("users", "user", "\"name\": \"" + "ü".repeat(240) + unique() + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"users", "projects", "domains", "groups", "roles"})
    void unknownIdsAreNotFound(String things) {
        for (String id : new String[] {UUID.randomUUID().toString(), "x", "..", "a%20b", "%00", "' or '1'='1"}) {
            String encoded = id.replace(" ", "%20").replace("'", "%27");
            Answer answer = cloud.get(admin, V3 + "/" + things + "/" + encoded);
            assertThat(answer.status()).as(things + "/" + id).isIn(400, 404, 405, 200);
            if (answer.status() == 200) {
                // ".." is the collection's parent: the version document.
                assertThat(id).isEqualTo("..");
            }
        }
        cloud.call(admin, "DELETE", V3 + "/" + things + "/" + UUID.randomUUID(), null)
                .expect(404);
    }

    @Test
    void listsAreFilteredByName() {
        String name = unique();
        String project = create("projects", "project", "\"name\": \"" + name + "\"");

        JsonNode found = cloud.get(admin, V3 + "/projects?name=" + name)
                .expect(200)
                .json()
                .path("projects");

        assertThat(found.findValuesAsText("id")).containsExactly(project);
        assertThat(cloud.get(
                                admin,
                                V3
                                        + "/projects?name=' or 1=1"
                                                .replace(" ", "%20")
                                                .replace("'", "%27"))
                        .expect(200)
                        .json()
                        .path("projects"))
                .isEmpty();
        assertThat(cloud.get(admin, V3 + "/users?name=admin&domain_id=default&enabled=true")
                        .expect(200)
                        .json()
                        .path("users"))
                .hasSize(1);
        cloud.get(admin, V3 + "/users?enabled=maybe").expect(400);
    }

    @Test
    void aMemberChangesNothingAndSeesOnlyItself() {
        Tenant tenant = cloud.tenant("member");
        Tenant other = cloud.tenant("member");

        cloud.get(tenant.token(), V3 + "/users").expect(403);
        cloud.get(tenant.token(), V3 + "/projects").expect(403);
        cloud.get(tenant.token(), V3 + "/roles").expect(403);
        cloud.get(tenant.token(), V3 + "/role_assignments").expect(403);
        cloud.post(tenant.token(), V3 + "/users", "{\"user\": {\"name\": \"x\"}}")
                .expect(403);
        cloud.post(tenant.token(), V3 + "/projects", "{\"project\": {\"name\": \"x\"}}")
                .expect(403);
        cloud.get(tenant.token(), V3 + "/users/" + other.userId()).expect(403);
        cloud.get(tenant.token(), V3 + "/projects/" + other.projectId()).expect(403);
        cloud.call(tenant.token(), "DELETE", V3 + "/users/" + tenant.userId(), null)
                .expect(403);
        cloud.call(
                        tenant.token(),
                        "PUT",
                        V3 + "/projects/" + tenant.projectId() + "/users/" + tenant.userId() + "/roles/"
                                + cloud.role(admin, "admin"),
                        null)
                .expect(403);

        cloud.get(tenant.token(), V3 + "/users/" + tenant.userId()).expect(200);
        cloud.get(tenant.token(), V3 + "/projects/" + tenant.projectId()).expect(200);
        cloud.get(tenant.token(), V3 + "/domains/default").expect(200);
        cloud.get(tenant.token(), V3 + "/domains/" + UUID.randomUUID()).expect(403);
        assertThat(cloud.get(tenant.token(), V3 + "/auth/projects")
                        .expect(200)
                        .json()
                        .path("projects")
                        .findValuesAsText("id"))
                .containsExactly(tenant.projectId());
    }

    @Test
    void noAnswerEverHoldsAPassword() {
        String made = cloud.post(
                        admin,
                        V3 + "/users",
                        "{\"user\": {\"name\": \"" + unique() + "\", \"password\": \"very-secret-word\"}}")
                .expect(201)
                .text();

        assertThat(made)
                .doesNotContain("very-secret-word")
                .doesNotContain("hash")
                .doesNotContain("$2");
    }

    @Test
    void rolesOfAGroupAreItsMembers() {
        Tenant tenant = cloud.tenant("reader");
        String group = create("groups", "group", "\"name\": \"" + unique() + "\"");
        String member = cloud.role(admin, "member");

        put("/projects/" + tenant.projectId() + "/groups/" + group + "/roles/" + member);
        put("/groups/" + group + "/users/" + tenant.userId());

        assertThat(rolesOf(tenant)).containsExactlyInAnyOrder("member", "reader");
        cloud.call(admin, "HEAD", V3 + "/groups/" + group + "/users/" + tenant.userId(), null)
                .expect(204);
        cloud.call(admin, "DELETE", V3 + "/groups/" + group + "/users/" + tenant.userId(), null)
                .expect(204);
        assertThat(rolesOf(tenant)).containsExactly("reader");
    }

    @Test
    void anInheritedRoleHoldsOnTheProjectsBelow() {
        String domain = create("domains", "domain", "\"name\": \"" + unique() + "\"");
        String parent = create("projects", "project", "\"name\": \"parent\", \"domain_id\": \"" + domain + "\"");
        String child = create("projects", "project", "\"name\": \"child\", \"parent_id\": \"" + parent + "\"");
        String user =
                create("users", "user", "\"name\": \"heir\", \"domain_id\": \"" + domain + "\", \"password\": \"pw\"");
        String reader = cloud.role(admin, "reader");

        String inherit =
                "/OS-INHERIT/domains/" + domain + "/users/" + user + "/roles/" + reader + "/inherited_to_projects";
        put(inherit);

        cloud.call(admin, "HEAD", V3 + inherit, null).expect(204);
        for (String project : new String[] {parent, child}) {
            cloud.post("", V3 + "/auth/tokens", loginById(user, project)).expect(201);
        }
        assertThat(cloud.get(admin, V3 + "/users/" + user + "/projects")
                        .expect(200)
                        .json()
                        .path("projects")
                        .findValuesAsText("id"))
                .containsExactlyInAnyOrder(parent, child);
        cloud.call(admin, "DELETE", V3 + inherit, null).expect(204);
        cloud.post("", V3 + "/auth/tokens", loginById(user, child)).expect(401);
    }

    @Test
    void aProjectWithOthersBelowItStays() {
        String parent = create("projects", "project", "\"name\": \"" + unique() + "\"");
        String child =
                create("projects", "project", "\"name\": \"" + unique() + "\", \"parent_id\": \"" + parent + "\"");

        cloud.call(admin, "DELETE", V3 + "/projects/" + parent, null).expect(403);
        cloud.call(admin, "DELETE", V3 + "/projects/" + child, null).expect(204);
        cloud.call(admin, "DELETE", V3 + "/projects/" + parent, null).expect(204);
        cloud.get(admin, V3 + "/projects/" + parent).expect(404);
    }

    @Test
    void nestingHasAnEnd() {
        String parent = create("projects", "project", "\"name\": \"" + unique() + "\"");
        for (int level = 0; level < 3; level++) {
            parent = create("projects", "project", "\"name\": \"" + unique() + "\", \"parent_id\": \"" + parent + "\"");
        }
        cloud.post(
                        admin,
                        V3 + "/projects",
                        "{\"project\": {\"name\": \"" + unique() + "\", \"parent_id\": \"" + parent + "\"}}")
                .expect(403);
    }

    @Test
    void aDomainMustBeDisabledBeforeItGoesWithAllItHolds() {
        String domain = create("domains", "domain", "\"name\": \"" + unique() + "\"");
        String project = create("projects", "project", "\"name\": \"p\", \"domain_id\": \"" + domain + "\"");
        String user =
                create("users", "user", "\"name\": \"u\", \"domain_id\": \"" + domain + "\", \"password\": \"pw\"");
        put("/projects/" + project + "/users/" + user + "/roles/" + cloud.role(admin, "member"));
        String token = cloud.post("", V3 + "/auth/tokens", loginById(user, project))
                .expect(201)
                .header("X-Subject-Token");

        cloud.call(admin, "DELETE", V3 + "/domains/" + domain, null).expect(403);
        cloud.call(admin, "PATCH", V3 + "/domains/" + domain, "{\"domain\": {\"enabled\": false}}")
                .expect(200);
        cloud.get(token, "/image/v2/images").expect(401);
        cloud.call(admin, "DELETE", V3 + "/domains/" + domain, null).expect(204);

        cloud.get(admin, V3 + "/projects/" + project).expect(404);
        cloud.get(admin, V3 + "/users/" + user).expect(404);
        assertThat(cloud.get(admin, V3 + "/role_assignments?user.id=" + user)
                        .expect(200)
                        .json()
                        .path("role_assignments"))
                .isEmpty();
    }

    @Test
    void effectiveAssignmentsAreWhatTokensHave() {
        Tenant tenant = cloud.tenant("member");

        JsonNode effective = cloud.get(
                        admin, V3 + "/role_assignments?effective&include_names&user.id=" + tenant.userId())
                .expect(200)
                .json()
                .path("role_assignments");

        assertThat(effective).hasSize(2);
        assertThat(effective.findValues("role").stream()
                        .map(role -> role.path("name").asText()))
                .containsExactlyInAnyOrder("member", "reader");
        assertThat(effective.at("/0/scope/project/name").asText()).isEqualTo(tenant.projectName());
    }

    @Test
    void aRoleImpliesAnother() {
        String prior = create("roles", "role", "\"name\": \"" + unique() + "\"");
        String implied = cloud.role(admin, "reader");
        String rule = V3 + "/roles/" + prior + "/implies/" + implied;

        cloud.get(admin, rule).expect(404);
        cloud.call(admin, "PUT", rule, null).expect(201);
        assertThat(cloud.get(admin, rule)
                        .expect(200)
                        .json()
                        .at("/role_inference/implies/name")
                        .asText())
                .isEqualTo("reader");
        cloud.call(admin, "HEAD", rule, null).expect(204);
        cloud.call(admin, "DELETE", rule, null).expect(204);
        cloud.call(admin, "DELETE", rule, null).expect(404);
    }

    @Test
    void whatClientsKeepWithUsersAndProjectsIsThere() {
        String user = create("users", "user", "\"name\": \"" + unique() + "\", \"shoe_size\": \"44\"");
        cloud.call(admin, "PATCH", V3 + "/users/" + user, "{\"user\": {\"hat\": \"L\", \"id\": \"other\"}}")
                .expect(200);
        String project = create("projects", "project", "\"name\": \"" + unique() + "\", \"tags\": [\"b\", \"a\"]");

        var shown = cloud.get(admin, V3 + "/users/" + user).expect(200).json().path("user");

        assertThat(shown.path("shoe_size").asText()).isEqualTo("44");
        assertThat(shown.path("hat").asText()).isEqualTo("L");
        assertThat(shown.path("id").asText()).isEqualTo(user);
        assertThat(cloud.get(admin, V3 + "/projects/" + project).json().at("/project/tags"))
                .extracting(JsonNode::asText)
                .containsExactly("b", "a");
        cloud.call(admin, "PATCH", V3 + "/projects/" + project, "{\"project\": {\"tags\": [\"a\", \"a\"]}}")
                .expect(400);
    }

    @Test
    void aRoleOfADomainServesOnlyToImplyOthers() {
        String domain = create("domains", "domain", "\"name\": \"" + unique() + "\"");
        String own = create("roles", "role", "\"name\": \"" + unique() + "\", \"domain_id\": \"" + domain + "\"");
        String global = create("roles", "role", "\"name\": \"" + unique() + "\"");
        String project = create("projects", "project", "\"name\": \"p\", \"domain_id\": \"" + domain + "\"");
        String user = create("users", "user", "\"name\": \"u\", \"domain_id\": \"" + domain + "\"");
        put("/projects/" + project + "/users/" + user + "/roles/" + own);

        cloud.call(admin, "PUT", V3 + "/roles/" + own + "/implies/" + global, null)
                .expect(201);
        cloud.call(admin, "PUT", V3 + "/roles/" + global + "/implies/" + own, null)
                .expect(403);

        assertThat(cloud.get(admin, V3 + "/role_assignments?effective&user.id=" + user)
                        .json()
                        .findValuesAsText("id"))
                .contains(global)
                .doesNotContain(own);
    }

    @Test
    void anAdministratorWhoKnowsThePasswordChangesIt() {
        String user = create("users", "user", "\"name\": \"" + unique() + "\", \"password\": \"before\"");
        String path = V3 + "/users/" + user + "/password";
        String change = "{\"user\": {\"original_password\": \"%s\", \"password\": \"after\"}}";

        cloud.post(admin, path, change.formatted("wrong")).expect(401);
        cloud.post(cloud.tenant("member").token(), path, change.formatted("before"))
                .expect(401);
        cloud.post(admin, path, change.formatted("before")).expect(204);
        cloud.post(admin, path, change.formatted("before")).expect(401);
    }

    @Test
    void aFieldThatWeDoNotKeepIsNotSentBack() {
        cloud.post(admin, V3 + "/roles", "{\"role\": {\"name\": \"" + unique() + "\", \"shoe_size\": 44}}")
                .expect(400);
        // Keystone takes anything for a user, and clients rely on it.
        assertThat(cloud.post(admin, V3 + "/users", "{\"user\": {\"name\": \"" + unique() + "\", \"shoe_size\": 44}}")
                        .expect(201)
                        .json()
                        .at("/user")
                        .has("shoe_size"))
                .isFalse();
    }

    private String create(String things, String thing, String fields) {
        return cloud.post(admin, V3 + "/" + things, "{\"" + thing + "\": {" + fields + "}}")
                .expect(201)
                .json()
                .at("/" + thing + "/id")
                .asText();
    }

    private void put(String path) {
        cloud.call(admin, "PUT", V3 + path, null).expect(204);
    }

    private java.util.List<String> rolesOf(Tenant tenant) {
        String token = cloud.login(tenant.userName(), tenant.password(), tenant.projectName());
        return cloud.call(token, "GET", V3 + "/auth/tokens", null, "X-Subject-Token", token)
                .expect(200)
                .json()
                .at("/token/roles")
                .findValuesAsText("name");
    }

    private static String loginById(String user, String project) {
        return """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                    {"id": "%s", "password": "pw"}}}, "scope": {"project": {"id": "%s"}}}}
                """.formatted(user, project);
    }

    private static String unique() {
        return "n-" + UUID.randomUUID().toString().substring(0, 13);
    }
}
