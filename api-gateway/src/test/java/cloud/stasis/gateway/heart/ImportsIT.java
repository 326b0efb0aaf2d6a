package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.stasis.gateway.TestCloud;
import cloud.stasis.gateway.TestCloud.Answer;
import cloud.stasis.gateway.TestCloud.Tenant;
import cloud.stasis.gateway.http.OpenstackClient;
import cloud.stasis.gateway.image.Uploads;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images that are staged or fetched, and then imported.
@QuarkusTest
class ImportsIT {
    private static final String IMAGES = "/image/v2/images";
    private static final String URI = "https://" + TestCloud.IMAGE_HOST + "/trixie.qcow2";

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    FakeWorkers workers;

    @Inject
    Uploads uploads;

    @Inject
    Transactions transactions;

    @Inject
    EntityManager entities;

    @TempDir
    Path directory;

    private Tenant tenant;

    @BeforeEach
    void open() {
        doors.open();
        tenant = doors.http().tenant("member");
    }

    @AfterEach
    void behave() {
        workers.behave(FakeWorkers.Manners.GOOD);
    }

    @Test
    void theMethodsAreTold() {
        JsonNode methods = get("/image/v2/info/import").expect(200).json().at("/import-methods/value");
        assertThat(methods.toString()).isEqualTo("[\"glance-direct\",\"web-download\",\"copy-image\"]");
        Answer made = doors.http().post(tenant.token(), IMAGES, "{}").expect(201);
        assertThat(made.header("OpenStack-image-import-methods")).contains("web-download");
        assertThat(made.header("OpenStack-image-store-ids")).isEqualTo("stasis");
    }

    @Test
    void whatIsStagedIsNobodysBeforeItIsImported() {
        String image = create();
        begin(image, "{\"name\": \"glance-direct\"}").expect(409);

        stage(image).expect(204);

        assertThat(status(image)).isEqualTo("uploading");
        get(IMAGES + "/" + image + "/file").expect(204);
        stage(image).expect(409);
        begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(URI))
                .expect(409);
        begin(image, "{\"name\": \"glance-direct\"}").expect(202);
        awaitStatus(image, "active");

