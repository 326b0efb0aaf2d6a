package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.Routes;
import cloud.stasis.gateway.Routes.Route;
import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Rubbish for every route that is served, by a tenant and by an operator: never a failure of ours, never a stack
/// trace, never what is another tenant's, and no line of the log that the client wrote. What rubbish there is depends
/// on the route's name and the seed alone; more of it: `-Dstasis.fuzz.rounds=100 -Dstasis.fuzz.seed=7`.
@QuarkusTest
class FuzzIT {
    private static final long SEED = Long.getLong("stasis.fuzz.seed", 1);
    private static final int ROUNDS = Integer.getInteger("stasis.fuzz.rounds", 3);
    private static final int CLIENTS = 6;
    private static final String MARK = "belongs-to-somebody-else";
    /// What an operator changes there changes it for the tests that come after.
    private static final Set<String> FOR_EVERYBODY = Set.of(
            "/compute/v2.1/os-quota-class-sets/{name} PUT",
            "/compute/v2.1/os-services/{id} DELETE",
            "/compute/v2.1/os-services/{id} PUT",
            "/volume/v3/{project}/os-quota-class-sets/{name} PUT",
            "/volume/v3/{project}/os-services/disable PUT");

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    SnapshotDoors snapshots;

    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Handler reader = new Handler() {
        private final PatternFormatter message = new PatternFormatter("%c: %s");

        @Override
        public void publish(LogRecord record) {
            String line = message.format(record);
            if (record.getLevel().intValue() >= Level.SEVERE.intValue() || isForged(line)) {
                logged.add(line);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void open() {
        doors.open();
        Logger.getLogger("").addHandler(reader);
    }

    @AfterEach
    void stopReading() {
        Logger.getLogger("").removeHandler(reader);
    }

    @Test
    void noRubbishMakesTheGatewayFailOrTell() throws Exception {
        Tenant victim = doors.http().tenant("member");
        Tenant tenant = doors.http().tenant("member");
        Tenant operator = doors.http().tenant("admin");
        List<String> foreign = belongings(victim, MARK);
        List<String> ids = new ArrayList<>(belongings(tenant, "own"));
        ids.addAll(foreign);

        List<String> wrong = new ArrayList<>();
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Callable<List<String>>> tries = new ArrayList<>();
            for (Route route : Routes.all()) {
                tries.add(() -> tried(route, tenant, ids));
                if (!FOR_EVERYBODY.contains(route.toString())) {
                    tries.add(() -> tried(route, operator, ids.subList(0, foreign.size())));
                }
            }
            for (Future<List<String>> each : clients.invokeAll(tries)) {
                wrong.addAll(each.get());
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(logged).isEmpty();
        assertThat(doors.server(victim, foreign.getFirst()).path("status").asText())
                .isEqualTo("ACTIVE");
        cloud.awaitQuiet();
    }

    /// As far into the gateway as a body can come: what is wrong with it is one field.
    @Test
    void bodiesThatAreAlmostRightAreServedOrRefused() throws Exception {
        Tenant tenant = doors.http().tenant("admin");
        List<String> own = belongings(tenant, "own");
        JsonNode document =
                doors.http().get("", "/q/openapi?format=json").expect(200).json();
        AlmostRight bodies = new AlmostRight(
                document,
                Map.of(
                        "server", own.get(0),
                        "snapshot", own.get(1),
                        "volume", own.get(2),
                        "image", own.get(4),
                        "interval", "PT6H",
                        "cron", "0 4 * * *",
                        "timezone", "UTC"),
                new Random(SEED));
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (Route route : Routes.all()) {
            JsonNode schema = document.path("paths")
                    .path(route.path())
                    .path(route.method().toLowerCase(Locale.ROOT))
                    .at("/requestBody/content/application~1json/schema");
            if (!route.path().startsWith("/snapshot/v1") || schema.isMissingNode()) {
                continue;
            }
            String path = route.path().replaceAll("\\{[^}]*}", pathId(route, own));
            for (String body : bodies.bodies(schema)) {
                tried++;
                try {
                    Answer answer = doors.http().call(tenant.token(), route.method(), path, body);
                    boolean mayBe = answer.status() < 500 || answer.text().contains("NO_VALID_HOST");
                    boolean lacksNothing = !body.contains("nobody_knows_this") || answer.status() >= 400;
                    if (!mayBe || !lacksNothing) {
                        wrong.add(route + " " + body + " " + answer.status() + " " + answer.text());
                    }
                } catch (AssertionError failed) {
                    wrong.add(route + " " + body + " " + failed.getMessage());
                }
            }
        }
        assertThat(tried).isGreaterThan(1000);
        assertThat(wrong).isEmpty();
        assertThat(logged).isEmpty();
        cloud.awaitQuiet();
    }

    private static String pathId(Route route, List<String> own) {
        String path = route.path();
        if (path.contains("/servers/")) {
            return own.get(0);
        }
        if (path.contains("/volumes/")) {
            return own.get(2);
        }
        return path.contains("/snapshots/") ? own.get(1) : own.get(5);
    }

    /// Ids of a server, its snapshot, a volume and its snapshot, each of that name; an image, and the project.
    private List<String> belongings(Tenant tenant, String name) {
        VolumeDoor volumes = new VolumeDoor(doors, cloud, tenant);
        String server = doors.running(tenant, name);
        String snapshot = snapshots.taken(tenant, server, name, false);
        String volume = volumes.volume("{\"size\": 1, \"name\": \"" + name + "\"}");
        String volumeSnapshot = volumes.made(
                "/snapshots", "snapshot", "{\"volume_id\": \"" + volume + "\", \"name\": \"" + name + "\"}");
        return List.of(
                server, snapshot, volume, volumeSnapshot, doors.image(tenant).toString(), tenant.projectId());
    }

    private List<String> tried(Route route, Tenant tenant, List<String> ids) {
        Random random = new Random(SEED * 31 + route.toString().hashCode());
        Rubbish rubbish = new Rubbish(random, ids, Rubbish.wordsOf(route));
        List<String> wrong = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            HttpRequest request = rubbish.request(route, tenant.token(), tenant.projectId());
            String what = route + " seed=" + SEED + " round=" + round + " " + request.uri();
            try {
                Answer answer = sent(request);
                if (answer.status() == 503) {
                    wrong.add(what + " is not served: " + answer.text());
                }
                if (answer.text().contains(MARK)) {
                    wrong.add(what + " tells: " + answer.text());
                }
            } catch (AssertionError | UncheckedIOException failed) {
                wrong.add(what + " " + failed.getMessage());
            }
        }
        return wrong;
    }

    /// Who is refused before its body was read has to connect anew; the client finds out too late, once.
    private Answer sent(HttpRequest request) {
        try {
            return doors.http().send(request);
        } catch (UncheckedIOException closed) {
            return doors.http().send(request);
        }
    }

    private static boolean isForged(String line) {
        return line.startsWith("audit: ") && line.strip().contains("\n") || line.contains("\nFORGED");
    }

    /// Bodies that a client of good faith sends stay possible while all this goes on.
    @Test
    void aSlowClientHoldsNobodyUp() {
        try (SlowClients _ = SlowClients.of(TestCloud.uri("/"), 200)) {
            Tenant tenant = doors.http().tenant("member");

            doors.compute(tenant, "GET", "/servers/detail", null).expect(200);
            doors.compute(tenant, "POST", "/os-server-groups", """
                            {"server_group": {"name": "quick", "policies": ["affinity"]}}
                            """).expect(200);
        }
    }
}
