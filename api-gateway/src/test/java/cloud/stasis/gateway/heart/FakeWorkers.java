package cloud.stasis.gateway.heart;

import cloud.stasis.bus.RecordCodec;
import cloud.stasis.messages.Command;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PortId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StoreId;
import cloud.stasis.model.VolumeId;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import io.smallrye.reactive.messaging.memory.InMemorySink;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/// A host, a backend and a store in one: answers each command once in effect, as the real ones do, and does what
/// a test tells it to do wrong.
@ApplicationScoped
public class FakeWorkers {
    public static final HostId HOST = new HostId("host-1");
    public static final BackendId BACKEND = new BackendId("host-1");
    /// Smaller, so that servers come to the first one. Known only once it beats.
    public static final HostId OTHER_HOST = new HostId("host-2");

    public static final StoreId STORE = new StoreId("local");
    public static final ByteCount DISK = ByteCount.ofMib(64);

    /// What each capture reads of the disk, and sends of it.
    public static final ByteCount WRITTEN = ByteCount.ofMib(3);

    public static final ByteCount SENT = ByteCount.ofMib(2);

    /// Disks beside the volumes: one that can become a volume, and one that cannot.
    public static final List<LooseFile> LOOSE = List.of(
            new LooseFile(new SourceName("a.qcow2"), ByteCount.ofGib(3), Optional.empty()),
            new LooseFile(new SourceName("b.qcow2"), ByteCount.ZERO, Optional.of("it names a backing file")));

    /// What an archive holds.
    public static final List<Part> MACHINE = List.of(
            disk(DeviceName.virtio(0)),
            new Part.Memory(Part.MemoryFormat.RAM_IMAGE, content(DISK)),
            new Part.DeviceArchive(content(ByteCount.ofBytes(700))),
            new Part.DomainXml(content(ByteCount.ofBytes(900))));

    /// That servers go on from when they are taken over.
    public static final long EPOCH = 7;

    /// Of somebody at another site, by whom nothing here is known.
    public static final InstanceId ELSEWHERE = InstanceId.random();

    public static final NetworkId FAR_NETWORK = NetworkId.random();

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Duration BEAT = Duration.ofSeconds(5);

    private final RecordCodec codec = new RecordCodec();
    private final InMemoryConnector connector;
    private final Map<CommandId, Fact.Answer> recorded = new ConcurrentHashMap<>();
    private final List<Envelope<Command>> carriedOut = new CopyOnWriteArrayList<>();
    private final List<String> addressed = new CopyOnWriteArrayList<>();
    private volatile Manners manners = Manners.GOOD;
    private volatile boolean hostIsSilent;
    private volatile URI data = URI.create("http://127.0.0.1:9");
    private Thread thread = Thread.ofPlatform().unstarted(() -> {});
    private volatile boolean running;

    FakeWorkers(@Connector("smallrye-in-memory") InMemoryConnector connector) {
        this.connector = connector;
    }

    /// How a worker behaves towards one command.
    public interface Manners {
        Manners GOOD = (id, command) -> Optional.empty();

        /// @return what it does instead of carrying the command out
        Optional<Behaviour> towards(CommandId id, Command command);
    }

    public sealed interface Behaviour {
        /// Fails for good; a command that is sent again gets the same answer.
        record Fails(ErrorReport error) implements Behaviour {}

        /// Fails this once, and would carry the command out if it were sent again.
        record FailsOnce(ErrorReport error) implements Behaviour {}

        /// Carries it out and tells so twice.
        record Repeats() implements Behaviour {}

        /// Carries it out and does not tell; it tells when it is asked again.
        record Forgets() implements Behaviour {}

        /// Does nothing until the manners change and the command is sent again.
        record Sleeps() implements Behaviour {}
    }