        JsonNode shown = get(IMAGES + "/" + image).expect(200).json();
        assertThat(shown.path("size").asInt()).isEqualTo(1000);
        assertThat(shown.path("checksum").asText()).hasSize(32);
        assertThat(get(IMAGES + "/" + image + "/file").expect(200).raw().body()).hasSize(1000);
        JsonNode task = get(IMAGES + "/" + image + "/tasks").expect(200).json().at("/tasks/0");
        assertThat(task.path("status").asText()).isEqualTo("success");
        assertThat(get("/image/v2/tasks/" + task.path("id").asText())
                        .expect(200)
                        .json())
                .isEqualTo(task);
        get(doors.http().tenant("member"), "/image/v2/tasks/" + task.path("id").asText())
                .expect(404);
    }

    @Test
    void whatIsStagedAndForgottenIsGivenBack() {
        String image = create();
        stage(image).expect(204);
        transactions.run(
                () -> entities.createNativeQuery("update image set updated_at = now(6) - interval 25 hour where id = ?")
                        .setParameter(1, image)
                        .executeUpdate());

        uploads.endOverdue();
        begin(image, "{\"name\": \"glance-direct\"}").expect(409);
        transactions.run(() -> entities.createNativeQuery(
                        "update image_upload set due_at = now(6) - interval 1 second where image_id = ?")
                .setParameter(1, image)
                .executeUpdate());
        uploads.endOverdue();

        cloud.await("it is queued again", () -> status(image).equals("queued"));
        assertThat(dropped(image)).isTrue();
    }

    @Test
    void anImageIsFetchedByTheImageService() {
        String image = create();

        begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(URI))
                .expect(202);
        awaitStatus(image, "active");

        ImageCommand.ImportImage order = orders(image).getFirst();
        assertThat(order.source()).hasToString(URI);
        assertThat(order.diskFormat()).isEqualTo("qcow2");
        assertThat(order.metadata()).containsEntry("project", tenant.projectId());
        JsonNode shown = get(IMAGES + "/" + image).expect(200).json();
        assertThat(shown.path("size").asInt()).isEqualTo(3 * 1024 * 1024);
        assertThat(shown.path("checksum").asText()).isEqualTo("1".repeat(32));
    }

    @Test
    void aFetchThatFailsLeavesAQueuedImageThatSaysSo() {
        String image = create();
        workers.behave((_, command) -> command instanceof ImageCommand.ImportImage
                ? Optional.of(new FakeWorkers.Behaviour.Fails(
                        new ErrorReport(ErrorCode.INVALID_REQUEST, "the file cannot be fetched: its host answers 404")))
                : Optional.empty());

        begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(URI))
                .expect(202);
        awaitStatus(image, "queued");

        assertThat(get(IMAGES + "/" + image)
                        .json()
                        .path("os_glance_failed_import")
                        .asText())
                .isEqualTo("stasis");
        JsonNode task = get(IMAGES + "/" + image + "/tasks").expect(200).json().at("/tasks/0");
        assertThat(task.path("status").asText()).isEqualTo("failure");
        assertThat(task.path("message").asText()).contains("404");
        assertThat(kept()).isZero();
        workers.behave(FakeWorkers.Manners.GOOD);
        begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(URI))
                .expect(202);
        awaitStatus(image, "active");
        JsonNode imported = get(IMAGES + "/" + image).json();
        assertThat(imported.required("os_glance_failed_import").asText()).isEmpty();
        assertThat(imported.required("os_glance_importing_to_stores").asText()).isEmpty();
    }

    @Test
    void nothingIsFetchedFromElsewhere() {
        String image = create();
        for (String uri : List.of(
                "https://elsewhere.example/x",
                "http://127.0.0.1/x",
                "file:///etc/passwd",
                "https://" + TestCloud.IMAGE_HOST + "@evil.example/x",
                "no uri at all")) {
            begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(uri))
                    .expect(400);
        }
        begin(image, "{\"name\": \"glance-download\"}").expect(400);
        begin(image, "{\"name\": \"copy-image\"}").expect(403);
        assertThat(status(image)).isEqualTo("queued");
        assertThat(orders(image)).isEmpty();
    }

    /// The cloud has one store; what `stores` may name beside it are other sites.
    @Test
    void anImageIsCopiedToOtherSites() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/glance")), "python3-glanceclient is not installed");
        String lyon = "lyon-" + tenant.projectId();
        String oslo = "oslo-" + tenant.projectId();
        Tenant operator = doors.http().member(tenant.projectId(), tenant.projectName(), "admin");
        String image = create();
        copy(operator, image, "\"stores\": [\"%s\"]".formatted(lyon)).expect(409);
        stage(image).expect(204);
        begin(image, "{\"name\": \"glance-direct\"}").expect(202);
        awaitStatus(image, "active");
        copy(tenant, image, "\"stores\": [\"%s\"]".formatted(lyon)).expect(403);
        assertThat(copy(operator, image, "\"stores\": [\"stasis\"]").expect(409).text())
                .contains("already present at store 'stasis'");
        copy(operator, image, "\"stores\": []").expect(400);
        copy(operator, image, "\"stores\": [\"%s\"], \"all_stores\": true".formatted(lyon))
                .expect(400);
        copy(operator, image, "\"all_stores\": true").expect(202);
        assertThat(get(IMAGES + "/" + image)
                        .json()
                        .required("os_glance_importing_to_stores")
                        .asText())
                .isEmpty();
        client(operator).run("glance", "image-import", "--import-method", "copy-image", "--all-stores", "True", image);
        assertThat(workers.carriedOut("copies-" + lyon)).isEmpty();

        copy(operator, image, "\"stores\": [\"%s\", \"%s\"]".formatted(lyon, oslo))
                .expect(202);

        for (String site : List.of(lyon, oslo)) {
            cloud.await("it is copied to " + site, () -> workers.carriedOut("copies-" + site)
                    .contains(new ImageCommand.CopyBundles(
                            ImageCommand.CopyDirection.PUSH,
                            site,
                            BundleChoice.of(ReferenceName.of(ImageId.parse(image))),
                            ByteCount.ZERO,
                            Optional.empty())));
        }
        assertThat(status(image)).isEqualTo("active");
    }

    @Test
    void anImageThatIsDeletedWhileItIsFetchedLeavesNothing() {
        String image = create();
        workers.behave((_, command) -> command instanceof ImageCommand.ImportImage
                ? Optional.of(new FakeWorkers.Behaviour.Sleeps())
                : Optional.empty());
        begin(image, "{\"name\": \"web-download\", \"uri\": \"%s\"}".formatted(URI))
                .expect(202);
        assertThat(kept()).as("as much as may come").isEqualTo(64L << 30);

        doors.http().call(tenant.token(), "DELETE", IMAGES + "/" + image, null).expect(204);
        workers.behave(FakeWorkers.Manners.GOOD);

        cloud.await("its bundle is dropped", () -> dropped(image));
        cloud.awaitQuiet();
        assertThat(kept()).isZero();
    }

    /// The unmodified client, as the distribution ships it.
    @Test
    void theGlanceClientStagesAndFetches() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/glance")), "python3-glanceclient is not installed");
        OpenstackClient client = client(tenant);
        Path file = Files.write(directory.resolve("image"), new byte[3000]);
        String staged = create();
        String fetched = create();

        client.run("glance", "image-stage", "--file", file.toString(), staged);
        client.run("glance", "image-import", "--import-method", "glance-direct", staged);
        client.run("glance", "image-import", "--import-method", "web-download", "--uri", URI, fetched);

        awaitStatus(staged, "active");
        awaitStatus(fetched, "active");
        String told = client.run("glance", "import-info");
        // A table as wide as a terminal breaks words.
        assertThat(told.replaceAll("[\\s|]", "")).contains("glance-direct", "web-download");
    }

    private Answer copy(Tenant who, String image, String stores) {
        return doors.http()
                .post(
                        who.token(),
                        IMAGES + "/" + image + "/import",
                        "{\"method\": {\"name\": \"copy-image\"}, " + stores + "}");
    }

    private OpenstackClient client(Tenant who) {
        return new OpenstackClient(
                directory, TestCloud.uri("/identity").toString(), who.userName(), who.password(), who.projectName());
    }

    private String create() {
        return doors.http()
                .post(
                        tenant.token(),
                        IMAGES,
                        "{\"name\": \"import\", \"disk_format\": \"qcow2\", \"container_format\": \"bare\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private Answer stage(String image) {
        return doors.http()
                .call(
                        tenant.token(),
                        "PUT",
                        IMAGES + "/" + image + "/stage",
                        "x".repeat(1000),
                        "Content-Type",
                        "application/octet-stream");
    }

    private Answer begin(String image, String method) {
        return doors.http()
                .post(
                        tenant.token(),
                        IMAGES + "/" + image + "/import",
                        "{\"method\": " + method + ", \"stores\": [\"x\"]}");
    }

    private Answer get(String path) {
        return get(tenant, path);
    }

    private Answer get(Tenant who, String path) {
        return doors.http().get(who.token(), path);
    }

    private String status(String image) {
        return get(IMAGES + "/" + image).expect(200).json().path("status").asText();
    }

    private void awaitStatus(String image, String status) {
        cloud.await("the image is " + status, () -> status(image).equals(status));
    }

    private long kept() {
        return doors.snapshot(tenant, "GET", "/store/usage", null)
                .expect(200)
                .json()
                .at("/usage/kept_bytes")
                .asLong();
    }

    private List<ImageCommand.ImportImage> orders(String image) {
        return workers.carriedOut().stream()
                .filter(ImageCommand.ImportImage.class::isInstance)
                .map(ImageCommand.ImportImage.class::cast)
                .filter(order -> order.reference().id().toString().equals(image))
                .toList();
    }

    private boolean dropped(String image) {
        return workers.carriedOut("image/" + image).stream().anyMatch(ImageCommand.DropReference.class::isInstance);
    }
}
