package cloud.stasis.image.http;

import static cloud.stasis.chunks.Capability.Right.IMAGE_DOWNLOAD;
import static cloud.stasis.chunks.Capability.Right.IMAGE_UPLOAD;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.qcow2.QemuImg;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRoutesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path storeDirectory;

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ImageId image = ImageId.random();
    private static StoreServer server;

    @BeforeAll
    static void start() {
        server = new StoreServer(storeDirectory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRawImageComesBackByteForByteAndIsADisk() throws Exception {
        Path raw = disk(9_000_448);

        JsonNode answer = uploaded(raw, "raw", "bare");

        byte[] bytes = Files.readAllBytes(raw);
        assertThat(answer.get("size").asLong()).isEqualTo(bytes.length);
        assertThat(answer.get("virtualSize").asLong()).isEqualTo(bytes.length);
        assertThat(answer.get("md5").asText()).isEqualTo(hash("MD5", bytes));
        assertThat(answer.get("sha512").asText()).isEqualTo(hash("SHA-512", bytes));
        assertThat(answer.get("parts").get(0).get("kind").asText()).isEqualTo("file");
        assertThat(answer.get("parts").get(1).get("target").asText()).isEqualTo("vda");
        assertThat(answer.get("parts").get(0).get("content"))
                .isEqualTo(answer.get("parts").get(1).get("content"));
        assertThat(download(Optional.empty()).body()).isEqualTo(bytes);
        assertThat(manifest().metadata()).containsEntry("checksum", hash("MD5", bytes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cluster_size=64k",
                "cluster_size=2M",
                "cluster_size=4k",
                "cluster_size=512",
                "compat=0.10",
                "cluster_size=128k,extended_l2=on",
                "preallocation=metadata",
                "cluster_size=64k,lazy_refcounts=on",
                "cluster_size=64k,refcount_bits=1"
            })
    void theDiskInAQcow2IsWhatQemuSees(String options) throws Exception {
        Path raw = disk(40 * 1024 * 1024 + 1536);
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(raw, qcow2, "qcow2", "-o", options);
        QemuImg.run(
                "qemu-io",
                "-f",
                "qcow2",
                "-c",
                "write -z 3M 900k",
                "-c",
                "write -P 7 5000k 3k",
                "-c",
                "discard 1M 1M",
                qcow2.toString());
        QemuImg.convert(qcow2, directory.resolve("seen.raw"), "raw");

        JsonNode answer = uploaded(qcow2, "qcow2", "bare");

        assertThat(diskBytes(answer)).isEqualTo(Files.readAllBytes(directory.resolve("seen.raw")));
        assertThat(answer.get("virtualSize").asLong()).isEqualTo(40 * 1024 * 1024 + 1536);
        assertThat(download(Optional.empty()).body()).isEqualTo(Files.readAllBytes(qcow2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compression_type=zlib",
                "compression_type=zstd",
                "compression_type=zstd,cluster_size=2M",
                "compression_type=zlib,cluster_size=4k",
                "compat=0.10"
            })
    void compressedClustersAreRead(String options) throws Exception {
        Path raw = disk(30 * 1024 * 1024);
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(raw, qcow2, "qcow2", "-c", "-o", options);

        assertThat(diskBytes(uploaded(qcow2, "qcow2", "bare"))).isEqualTo(Files.readAllBytes(raw));
    }

    @Test
    void theDiskInAnOrdinaryQcow2CostsNoChunkOfItsOwn() throws Exception {
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(disk(40 * 1024 * 1024), qcow2, "qcow2");

        long before = storedBytes();

        uploaded(qcow2, "qcow2", "bare");

        assertThat(storedBytes() - before).isLessThan(Files.size(qcow2) + 100_000);
    }

    @Test
    void anImageWithInternalSnapshotsIsTheDiskOfNow() throws Exception {
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(disk(4 * 1024 * 1024), qcow2, "qcow2");
        QemuImg.run("qemu-img", "snapshot", "-c", "before", qcow2.toString());
        QemuImg.run("qemu-io", "-f", "qcow2", "-c", "write -P 9 1M 1M", qcow2.toString());
        QemuImg.convert(qcow2, directory.resolve("seen.raw"), "raw");

        assertThat(diskBytes(uploaded(qcow2, "qcow2", "bare")))
                .isEqualTo(Files.readAllBytes(directory.resolve("seen.raw")));
    }

    @ParameterizedTest
    @CsvSource({
        "a backing file,       8,  8, 4096",
        "a qcow of version 1,  4,  4, 1",
        "an encrypted disk,    32, 4, 2",
        "clusters of 4 GiB,    20, 4, 32",
        "clusters of a byte,   20, 4, 0",
        "a disk of 2^63 bytes, 24, 8, 9223372036854775296",
        "half a sector,        24, 8, 1000",
        "no L1 table,          36, 4, 0",
        "a huge L1 table,      36, 4, 2147483647",
        "an L1 table outside,  40, 8, 1099511627776",
        "an L1 table aside,    40, 8, 196609",
        "no refcounts,         56, 4, 0",
        "refcounts outside,    48, 8, 1099511627776",
        "a data file,          72, 8, 4",
        "a corrupt mark,       72, 8, 2",
        "a future feature,     72, 8, 32",
        "a short header,       100, 4, 72",
        "a huge header,        100, 4, 1073741824",
        "many snapshots,       60, 4, 2147483647",
        "wide refcounts,       96, 4, 7"
    })
    void aQcow2WithAHostileHeaderIsRefusedAndNotVisible(String what, int offset, int bytes, long value)
            throws Exception {
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(disk(2 * 1024 * 1024), qcow2, "qcow2");
        patch(qcow2, offset, bytes, value);

        refused(qcow2, "qcow2", "bare", 400, "HOSTILE_IMAGE");
    }

    @Test
    void aQcow2ThatNamesADataFileInAnExtensionIsRefused() throws Exception {
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.run(
                "qemu-img",
                "create",
                "-f",
                "qcow2",
                "-o",
                "data_file=" + directory.resolve("data") + ",data_file_raw=on",
                qcow2.toString(),
                "1M");
        refused(qcow2, "qcow2", "bare", 400, "HOSTILE_IMAGE");
        // Without the feature bit the extension alone must do.
        patch(qcow2, 72, 8, 0);
        refused(qcow2, "qcow2", "bare", 400, "data file");
    }

    @Test
    void aQcow2WithABackingFileMadeByQemuIsRefused() throws Exception {
        Path base = disk(1024 * 1024);
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.run("qemu-img", "create", "-f", "qcow2", "-b", base.toString(), "-F", "raw", qcow2.toString());

        refused(qcow2, "qcow2", "bare", 400, "backing file");
    }

    @Test
    void aQcow2WhoseTablesPointOutsideOrToTheSameClusterIsRefused() throws Exception {
        Path raw = directory.resolve("full.raw");
        byte[] noise = new byte[8 * 1024 * 1024];
        new Random(1).nextBytes(noise);
        Files.write(raw, noise);
        Path good = directory.resolve("good.qcow2");
        QemuImg.convert(raw, good, "qcow2");
        long l1 = peek(good, 40);
        long l2 = peek(good, l1) & 0x00fffffffffffe00L;
        long firstCluster = peek(good, l2);
        Path qcow2 = directory.resolve("image.qcow2");
        for (long[] change : new long[][] {
            {l1, 1L << 40},
            {l1, l2 + 512},
            {l1, l2 | 1L << 60},
            {l2, 1L << 40},
            {l2, firstCluster + 512},
            {l2, firstCluster | 1L << 58},
            {l2, 1L << 62 | 1L << 50},
            {l2, 1L << 62 | 4096},
            {l2, 1L << 62 | 70_000}
        }) {
            Files.copy(good, qcow2, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            patch(qcow2, change[0], 8, change[1]);
            refused(qcow2, "qcow2", "bare", 400, "HOSTILE_IMAGE");
        }
        Files.copy(good, qcow2, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        patch(qcow2, 24, 8, 512L << 20);
        for (int entry = 0; entry < 8192; entry++) {
            patch(qcow2, l2 + entry * 8, 8, firstCluster);
        }
        refused(qcow2, "qcow2", "bare", 400, "many times");
    }

    @Test
    void aQcow2ThatExpandsWithoutEndIsRefused() throws Exception {
        Path raw = directory.resolve("flat.raw");
        byte[] flat = new byte[64 * 1024];
        Arrays.fill(flat, (byte) 1);
        Files.write(raw, flat);
        Path qcow2 = directory.resolve("image.qcow2");
        QemuImg.convert(raw, qcow2, "qcow2", "-c");
        long l2 = peek(qcow2, peek(qcow2, 40)) & 0x00fffffffffffe00L;
        long entry = peek(qcow2, l2);
        patch(qcow2, 24, 8, 512L << 20);
        for (int at = 0; at < 8192; at++) {
            patch(qcow2, l2 + at * 8, 8, entry);
        }

        refused(qcow2, "qcow2", "bare", 400, "expands");
    }

    @ParameterizedTest
    @CsvSource({
        "qcow2,raw",
        "qcow2,vmdk",
        "qcow2,iso",
        "qcow2,ami",
        "vmdk,raw",
        "vdi,raw",
        "vhdx,raw",
        "vpc,raw",
        "vdi,vmdk",
        "vmdk,vhd",
        "qed,raw",
        "qed,vmdk"
    })
    void bytesOfAKnownFormatMustBeDeclaredAsThat(String made, String declared) throws Exception {
        Path file = directory.resolve("image");
        QemuImg.convert(disk(3 * 1024 * 1024), file, made);

        refused(file, declared, "bare", 400, "HOSTILE_IMAGE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qcow2", "vmdk", "vdi", "vhdx", "vhd", "iso", "ploop"})
    void bytesOfNoKnownFormatAreKeptAndNoHostIsGivenAnyOfThem(String declared) throws Exception {
        Path file = disk(3 * 1024 * 1024);

        JsonNode answer = uploaded(file, declared, "bare");

        assertThat(answer.get("parts")).hasSize(1);
        assertThat(answer.get("parts").get(0).get("kind").asText()).isEqualTo("file");
        assertThat(download(Optional.empty()).body()).isEqualTo(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @CsvSource({"vdi,vdi", "vhdx,vhdx", "vpc,vhd", "raw,aki", "raw,ari"})
    void otherFormatsAreKeptAsFilesThatNoHostIsGiven(String made, String declared) throws Exception {
        Path file = directory.resolve("image");
        QemuImg.convert(disk(3 * 1024 * 1024), file, made);

        JsonNode answer = uploaded(file, declared, declared.startsWith("a") ? declared : "bare");

        assertThat(answer.get("parts")).hasSize(1);
        assertThat(answer.get("parts").get(0).get("kind").asText()).isEqualTo("file");
        assertThat(download(Optional.empty()).body()).isEqualTo(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"streamOptimized", "monolithicSparse"})
    void theDiskInAVmdkIsWhatQemuPutIn(String subformat) throws Exception {
        Path raw = disk(40 * 1024 * 1024 + 1536);
        Path vmdk = directory.resolve("image.vmdk");
        QemuImg.convert(raw, vmdk, "vmdk", "-o", "subformat=" + subformat);

        JsonNode answer = uploaded(vmdk, "vmdk", "bare");

        assertThat(diskBytes(answer)).isEqualTo(Files.readAllBytes(raw));
        assertThat(answer.get("virtualSize").asLong()).isEqualTo(40 * 1024 * 1024 + 1536);
        assertThat(download(Optional.empty()).body()).isEqualTo(Files.readAllBytes(vmdk));
    }

    @Test
    void aDiskOfEsxIsKeptAsAFile() throws Exception {
        Path file = directory.resolve("image.vmdk");
        Files.writeString(file, "COWD and whatever follows");

        assertThat(uploaded(file, "vmdk", "bare").get("parts")).hasSize(1);
    }

    @Test
    void aVmdkThatIsOneOfSeveralFilesIsRefused() throws Exception {
        Path vmdk = directory.resolve("image.vmdk");
        QemuImg.convert(disk(3 * 1024 * 1024), vmdk, "vmdk", "-o", "subformat=twoGbMaxExtentSparse");

        refused(directory.resolve("image-s001.vmdk"), "vmdk", "bare", 400, "one of several files");
    }

    @Test
    void aVmdkThatIsOnlyADescriptionIsRefused() throws Exception {
        Path file = directory.resolve("image");
        Files.writeString(file, "# Disk DescriptorFile\nversion=1\nRW 2048 FLAT \"/etc/passwd\" 0\n");

        refused(file, "vmdk", "bare", 400, "other files");
    }

    @Test
    void anIsoSaysSoBehindItsFirst32KiB() throws Exception {
        byte[] iso = new byte[100_000];
        System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, iso, 0x8001, 5);
        Path file = directory.resolve("image.iso");
        Files.write(file, iso);

        assertThat(uploaded(file, "iso", "bare").get("parts")).hasSize(1);
    }

    @Test
    void anOvaIsKeptAsItIs() throws Exception {
        Path file = directory.resolve("image");
        Files.writeString(file, "QFI\u00fb in an archive may be anything");

        assertThat(uploaded(file, "vmdk", "ova").get("parts")).hasSize(1);
    }

    @Test
    void anEmptyImageIsAnImage() throws Exception {
        Path file = directory.resolve("empty");
        Files.write(file, new byte[0]);

        JsonNode answer = uploaded(file, "raw", "bare");

        assertThat(answer.get("size").asLong()).isZero();
        assertThat(answer.get("md5").asText()).isEqualTo("d41d8cd98f00b204e9800998ecf8427e");
        assertThat(download(Optional.empty()).body()).isEmpty();
    }

    @Test
    void anUploadWithoutLengthIsTakenToo() throws Exception {
        byte[] bytes = Files.readAllBytes(disk(5_000_192));

        HttpResponse<String> response = client.send(
                uploadRequest("raw", "bare")
                        .PUT(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes)))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(download(Optional.empty()).body()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000192\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n100000\r\n"})
    void anUploadThatBreaksOffLeavesNothingVisible(String header) throws Exception {
        byte[] bytes = Files.readAllBytes(disk(5_000_192));
        try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /store/v1/images/" + image
                            + "/file?disk_format=raw&container_format=bare HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + server.token(image, IMAGE_UPLOAD) + "\r\n" + header)
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, 0, 1_000_000);
            out.flush();
        }

        // The id is free as soon as the service has noticed.
        assertThat(server.repository.reference(ReferenceName.of(image))).isEmpty();
        assertThat(uploaded(disk(5_000_192), "raw", "bare").get("size").asLong())
                .isEqualTo(5_000_192);
    }

    @Test
    void anImageIsUploadedOnce() throws Exception {
        uploaded(disk(100_352), "raw", "bare");

        HttpResponse<String> again = upload(disk(100_352), "raw", "bare");

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("WRONG_STATE");
    }

    @Test
    void onlyWhoHoldsTheRightForThisImageIsLetIn() throws Exception {
        uploaded(disk(100_352), "raw", "bare");
        String other = server.token(ImageId.random(), IMAGE_DOWNLOAD);
        String wrongRight = server.token(image, IMAGE_UPLOAD);

        for (String token : List.of(other, wrongRight)) {
            HttpRequest request = HttpRequest.newBuilder(uri(""))
                    .header("Authorization", "Bearer " + token)
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(403);
        }
        HttpRequest unknown = HttpRequest.newBuilder(uri("")).build();
        assertThat(client.send(unknown, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }

    @Test
    void unknownFormatsAndImagesAreRefused() throws Exception {
        Path file = disk(65_536);
        refused(file, "exe", "bare", 400, "disk format");
        refused(file, "raw", "zip", 400, "container format");
        assertThat(download(Optional.empty()).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,          206, 0,       1",
        "bytes=65535-65536,  206, 65535,   65537",
        "bytes=1000000-,     206, 1000000, 3000320",
        "bytes=-1000,        206, 2999320, 3000320",
        "bytes=2999999-9999999, 206, 2999999, 3000320",
        "'bytes=0-1,5-6',    200, 0,       3000320",
        "bytes=5-4,          200, 0,       3000320",
        "rubbish,            200, 0,       3000320"
    })
    void rangesAreServed(String range, int status, int first, int end) throws Exception {
        byte[] bytes = Files.readAllBytes(disk(3_000_320));
        uploaded(directory.resolve("disk3000320.raw"), "raw", "bare");

        HttpResponse<byte[]> response = download(Optional.of(range));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(Arrays.copyOfRange(bytes, first, end));
        assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(end - first);
        if (status == 206) {
            assertThat(response.headers().firstValue("Content-Range"))
                    .contains("bytes " + first + "-" + (end - 1) + "/3000320");
        }
    }

    @Test
    void aRangeBehindTheEndIsSaidSo() throws Exception {
        uploaded(disk(100_352), "raw", "bare");

        HttpResponse<byte[]> response = download(Optional.of("bytes=100352-"));

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.headers().firstValue("Content-Range")).contains("bytes */100352");
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 65_536, 40L * 1024 * 1024 + 512, 600L * 1024 * 1024})
    void aCapturedImageIsDownloadedAsAQcow2ThatQemuAccepts(long size) throws Exception {
        Path raw = disk(size);
        Content content = uploadedContent(raw);
        sealDisk(content);

        HttpResponse<byte[]> response = download(Optional.empty());

        assertThat(response.statusCode()).isEqualTo(200);
        Path qcow2 = directory.resolve("download.qcow2");
        Files.write(qcow2, response.body());
        assertThat(QemuImg.run("qemu-img", "check", qcow2.toString())).contains("No errors were found");
        QemuImg.run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw.toString(), qcow2.toString());
        JsonNode info = JSON.readTree(QemuImg.run("qemu-img", "info", "--output=json", qcow2.toString()));
        assertThat(info.get("virtual-size").asLong()).isEqualTo(size);
        for (int[] range : new int[][] {
            {0, 100}, {65_500, 131_100}, {response.body().length / 2, response.body().length / 2 + 70_000}
        }) {
            int end = Math.min(range[1], response.body().length);
            int first = Math.min(range[0], end - 1);
            assertThat(download(Optional.of("bytes=" + first + "-" + (end - 1))).body())
                    .isEqualTo(Arrays.copyOfRange(response.body(), first, end));
        }
    }

    @Test
    void aDiskOfZerosIsDownloadedAsASmallQcow2() throws Exception {
        sealDisk(new Content(IndexId.ZERO, ByteCount.ofGib(2000)));

        Path qcow2 = directory.resolve("download.qcow2");
        Files.write(qcow2, download(Optional.empty()).body());

        assertThat(Files.size(qcow2)).isLessThan(500_000);
        assertThat(QemuImg.run("qemu-img", "check", qcow2.toString())).contains("No errors were found");
        assertThat(QemuImg.run("qemu-img", "info", qcow2.toString())).contains("1.95 TiB");
    }

    // ---- helpers

    /// A disk with zeros, noise, text and repetition in it.
    private Path disk(long size) throws IOException {
        Path file = directory.resolve("disk" + size + ".raw");
        Random random = new Random(size);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(size);
            for (int piece = 0; piece < 60; piece++) {
                byte[] bytes = new byte[(int) Math.min(size, 1000 + random.nextInt(300_000))];
                if (piece % 2 == 0) {
                    random.nextBytes(bytes);
                } else {
                    Arrays.fill(bytes, (byte) piece);
                }
                out.seek(size == bytes.length ? 0 : random.nextLong(size - bytes.length));
                out.write(bytes);
            }
        }
        return file;
    }

    private JsonNode uploaded(Path file, String diskFormat, String containerFormat) throws Exception {
        HttpResponse<String> response = upload(file, diskFormat, containerFormat);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(server.repository.reference(ReferenceName.of(image))).isPresent();
        return JSON.readTree(response.body());
    }

    private void refused(Path file, String diskFormat, String containerFormat, int status, String words)
            throws Exception {
        HttpResponse<String> response = upload(file, diskFormat, containerFormat);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(words);
        assertThat(server.repository.reference(ReferenceName.of(image))).isEmpty();
    }

    private HttpResponse<String> upload(Path file, String diskFormat, String containerFormat) throws Exception {
        return client.send(
                uploadRequest(diskFormat, containerFormat)
                        .PUT(BodyPublishers.ofFile(file))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder uploadRequest(String diskFormat, String containerFormat) {
        return HttpRequest.newBuilder(
                        uri("?disk_format=" + diskFormat + "&container_format=" + containerFormat + "&name=a%20name"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + server.token(image, IMAGE_UPLOAD));
    }

    private HttpResponse<byte[]> download(Optional<String> range) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(""))
                .header("Authorization", "Bearer " + server.token(image, IMAGE_DOWNLOAD));
        range.ifPresent(text -> request.header("Range", text));
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private URI uri(String query) {
        return URI.create(server.uri() + "/store/v1/images/" + image + "/file" + query);
    }

    private Manifest manifest() {
        return server.repository.manifest(server.repository
                .reference(ReferenceName.of(image))
                .orElseThrow()
                .manifest());
    }

    private byte[] diskBytes(JsonNode answer) {
        JsonNode content = answer.get("parts").get(1).get("content");
        Content disk = new Content(
                IndexId.parse(content.get("index").asText()),
                ByteCount.ofBytes(content.get("size").asLong()));
        byte[] bytes = new byte[(int) disk.size().bytes()];
        new ContentReader(server.repository.exchange()).read(disk, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private Content uploadedContent(Path raw) throws Exception {
        ImageId other = ImageId.random();
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        server.uri() + "/store/v1/images/" + other + "/file?disk_format=raw&container_format=bare"))
                .header("Authorization", "Bearer " + server.token(other, IMAGE_UPLOAD))
                .PUT(BodyPublishers.ofFile(raw))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
        Manifest manifest = server.repository.manifest(server.repository
                .reference(ReferenceName.of(other))
                .orElseThrow()
                .manifest());
        return manifest.parts().getFirst().content();
    }

    private void sealDisk(Content content) {
        server.repository.seal(
                ReferenceName.of(image),
                new Manifest(
                        1,
                        ReferenceName.Kind.IMAGE,
                        Optional.empty(),
                        Instant.parse("2026-11-22T10:00:00Z"),
                        Optional.empty(),
                        List.of(new Part.Disk(new cloud.stasis.model.DeviceName("vda"), content)),
                        Optional.empty(),
                        Map.of()));
        assertThat(ManifestCodec.encode(manifest())).isNotEmpty();
    }

    private long storedBytes() {
        try (java.util.stream.Stream<Path> files = Files.walk(storeDirectory.resolve("packs"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void patch(Path file, long offset, int bytes, long value) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(offset);
            if (bytes == 4) {
                out.writeInt((int) value);
            } else {
                out.writeLong(value);
            }
        }
    }

    private static long peek(Path file, long offset) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(offset & 0x00fffffffffffe00L | offset & 0x1ff);
            return in.readLong();
        }
    }

    private static String hash(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }
}
