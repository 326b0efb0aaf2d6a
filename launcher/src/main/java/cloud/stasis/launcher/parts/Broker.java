package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.PortName;
import cloud.stasis.launcher.settings.Settings;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// A Kafka broker and its controller in this JVM, one node, without ZooKeeper or shell scripts.
///
/// It gets a JVM of its own: it brings Scala, log4j and its own Jackson, which must not meet those of the
/// services.
public final class Broker {
    private static final int NODE = 1;
    private static final String CONTROLLER_LISTENER = "CONTROLLER";

    private final Settings settings;
    private final Path data;

    public Broker(Settings settings) {
        this.settings = settings;
        this.data = settings.home().kafka().resolve("data");
    }

    /// Returns when the broker has been told to stop (SIGTERM).
    public void run() {
        formatOnce();
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties()), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "stop-broker"));
        server.startup();
        server.awaitShutdown();
    }

    /// Formats beside the final place and moves it there, so that a kill in between leaves nothing half
    /// formatted.
    private void formatOnce() {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        Path draft = data.resolveSibling("data.new");
        try {
            Trees.delete(draft);
            Files.createDirectories(draft);
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE)
                    .setControllerListenerName(CONTROLLER_LISTENER)
                    .setMetadataLogDirectory(draft.toString())
                    .addDirectory(draft.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setPrintStream(new PrintStream(System.out, true))
                    .run();
            Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
        } catch (Exception e) {
            throw new LaunchException("Cannot prepare the broker's directory " + data + ": " + e, e);
        }
    }

    private Properties properties() {
        String broker = settings.port(PortName.KAFKA).address();
        String controller = settings.port(PortName.KAFKA_CONTROLLER).address();
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", Integer.toString(NODE));
        properties.setProperty("controller.quorum.voters", NODE + "@" + controller);
        properties.setProperty("listeners", "PLAINTEXT://" + broker + "," + CONTROLLER_LISTENER + "://" + controller);
        properties.setProperty("advertised.listeners", "PLAINTEXT://" + broker);
        properties.setProperty("controller.listener.names", CONTROLLER_LISTENER);
        properties.setProperty("log.dirs", data.toString());
        // Services name the topics and partitions they need; a misspelt one must fail and not come to life.
        properties.setProperty("auto.create.topics.enable", "false");
        // A restart waits until the last run's session has expired: 12 s with Kafka's defaults, 4 s with these.
        properties.setProperty("broker.session.timeout.ms", "2000");
        properties.setProperty("broker.heartbeat.interval.ms", "300");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        for (String internal :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.setProperty(internal + ".replication.factor", "1");
            properties.setProperty(internal + ".num.partitions", "1");
        }
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("share.coordinator.state.topic.min.isr", "1");
        // 16 MiB instead of 128: this broker compacts a handful of small topics.
        properties.setProperty("log.cleaner.dedupe.buffer.size", "16777216");
        properties.setProperty("num.network.threads", "2");
        properties.setProperty("num.io.threads", "4");
        properties.setProperty("background.threads", "2");
        return properties;
    }
}
