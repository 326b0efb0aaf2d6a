package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever a project asks for more of, many at once get together what is allowed, and no more.
@QuarkusTest
class ParallelQuotasIT {
    private static final int AT_ONCE = 6;
    private static final int ALLOWED = 2;
    private static final int TINY_MIB = 256;
    private static final int SMALL_MIB = 2048;

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    SnapshotDoors snapshots;

    private Tenant tenant;
    private Tenant operator;
    private VolumeDoor door;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
        operator = doors.http().tenant("admin");
        door = new VolumeDoor(doors, cloud, tenant);
    }

    /// What adds to something that is limited.
    enum Addition {
        SERVER_SNAPSHOTS,
        POLICIES,
        IMAGES,
        CLONES,
        RESIZES,
        VOLUME_SNAPSHOTS,
        BACKUPS,
        BACKUP_IMPORTS,
        GROUPS,
        GROUP_SNAPSHOTS,
        TRANSFERS,
        COPIES,
        RESTORES,
        EXTENSIONS
    }

    /// @param ask one for each client
    /// @param done the status of what is allowed
    /// @param refused the status of what is too much
    private record Round(List<Supplier<Answer>> ask, int done, int refused) {}

    @ParameterizedTest
    @EnumSource
    void manyAtOnceGetWhatIsAllowedAndNoMore(Addition addition) throws Exception {
        Round round = prepared(addition);

        List<Integer> answers = allAtOnce(round.ask());

        assertThat(answers).containsOnly(round.done(), round.refused());
        assertThat(answers).filteredOn(status -> status == round.done()).hasSize(ALLOWED);
        cloud.awaitQuiet();
    }

    private Round prepared(Addition addition) {
        return switch (addition) {
            case SERVER_SNAPSHOTS -> {
                List<String> servers = servers();
                limitOurs("{\"snapshots\": " + ALLOWED + "}");
                yield round(
                        servers,
                        202,
                        403,
                        server -> doors.snapshot(
                                tenant, "POST", "/snapshots", "{\"server\": \"" + server + "\", \"name\": \"s\"}"));
            }
            case POLICIES -> {
                String volume = volumes().getFirst();
                limitOurs("{\"snapshot_policies\": " + ALLOWED + "}");
                yield round(
                        numbers(),
                        201,
                        403,
                        number -> doors.snapshot(
                                tenant,
                                "POST",
                                "/policies",
                                "{\"name\": \"p" + number + "\", \"volume\": \"" + volume
                                        + "\", \"interval\": \"PT1H\"}"));
            }
            case IMAGES -> {
                limitOurs("{\"images\": " + ALLOWED + "}");
                yield round(numbers(), 201, 413, number -> doors.http()
                        .post(tenant.token(), "/image/v2/images", "{\"name\": \"i" + number + "\"}"));
            }
            case CLONES -> {
                List<String> taken = servers().stream()
                        .map(server -> snapshots.taken(tenant, server, "point", false))
                        .toList();
                limitServers("{\"instances\": " + (AT_ONCE + ALLOWED) + "}");
                yield round(
                        taken,
                        202,
                        403,
                        snapshot -> doors.snapshot(
                                tenant, "POST", "/snapshots/" + snapshot + "/clone", "{\"name\": \"c\"}"));
            }
            case RESIZES -> {
                List<String> servers = servers();
                limitServers("{\"ram\": " + (AT_ONCE * TINY_MIB + ALLOWED * (SMALL_MIB - TINY_MIB)) + "}");
                yield round(
                        servers, 202, 403, server -> doors.act(tenant, server, "{\"resize\": {\"flavorRef\": \"3\"}}"));
            }
            case VOLUME_SNAPSHOTS -> {
                List<String> volumes = volumes();
                limitVolumes("{\"snapshots\": " + ALLOWED + "}");
                yield round(
                        volumes,
                        202,
                        413,
                        volume ->
                                door.call("POST", "/snapshots", "{\"snapshot\": {\"volume_id\": \"" + volume + "\"}}"));
            }
            case BACKUPS -> {
                List<String> volumes = volumes();
                limitVolumes("{\"backups\": " + ALLOWED + "}");
                yield round(
                        volumes,
                        202,
                        413,
                        volume -> door.call("POST", "/backups", "{\"backup\": {\"volume_id\": \"" + volume + "\"}}"));
            }
            case BACKUP_IMPORTS -> imports();
            case GROUPS -> {
                String kind = groupType();
                String type = type();
                limitVolumes("{\"groups\": " + ALLOWED + "}");
                yield round(
                        numbers(),
                        202,
                        413,
                        number -> door.call("POST", "/groups", "{\"group\": " + group(kind, type) + "}"));
            }
            case GROUP_SNAPSHOTS -> {
                List<String> groups = groupsWithVolumes();
                limitVolumes("{\"snapshots\": " + ALLOWED + "}");
                yield round(
                        groups,
                        202,
                        413,
                        group -> door.call(
                                "POST", "/group_snapshots", "{\"group_snapshot\": {\"group_id\": \"" + group + "\"}}"));
            }
            case TRANSFERS -> transfers();
            case COPIES -> {
                List<String> volumes = volumes();
                limitVolumes("{\"volumes\": " + (AT_ONCE + ALLOWED) + "}");
                yield round(
                        volumes,
                        202,
                        413,
                        volume ->
                                door.call("POST", "/volumes", "{\"volume\": {\"source_volid\": \"" + volume + "\"}}"));
            }
            case RESTORES -> {
                List<String> backups = volumes().stream()
                        .map(volume -> door.made("/backups", "backup", "{\"volume_id\": \"" + volume + "\"}"))
                        .toList();
                limitVolumes("{\"volumes\": " + (AT_ONCE + ALLOWED) + "}");
                yield round(
                        backups,
                        202,
                        413,
                        backup -> door.call("POST", "/backups/" + backup + "/restore", "{\"restore\": {}}"));
            }
            case EXTENSIONS -> {
                List<String> volumes = volumes();
                limitVolumes("{\"gigabytes\": " + (AT_ONCE + ALLOWED) + "}");
                yield round(volumes, 202, 413, volume -> door.act(volume, "{\"os-extend\": {\"new_size\": 2}}"));
            }
        };
    }

    /// Records of backups that are not here, whose bundles are in the store.
    private Round imports() {
        VolumeDoor operators = door.as(doors.http().member(tenant.projectId(), tenant.projectName(), "admin"));
        String backup = door.made("/backups", "backup", "{\"volume_id\": \"" + door.volume("{\"size\": 1}") + "\"}");
        String url = operators
                .call("GET", "/backups/" + backup + "/export_record", null)
                .expect(200)
                .json()
                .at("/backup-record/backup_url")
                .asText();
        List<String> urls = numbers().stream().map(_ -> renamed(url, backup)).toList();
        limitVolumes("{\"backups\": " + (1 + ALLOWED) + "}");
        return round(
                urls,
                201,
                413,
                each -> operators.call(
                        "POST",
                        "/backups/import_record",
                        "{\"backup-record\": {\"backup_service\": \"s\", \"backup_url\": \"" + each + "\"}}"));
    }

    private static String renamed(String url, String backup) {
        String text = new String(Base64.getDecoder().decode(url), StandardCharsets.UTF_8)
                .replaceAll("\"id\":\"" + backup, "\"id\":\"" + UUID.randomUUID());
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Round transfers() {
        VolumeDoor giver = door.as(doors.http().tenant("member"));
        List<JsonNode> offers = numbers().stream()
                .map(_ -> giver.call(
                                "POST",
                                "/volume-transfers",
                                "{\"transfer\": {\"volume_id\": \"" + giver.volume("{\"size\": 1}") + "\"}}")
                        .expect(202)
                        .json()
                        .path("transfer"))
                .toList();
        limitVolumes("{\"volumes\": " + ALLOWED + "}");
        return round(
                offers,
                202,
                413,
                offer -> door.call(
                        "POST",
                        "/volume-transfers/" + offer.path("id").asText() + "/accept",
                        "{\"accept\": {\"auth_key\": \""
                                + offer.path("auth_key").asText() + "\"}}"));
    }

    private List<String> groupsWithVolumes() {
        String kind = groupType();
        String type = type();
        return numbers().stream()
                .map(_ -> {
                    String group = door.made("/groups", "group", group(kind, type));
                    door.volume("{\"size\": 1, \"volume_type\": \"" + type + "\", \"group_id\": \"" + group + "\"}");
                    return group;
                })
                .toList();
    }

    private static String group(String kind, String type) {
        return "{\"name\": \"g\", \"group_type\": \"" + kind + "\", \"volume_types\": [\"" + type + "\"]}";
    }

    private String type() {
        return door.as(operator)
                .call("POST", "/types", "{\"volume_type\": {\"name\": \"t-" + UUID.randomUUID() + "\"}}")
                .expect(200)
                .json()
                .at("/volume_type/id")
                .asText();
    }

    private String groupType() {
        return door.as(operator)
                .call("POST", "/group_types", "{\"group_type\": {\"name\": \"g-" + UUID.randomUUID() + "\"}}")
                .expect(202)
                .json()
                .at("/group_type/id")
                .asText();
    }

    private <T> Round round(List<T> targets, int done, int refused, Function<T, Answer> ask) {
        return new Round(
                targets.stream()
                        .<Supplier<Answer>>map(target -> () -> ask.apply(target))
                        .toList(),
                done,
                refused);
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, AT_ONCE).boxed().toList();
    }

    private List<String> servers() {
        List<String> servers = numbers().stream()
                .map(number -> doors.created(tenant, "server-" + number))
                .toList();
        servers.forEach(server -> doors.awaitStatus(tenant, server, "ACTIVE"));
        return servers;
    }

    private List<String> volumes() {
        return numbers().stream().map(_ -> door.volume("{\"size\": 1}")).toList();
    }

    private void limitServers(String limits) {
        doors.compute(operator, "PUT", "/os-quota-sets/" + tenant.projectId(), "{\"quota_set\": " + limits + "}")
                .expect(200);
    }

    private void limitVolumes(String limits) {
        door.as(operator)
                .call("PUT", "/os-quota-sets/" + tenant.projectId(), "{\"quota_set\": " + limits + "}")
                .expect(200);
    }

    private void limitOurs(String limits) {
        doors.snapshot(operator, "PUT", "/quotas/" + tenant.projectId(), limits).expect(200);
    }

    private static List<Integer> allAtOnce(List<Supplier<Answer>> ask) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> calls = ask.stream()
                    .<Callable<Integer>>map(each -> () -> each.get().status())
                    .toList();
            List<Integer> answered = new ArrayList<>();
            for (Future<Integer> each : clients.invokeAll(calls)) {
                answered.add(each.get());
            }
            return answered;
        }
    }
}