    /// Starts it, once.
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        thread = Thread.ofPlatform().daemon().name("fake-workers").start(this::work);
        beat();
    }

    public void behave(Manners next) {
        manners = next;
    }

    /// Where the host says that its bytes are read.
    public void servesBytesAt(URI at) {
        data = at;
        beat();
    }

    public void beat() {
        if (!hostIsSilent) {
            beat(HOST, ByteCount.ofGib(512), List.of());
        }
        beat(BACKEND, "stasis", LOOSE);
    }

    /// The first host is heard of no more, or again.
    public void hostIsSilent(boolean silent) {
        hostIsSilent = silent;
        beat();
    }

    /// A host tells once that it lives.
    public void beat(HostId host, ProtectionStatus... protections) {
        beat(host, host.equals(HOST) ? ByteCount.ofGib(512) : ByteCount.ofGib(64), List.of(protections));
    }

    private void beat(HostId host, ByteCount memory, List<ProtectionStatus> protections) {
        send(
                "heartbeats",
                host.value(),
                new Heartbeat.Host(
                        host,
                        Instant.now(),
                        data,
                        "QEMU 7.2.22",
                        "qemu",
                        64,
                        memory,
                        ByteCount.ofGib(1000),
                        ByteCount.ofGib(900),
                        Optional.of(CaptureStrategy.BITMAP),
                        Optional.empty(),
                        Optional.of(protections)));
    }

    /// Another backend tells once that it lives, and how types of volumes choose it.
    public void beat(BackendId backend, String name) {
        beat(backend, name, List.of());
    }

    private void beat(BackendId backend, String name, List<LooseFile> loose) {
        send(
                "heartbeats",
                backend.value(),
                new Heartbeat.Backend(
                        backend,
                        Instant.now(),
                        ByteCount.ofGib(1000),
                        ByteCount.ofGib(900),
                        Optional.of(name),
                        Optional.of(loose)));
    }

    /// What was carried out so far, of anything.
    public List<Command> carriedOut() {
        return carriedOut.stream().map(Envelope::payload).toList();
    }

    /// What was carried out so far about a resource, in order, without repetitions.
    public List<Command> carriedOut(String key) {
        return carriedOut.stream()
                .map(Envelope::payload)
                .filter(command -> command.key().equals(key))
                .toList();
    }

    /// As [#carriedOut], by host and name of the command.
    public List<String> addressed(String key) {
        return addressed.stream()
                .filter(line -> line.startsWith(key + " "))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    /// Which requests led to what was carried out about a resource, as the records said.
    public List<String> requestsFor(String key) {
        return carriedOut.stream()
                .filter(command -> command.payload().key().equals(key))
                .map(Envelope::requestId)
                .toList();
    }

    /// What no request led to.
    public void tell(Fact fact) {
        tell(fact, "");
    }

    private void tell(Fact fact, String requestId) {
        send("facts", fact.key(), fact, requestId);
    }

    @PreDestroy
    void stop() {
        running = false;
        thread.interrupt();
    }

    private void work() {
        InMemorySink<byte[]> commands = connector.sink("commands");
        int seen = 0;
        Instant beaten = Instant.now();
        while (running) {
            if (beaten.plus(BEAT).isBefore(Instant.now())) {
                beat();
                beaten = Instant.now();
            }
            List<? extends Message<byte[]>> received = commands.received();
            while (seen < received.size()) {
                take(received.get(seen++));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    @SuppressWarnings("unchecked")
    private void take(Message<byte[]> message) {
        OutgoingKafkaRecordMetadata<String> metadata =
                message.getMetadata(OutgoingKafkaRecordMetadata.class).orElseThrow();
        Envelope<?> envelope = codec.decode(metadata.getHeaders(), message.getPayload());
        Command command = (Command) envelope.payload();
        if (command instanceof ComputeCommand.CancelCommand) {
            return;
        }
        CommandId id = new CommandId(envelope.id());
        Fact.Answer known = recorded.get(id);
        if (known != null) {
            tell(known, envelope.requestId());
            return;
        }
        switch (manners.towards(id, command).orElse(null)) {
            case null -> carryOut(envelope, command, id, metadata.getTopic(), 1);
            case Behaviour.Fails fails -> {
                Fact.Answer failed = new Fact.CommandFailed(command.key(), id, fails.error());
                recorded.put(id, failed);
                tell(failed, envelope.requestId());
            }
            case Behaviour.FailsOnce fails ->
                tell(new Fact.CommandFailed(command.key(), id, fails.error()), envelope.requestId());
            case Behaviour.Repeats ignored -> carryOut(envelope, command, id, metadata.getTopic(), 2);
            case Behaviour.Forgets ignored -> carryOut(envelope, command, id, metadata.getTopic(), 0);
            case Behaviour.Sleeps ignored -> {}
        }
    }

    private void carryOut(Envelope<?> envelope, Command command, CommandId id, String topic, int tellings) {
        addressed.add(command.key() + " " + topic.substring(topic.lastIndexOf('.') + 1) + " "
                + command.getClass().getSimpleName());
        carriedOut.add(new Envelope<>(envelope.id(), envelope.requestId(), envelope.sentAt(), command));
        Fact.Answer done = new Fact.CommandDone(command.key(), id, result(command));
        recorded.put(id, done);
        if (tellings > 0) {
            tell(new Fact.CommandAccepted(command.key(), id), envelope.requestId());
            tell(
                    new Fact.CommandProgressed(command.key(), id, Phase.CAPTURING, ByteCount.ZERO, DISK),
                    envelope.requestId());
        }
        for (int telling = 0; telling < tellings; telling++) {
            tell(done, envelope.requestId());
        }
    }

    private static CommandResult result(Command command) {
        return switch (command) {
            case ComputeCommand.BootInstance _, ComputeCommand.RescueInstance _ ->
                new CommandResult.Observed(PowerState.RUNNING);
            case ComputeCommand.CloneInstance clone ->
                new CommandResult.Observed(
                        switch (clone.resume()) {
                            case RUNNING -> PowerState.RUNNING;
                            case PAUSED -> PowerState.PAUSED;
                        });
            case ComputeCommand.ResizeInstance _, ComputeCommand.RevertResize _ ->
                new CommandResult.Observed(PowerState.STOPPED);
            case ComputeCommand.PrepareStandby _ ->
                new CommandResult.StandbyReady(URI.create("http://127.0.0.1:9/standby"), "known to two");
            case ComputeCommand.HandOver _ -> new CommandResult.HandedOver(EPOCH);
            case ComputeCommand.TakeOver takeOver ->
                new CommandResult.TookOver(
                        EPOCH,
                        Instant.EPOCH,
                        switch (takeOver.resume()) {
                            case RUNNING -> PowerState.RUNNING;
                            case PAUSED -> PowerState.PAUSED;
                        });
            case ComputeCommand.ChangePower power -> new CommandResult.Observed(after(power.action()));
            case ComputeCommand.RevertInstance revert ->
                new CommandResult.Observed(
                        switch (revert.resume()) {
                            case RUNNING -> PowerState.RUNNING;
                            case PAUSED -> PowerState.PAUSED;
                            case STOPPED -> PowerState.STOPPED;
                        });
            case ComputeCommand.UploadSnapshot _ ->
                captured(List.of(
                        disk(DeviceName.virtio(0)), new Part.Memory(Part.MemoryFormat.RAM_IMAGE, content(DISK))));
            case ComputeCommand.CaptureDisks capture -> {
                List<Part> parts = new ArrayList<>();
                capture.disks().forEach(disk -> parts.add(disk(disk)));
                capture.devices().ifPresent(_ -> parts.add(new Part.DeviceArchive(content(ByteCount.ofBytes(700)))));
                yield captured(parts);
            }
            case ComputeCommand.CaptureInstance capture -> {
                List<Part> parts = new ArrayList<>(List.of(disk(DeviceName.virtio(0))));
                if (capture.memory() == ComputeCommand.MemoryChoice.WITH_MEMORY) {
                    parts.add(new Part.Memory(Part.MemoryFormat.RAM_IMAGE, content(DISK)));
                }
                yield captured(parts);
            }
            case ComputeCommand.CutTogether cut when cut.hold() == ComputeCommand.Hold.NONE -> together(cut.cuts());
            case ComputeCommand.ReleaseTogether release
            when release.settlement() == ComputeCommand.Settlement.SEALED -> together(release.cuts());
            case ComputeCommand.Examine examine ->
                new CommandResult.Examined(
                        examine.expected().stream()
                                .map(expected -> new CommandResult.Finding(
                                        "instance " + expected.instance(),
                                        "libvirt does not know it",
                                        "define it",
                                        CommandResult.Cure.SAFE,
                                        CommandResult.Outcome.FOUND))
                                .toList(),
                        0);
            case ComputeCommand.CutVolumes ignored -> captured(List.of());
            case VolumeCommand.CaptureVolume ignored -> captured(List.of(disk(DeviceName.virtio(0))));
            case ImageCommand.SealBundle ignored ->
                new CommandResult.Sealed(new ManifestId(new Digest(1, 2, 3, 4)), ByteCount.ofMib(1));
            case ImageCommand.ImportImage order -> {
                List<Part> parts = new ArrayList<>(List.of(new Part.File(content(ByteCount.ofMib(3)))));
                parts.addAll(order.containerFormat().equals("ova") ? MACHINE : List.of(disk(DeviceName.virtio(0))));
                yield new CommandResult.Imported(ByteCount.ofMib(3), DISK, "1".repeat(32), "1".repeat(128), parts);
            }
            case ImageCommand.OpenArchive ignored -> new CommandResult.Opened(archive(), machine());
            case ImageCommand.DigestImage ignored ->
                new CommandResult.Digested(ByteCount.ofMib(1), "0".repeat(32), "0".repeat(128));
            case ImageCommand.CopyBundles ignored -> new CommandResult.Copied(1, 0, 7, ByteCount.ofMib(1), List.of());
            case ComputeCommand ignored -> new CommandResult.Completed();
            case VolumeCommand.AdoptVolume ignored -> new CommandResult.Adopted(ByteCount.ofGib(3));
            case VolumeCommand ignored -> new CommandResult.Completed();
            case ImageCommand ignored -> new CommandResult.Completed();
        };
    }

    /// Of a machine of another project, with a parent and all.
    private static Manifest archive() {
        return new Manifest(
                Manifest.CURRENT_VERSION,
                ReferenceName.Kind.IMAGE,
                Optional.of(ELSEWHERE),
                Instant.parse("2026-11-22T10:00:00Z"),
                Optional.of(new ManifestId(new Digest(9, 9, 9, 9))),
                MACHINE,
                Optional.of(receipt()),
                Map.of("project", "somebody", "needs", "image/" + ELSEWHERE, "flavor", "elsewhere", "name", "x"));
    }

    private static ComputeCommand.InstanceSpec machine() {
        return new ComputeCommand.InstanceSpec(
                        "far",
                        2,
                        ByteCount.ofMib(256),
                        new ComputeCommand.Boot.FromDisk(),
                        List.of(new ComputeCommand.DiskSpec(
                                DeviceName.virtio(0), DISK, new ComputeCommand.DiskSource.Volume(VolumeId.random()))))
                .withNics(List.of(new ComputeCommand.NicSpec(
                        PortId.random(),
                        FAR_NETWORK,
                        MacAddress.random(),
                        Optional.of("192.0.2.9"),
                        ComputeCommand.Link.UP)));
    }

    private static PowerState after(ComputeCommand.PowerAction action) {
        return switch (action) {
            case START, REBOOT_SOFT, REBOOT_HARD, UNPAUSE, RESUME -> PowerState.RUNNING;
            case STOP -> PowerState.STOPPED;
            case PAUSE -> PowerState.PAUSED;
            case SUSPEND -> PowerState.SUSPENDED;
        };
    }

    private static CommandResult together(List<ComputeCommand.Cut> cuts) {
        return new CommandResult.CutTogether(
                cuts.stream()
                        .map(cut -> new CommandResult.MemberInstant(cut.instance(), Instant.now(), receipt()))
                        .toList(),
                Duration.ofNanos(1_234_567));
    }

    private static CommandResult captured(List<Part> parts) {
        return new CommandResult.Captured(Instant.now(), parts, receipt());
    }

    private static Receipt receipt() {
        return new Receipt(
                "fake",
                Quiesce.PREFER,
                Consistency.CRASH,
                Duration.ZERO,
                Duration.ofMillis(3),
                "no agent",
                "QEMU 7.2.22",
                List.of(new Receipt.Transfer(
                        "vda", Receipt.Mode.INCREMENTAL, "", WRITTEN, SENT, ByteCount.ZERO, Duration.ofMillis(20))));
    }

    public static Part.Disk disk(DeviceName device) {
        return new Part.Disk(device, content(DISK));
    }

    public static Content content(ByteCount size) {
        return new Content(new IndexId(new Digest(5, 6, 7, 8)), size);
    }

    private void send(String channel, String key, cloud.stasis.messages.Message payload) {
        send(channel, key, payload, "");
    }

    private void send(String channel, String key, cloud.stasis.messages.Message payload, String requestId) {
        Envelope<cloud.stasis.messages.Message> envelope =
                new Envelope<>(UUID.randomUUID(), requestId, Instant.now(), payload);
        ConsumerRecord<String, byte[]> kafkaRecord = new ConsumerRecord<>(
                channel,
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                codec.value(envelope),
                new RecordHeaders(codec.headers(envelope)),
                Optional.empty());
        IncomingKafkaRecordMetadata<String, byte[]> metadata = new IncomingKafkaRecordMetadata<>(kafkaRecord, channel);
        // Each with a context of its own, as the records that come from Kafka.
        connector
                .<Message<byte[]>>source(channel)
                .runOnVertxContext(true)
                .send(Message.of(kafkaRecord.value()).addMetadata(metadata));
    }
}
