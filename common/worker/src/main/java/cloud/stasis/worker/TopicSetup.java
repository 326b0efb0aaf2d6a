package cloud.stasis.worker;

import cloud.stasis.bus.AdminSettings;
import cloud.stasis.messages.Topics;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/// Makes the topics that this worker needs before its channels open, where they do not exist yet. On a cluster
/// whose operator makes topics this finds nothing to do.
@ApplicationScoped
class TopicSetup {
    /// Facts of different resources are applied side by side, at most so many at once in one deployment.
    private static final int FACT_PARTITIONS = 8;

    private static final int ONE_PARTITION = 1;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(TopicSetup.class);

    private final Map<String, Object> settings;
    private final String commandTopic;

    TopicSetup(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            @ConfigProperty(name = "mp.messaging.incoming.commands.topic") String commandTopic) {
        this.settings = AdminSettings.of(kafka);
        this.commandTopic = commandTopic;
    }

    /// Before `Interceptor.Priority.LIBRARY_BEFORE`, at which messaging opens its channels.
    void beforeChannels(@Observes @Priority(500) StartupEvent start) throws InterruptedException {
        List<NewTopic> wanted = List.of(
                topic(Topics.FACT, FACT_PARTITIONS),
                topic(Topics.HEARTBEAT, ONE_PARTITION),
                topic(Topics.DEAD_LETTER, ONE_PARTITION),
                topic(commandTopic, ONE_PARTITION));
        try (Admin admin = Admin.create(settings)) {
            Set<String> existing = admin.listTopics().names().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            List<NewTopic> missing = wanted.stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .toList();
            for (NewTopic topic : missing) {
                create(admin, topic);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf(
                    e, "Topics could not be checked; going on bootstrapServers=%s", settings.get("bootstrap.servers"));
        }
    }

    private static void create(Admin admin, NewTopic topic) throws InterruptedException, TimeoutException {
        try {
            admin.createTopics(List.of(topic)).all().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Another worker made it in between; anything worse shows when the channel opens.
            LOG.debugf(e, "A topic was not created topic=%s", topic.name());
        }
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty());
    }
}
