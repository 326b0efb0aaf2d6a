package cloud.stasis.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.cli.fake.Answer;
import cloud.stasis.cli.fake.FakeCloud;
import cloud.stasis.cli.fake.Shell;
import cloud.stasis.cli.fake.Shell.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginIT {
    private static final String LOGIN = "POST /identity/v3/auth/tokens";

    @TempDir
    Path home;

    private final FakeCloud cloud = new FakeCloud();
    private Shell shell;

    @BeforeEach
    void setUp() {
        cloud.on("GET /compute/v2.1/servers/detail", Answer.json(200, "{'servers':[]}"));
        shell = Shell.loggedInTo(cloud, home);
    }

    @AfterEach
    void tearDown() {
        cloud.close();
    }

    private List<Path> cached() throws IOException {
        Path logins = home.resolve(".cache/stasis/logins");
        try (Stream<Path> files = Files.list(logins)) {
            return files.toList();
        }
    }

    @Test
    void theUsualVariablesLogIn() {
        Run run = shell.run("list");

        assertThat(run.status()).isZero();
        assertThat(cloud.last(LOGIN).json().toString()).isEqualTo("""
                {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"tenant",\
                "domain":{"id":"default"},"password":"correct horse"}}},\
                "scope":{"project":{"name":"project","domain":{"id":"default"}}}}}""");
    }

    @Test
    void theSecondCommandIsOneRequest() {
        shell.run("list");
        int before = cloud.lines().size();

        Run run = shell.run("list");

        assertThat(run.status()).isZero();
        assertThat(cloud.lines().subList(before, cloud.lines().size()))
                .containsExactly("GET /compute/v2.1/servers/detail?limit=1000");
    }

    @Test
    void theKeptLoginIsPrivateAndHoldsNoPassword() throws IOException {
        shell.run("list");

        assertThat(cached()).hasSize(1);
        Path file = cached().getFirst();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(Files.readString(file)).doesNotContain(FakeCloud.PASSWORD);
    }

    @Test
    void aKeptLoginThatOthersCanReadIsNotUsed() throws IOException {
        shell.run("list");
        Files.setPosixFilePermissions(cached().getFirst(), PosixFilePermissions.fromString("rw-r--r--"));

        shell.run("list");

        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void aBrokenCacheOnlyCostsALogin() throws IOException {
        shell.run("list");
        Files.writeString(cached().getFirst(), "{\"version\":1,\"catalog\":");

        assertThat(shell.run("list").status()).isZero();
        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void aRevokedTokenIsRenewedOnce() {
        shell.run("list");
        cloud.revokeAllTokens();

        Run run = shell.run("list");

        assertThat(run.status()).isZero();
        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void aTokenThatIsRefusedAgainIsAnError() {
        cloud.on("GET /compute/v2.1/servers/detail", Answer.json(401, "{'error':{'code':401,'message':'not you'}}"));

        Run run = shell.run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("ERROR (Unauthorized): not you (HTTP 401) (Request-ID: req-");
        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void anExpiredTokenIsNotEvenTried() {
        cloud.tokensExpireAt(Instant.parse("2026-11-22T11:00:00Z"));
        shell.run("list");
        shell.clock().pass(Duration.ofHours(1));

        shell.run("list");

        assertThat(cloud.lines().stream().filter(line -> line.contains("servers")))
                .hasSize(2);
        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void aServiceThatWasRegisteredAfterTheKeptLoginIsFound() {
        cloud.logsInAt("/keystone/v3");
        cloud.hideSnapshotsInCatalogue();
        cloud.on("GET /snapshot/v1/jobs", Answer.json(200, "{'jobs':[]}"));
        shell.set("OS_AUTH_URL", cloud.url() + "/keystone/v3");
        shell.run("list");

        assertThat(shell.run("job-list").err()).contains("ERROR (EndpointNotFound)");
        assertThat(cloud.logins()).isEqualTo(2);

        cloud.showSnapshotsInCatalogue();

        assertThat(shell.run("job-list").status()).isZero();
        assertThat(cloud.logins()).isEqualTo(3);
    }

    @Test
    void aWrongPasswordIsRefusedAndNotShown() {
        Run run = shell.set("OS_PASSWORD", "hunter2").run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("ERROR (Unauthorized): The request you have made requires authentication. (HTTP 401)"
                        + " (Request-ID: req-1)\n");
    }

    @Test
    void aWrongPasswordIsNoticedDespiteAKeptLogin() {
        shell.run("list");
        // The check is eight bits long, so one wrong password in 256 passes: of ten, hardly one.
        long refused = Stream.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
                .filter(wrong -> shell.set("OS_PASSWORD", wrong).run("list").status() == 1)
                .count();

        assertThat(refused).isGreaterThanOrEqualTo(8);
    }

    @Test
    void anotherProjectIsAnotherLogin() throws IOException {
        shell.run("list");

        shell.run("list", "--os-project-name", "other");

        assertThat(cached()).hasSize(2);
        assertThat(cloud.last(LOGIN).json().at("/auth/scope/project/name").asText())
                .isEqualTo("other");
    }

    @Test
    void theCacheCanBeTurnedOff() {
        shell.run("--no-token-cache", "list");
        shell.set("STASIS_TOKEN_CACHE", "off").run("list");

        assertThat(home.resolve(".cache")).doesNotExist();
        assertThat(cloud.logins()).isEqualTo(2);
    }

    @Test
    void aMissingPasswordIsAskedForOnceAndThenTheKeptLoginServes() {
        shell.unset("OS_PASSWORD").answering(FakeCloud.PASSWORD);

        assertThat(shell.run("list").status()).isZero();
        assertThat(shell.run("list").status()).isZero();

        assertThat(shell.questions()).isEqualTo(1);
        assertThat(cloud.logins()).isEqualTo(1);
    }

    @Test
    void withoutPasswordAndTerminalTheMessageSaysWhatToSet() {
        Run run = shell.unset("OS_PASSWORD").run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("OS_PASSWORD is not set");
    }

    @Test
    void anApplicationCredentialNamesNoScope() {
        shell.unset("OS_USERNAME")
                .unset("OS_PASSWORD")
                .set("OS_APPLICATION_CREDENTIAL_ID", "cred")
                .set("OS_APPLICATION_CREDENTIAL_SECRET", FakeCloud.PASSWORD);

        assertThat(shell.run("list").status()).isZero();

        assertThat(cloud.last(LOGIN).json().toString()).isEqualTo("""
                {"auth":{"identity":{"methods":["application_credential"],\
                "application_credential":{"id":"cred","secret":"correct horse"}}}}""");
    }

    @Test
    void aTokenIsRescopedToTheProject() {
        cloud.addToken("given");
        shell.unset("OS_USERNAME").unset("OS_PASSWORD").set("OS_TOKEN", "given");

        assertThat(shell.run("list").status()).isZero();
        assertThat(cloud.last("GET /compute/v2.1/servers/detail").token()).isEqualTo("token-1");
    }

    @Test
    void aTokenWithoutProjectIsUsedAsItIs() {
        cloud.addToken("given");
        cloud.on("GET /identity/v3/auth/tokens", _ -> Answer.json(200, cloud.tokenBody()));
        shell.unset("OS_USERNAME").unset("OS_PASSWORD").unset("OS_PROJECT_NAME").set("OS_TOKEN", "given");

        assertThat(shell.run("list").status()).isZero();
        assertThat(cloud.last("GET /compute/v2.1/servers/detail").token()).isEqualTo("given");
    }

    @Test
    void logoutRevokesTheTokenAndForgetsIt() throws IOException {
        cloud.on("DELETE /identity/v3/auth/tokens", Answer.empty(204));
        shell.run("list");

        Run run = shell.run("logout");

        assertThat(run.out()).isEqualTo("Logged out.\n");
        assertThat(cloud.last("DELETE /identity/v3/auth/tokens").headers().getFirst("X-Subject-Token"))
                .isEqualTo("token-1");
        assertThat(cached()).isEmpty();
    }

    @Test
    void theSnapshotApiIsFoundBesideTheIdentityApiWhenItIsNotCatalogued() {
        cloud.hideSnapshotsInCatalogue();
        cloud.on("GET /snapshot/v1/snapshots", Answer.json(200, "{'snapshots':[]}"));

        assertThat(shell.run("snapshot-list").status()).isZero();
    }

    @Test
    void theChosenInterfaceIsUsed() {
        cloud.on("GET /internal/compute/v2.1/servers/detail", Answer.json(200, "{'servers':[]}"));

        assertThat(shell.set("OS_ENDPOINT_TYPE", "internalURL").run("list").status())
                .isZero();
    }

    @Test
    void aRegionThatTheCloudHasNotIsNamedInTheError() {
        Run run = shell.run("list", "--os-region-name", "Elsewhere");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("ERROR (EndpointNotFound): ").contains("'Elsewhere'");
    }

    @Test
    void aCloudThatIsNotThereIsAClearError() {
        Run run = shell.set("OS_AUTH_URL", "http://127.0.0.1:1/identity/v3").run("list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("ERROR (ConnectFailure): no connection to http://127.0.0.1:1");
    }

    @Test
    void nothingSecretIsPrintedInDebugMode() {
        Run run = shell.run("--debug", "list");

        assertThat(run.err())
                .contains("POST " + cloud.url() + "/identity/v3/auth/tokens -> 201")
                .contains("GET " + cloud.url() + "/compute/v2.1/servers/detail?limit=1000 -> 200")
                .doesNotContain(FakeCloud.PASSWORD)
                .doesNotContain("token-1");
    }

    @Test
    void anOlderCloudIsAskedForItsOwnMaximum() {
        cloud.on("GET /compute/v2.1", Answer.json(200, "{'version':{'id':'v2.1','version':'2.60'}}"));
        cloud.on(
                "GET /compute/v2.1/servers/detail",
                asked -> asked.headers().getFirst("OpenStack-API-Version").equals("compute 2.60")
                        ? Answer.json(200, "{'servers':[]}")
                        : Answer.json(406, "{'computeFault':{'code':406,'message':'too new'}}"));

        assertThat(shell.run("list").status()).isZero();
    }
}
