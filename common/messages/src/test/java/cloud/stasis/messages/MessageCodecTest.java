package cloud.stasis.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static final Content CONTENT = new Content(new IndexId(new Digest(1, 2, 3, 4)), ByteCount.ofGib(4));

    private final MessageCodec codec = new MessageCodec();

    @Test
    void bootInstanceSurvivesTheRoundTrip() {
        var spec = new ComputeCommand.InstanceSpec(
                "web",
                2,
                ByteCount.ofMib(512),
                new ComputeCommand.Boot.FromKernel(CONTENT, Optional.empty(), "root=/dev/vda"),
                List.of(
                        new ComputeCommand.DiskSpec(
                                DeviceName.virtio(0),
                                ByteCount.ofGib(4),
                                new ComputeCommand.DiskSource.OverImage(CONTENT)),
                        new ComputeCommand.DiskSpec(
                                DeviceName.virtio(1), ByteCount.ofGib(1), new ComputeCommand.DiskSource.Blank())));
        assertSurvives(new ComputeCommand.BootInstance(
                InstanceId.random(), spec, new StoreGrant(URI.create("http://127.0.0.1:1"), "secret")));
    }

    @Test
    void heartbeatWithProtectionsSurvivesTheRoundTrip() {
        assertSurvives(new Heartbeat.Host(
                new HostId("host-1"),
                Instant.now(),
                URI.create("http://127.0.0.1:1"),
                "QEMU 7.2.22",
                "kvm",
                8,
                ByteCount.ofGib(32),
                ByteCount.ofGib(500),
                ByteCount.ofGib(400),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of(new ProtectionStatus(
                        ProtectionId.random(),
                        InstanceId.random(),
                        ProtectionStatus.Role.SOURCE,
                        ProtectionStatus.Health.DEGRADED,
                        17,
                        Instant.now(),
                        Duration.ofMillis(250),
                        Duration.ofMillis(9),
                        ByteCount.ofMib(300),
                        Optional.of("the standby does not answer"))))));
    }

    @Test
    void capturedAndItsManifestSurviveTheRoundTrip() {
        var receipt = new Receipt(
                "backup-incremental",
                Quiesce.PREFER,
                Consistency.FILE_SYSTEM,
                Duration.ofMillis(120),
                Duration.ZERO,
                "froze 2 file systems",
                "QEMU 7.2.22",
                List.of(new Receipt.Transfer(
                        "vda",
                        Receipt.Mode.INCREMENTAL,
                        "",
                        ByteCount.ofMib(50),
                        ByteCount.ofMib(20),
                        ByteCount.ZERO,
                        Duration.ofMillis(300))));
        List<Part> parts = List.of(
                new Part.Disk(DeviceName.virtio(0), CONTENT), new Part.Memory(Part.MemoryFormat.LIBVIRT_SAVE, CONTENT));
        assertSurvives(new Fact.CommandDone(
                "key",
                CommandId.of(SagaId.random(), "capture"),
                new CommandResult.Captured(Instant.now(), parts, receipt)));
        assertSurvives(new ImageCommand.SealBundle(
                ReferenceName.of(SnapshotId.random()),
                new Manifest(
                        1,
                        ReferenceName.Kind.SNAPSHOT,
                        Optional.of(InstanceId.random()),
                        Instant.now(),
                        Optional.empty(),
                        parts,
                        Optional.of(receipt),
                        Map.of("name", "nightly"))));
    }

    @Test
    void everyMessageHasExactlyOneWireName() {
        for (MessageType type : MessageType.values()) {
            assertThat(MessageType.ofWireName(type.wireName())).isEqualTo(type);
        }
        assertThatThrownBy(() -> MessageType.ofWireName("compute.boot-instance/99"))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT));
    }

    @Test
    void refusesWhatIsNotTheDeclaredMessage() {
        for (String json :
                List.of("", "[]", "{}", "{\"volume\":null,\"size\":1}", "{\"volume\":\"../../etc\",\"size\":1}")) {
            assertThatThrownBy(() -> codec.decode(MessageType.CREATE_VOLUME, json.getBytes(StandardCharsets.UTF_8)))
                    .as(json)
                    .isInstanceOf(StasisException.class);
        }
    }

    @Test
    void grantNeverPrintsItsToken() {
        assertThat(new StoreGrant(URI.create("http://store"), "very-secret").toString())
                .doesNotContain("very-secret");
    }

    private void assertSurvives(Message message) {
        Message back = codec.decode(MessageType.of(message), codec.encode(message));
        assertThat(back).isEqualTo(message);
    }
}
