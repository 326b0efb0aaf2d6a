package cloud.stasis.chunks.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestCodecTest {
    private static final String SMALLEST =
            "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}";

    @Test
    void goldenSample() {
        byte[] bytes = ManifestCodec.encode(full());

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\"instance\":\"5f0f1b1e-7b0a-4b7e-9a53-5a3a0f2b3c4d\",\"kind\":\"snapshot\","
                        + "\"metadata\":{\"name\":\"größe \\\"1\\\"\\n\",\"z\":\"\"},\"parent\":\""
                        + "00000000000000aa".repeat(4)
                        + "\",\"parts\":[{\"index\":\"" + "00000000000000bb".repeat(4)
                        + "\",\"kind\":\"disk\",\"size\":1048576,\"target\":\"vda\"},{\"format\":\"libvirt-save\",\"index\":\""
                        + "00000000000000cc".repeat(4)
                        + "\",\"kind\":\"memory\",\"size\":4096}],\"receipt\":{\"asked\":\"prefer\",\"frozenMicros\":1500,"
                        + "\"guestAgent\":\"ok\",\"hypervisor\":\"QEMU\",\"pausedMicros\":0,\"reached\":\"file-system\","
                        + "\"strategy\":\"backup\",\"transfers\":[{\"mode\":\"full\",\"part\":\"vda\",\"read\":3,\"reason\":\"first\","
                        + "\"sent\":2,\"shared\":1,\"tookMicros\":2000000}]},\"takenAt\":\"2026-11-22T10:00:00.123456Z\","
                        + "\"version\":1}");
        assertThat(ManifestCodec.decode(bytes)).isEqualTo(full());
    }

    @Test
    void theSmallestManifestIsAManifest() {
        byte[] bytes = SMALLEST.getBytes(StandardCharsets.UTF_8);

        assertThat(ManifestCodec.encode(ManifestCodec.decode(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "null",
                "{}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":2}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1} ",
                "{\"kind\":\"image\",\"metadata\":{}, \"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1.0}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":99999999999}",
                "{\"extra\":1,\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"kind\":\"image\",\"metadata\":{},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{\"a\":1},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[{\"index\":\"ab\",\"kind\":\"file\",\"size\":1}],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[{\"index\":\"0000000000000000000000000000000000000000000000000000000000000001\",\"kind\":\"file\",\"size\":-1}],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{},\"parts\":[{\"index\":\"0000000000000000000000000000000000000000000000000000000000000001\",\"kind\":\"new\",\"size\":1}],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}",
                "{\"kind\":\"image\",\"metadata\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":1}}}}}}}},\"parts\":[],\"takenAt\":\"2026-11-22T10:00:00.000000Z\",\"version\":1}"
            })
    void whatIsNotTheOneFormOfAManifestIsRefused(String json) {
        assertThatThrownBy(() -> ManifestCodec.decode(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                        .isIn(ErrorCode.MALFORMED_OBJECT, ErrorCode.UNSUPPORTED_FORMAT));
    }

    @Test
    void aManifestOfAnySizeCostsLittleToRefuse() {
        byte[] huge = new byte[(int) ManifestCodec.MAX_SIZE.bytes() + 1];

        assertThatThrownBy(() -> ManifestCodec.decode(huge)).isInstanceOf(StasisException.class);
    }

    @Test
    void receiptTellsOfFileSystemsOfAnInstantOfSeveralMachinesAndOfTheCpu() {
        Manifest plain = full();
        Receipt was = plain.receipt().orElseThrow();
        Receipt receipt = new Receipt(
                was.strategy(),
                was.asked(),
                was.reached(),
                was.frozen(),
                was.paused(),
                was.guestAgent(),
                was.hypervisor(),
                was.transfers(),
                Optional.of(new Receipt.Freeze(
                        List.of(new Receipt.FrozenFileSystem("/data", "ext4", Duration.ofMillis(120))))),
                Optional.of(new Receipt.Together(new UUID(1, 2), 3, 2, Duration.ofNanos(1_234_000))),
                Optional.of(new Cpu(
                        "EPYC",
                        List.of(
                                new Cpu.Feature("umip", Cpu.Presence.THERE),
                                new Cpu.Feature("vme", Cpu.Presence.NOT_THERE)))));
        Manifest manifest = new Manifest(
                plain.version(),
                plain.kind(),
                plain.instance(),
                plain.takenAt(),
                plain.parent(),
                plain.parts(),
                Optional.of(receipt),
                plain.metadata());

        assertThat(ManifestCodec.decode(ManifestCodec.encode(manifest))).isEqualTo(manifest);
    }

    @Test
    void halfASurrogatePairIsRefused() {
        Manifest manifest = new Manifest(
                1,
                ReferenceName.Kind.IMAGE,
                Optional.empty(),
                Instant.EPOCH,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Map.of("name", "\ud800"));

        assertThatThrownBy(() -> ManifestCodec.encode(manifest)).isInstanceOf(StasisException.class);
    }

    private static Manifest full() {
        return new Manifest(
                1,
                ReferenceName.Kind.SNAPSHOT,
                Optional.of(InstanceId.parse("5f0f1b1e-7b0a-4b7e-9a53-5a3a0f2b3c4d")),
                Instant.parse("2026-11-22T10:00:00.123456Z"),
                Optional.of(new ManifestId(digest(0xaa))),
                List.of(
                        new Part.Disk(new DeviceName("vda"), content(0xbb, ByteCount.ofMib(1))),
                        new Part.Memory(Part.MemoryFormat.LIBVIRT_SAVE, content(0xcc, ByteCount.ofKib(4)))),
                Optional.of(new Receipt(
                        "backup",
                        Quiesce.PREFER,
                        Consistency.FILE_SYSTEM,
                        Duration.ofNanos(1_500_000),
                        Duration.ZERO,
                        "ok",
                        "QEMU",
                        List.of(new Receipt.Transfer(
                                "vda",
                                Receipt.Mode.FULL,
                                "first",
                                ByteCount.ofBytes(3),
                                ByteCount.ofBytes(2),
                                ByteCount.ofBytes(1),
                                Duration.ofSeconds(2))))),
                Map.of("name", "größe \"1\"\n", "z", ""));
    }

    private static Content content(int seed, ByteCount size) {
        return new Content(new IndexId(digest(seed)), size);
    }

    private static Digest digest(int seed) {
        return new Digest(seed, seed, seed, seed);
    }
}
