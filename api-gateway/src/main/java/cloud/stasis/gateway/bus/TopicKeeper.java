package cloud.stasis.gateway.bus;

import cloud.stasis.bus.AdminSettings;
import cloud.stasis.messages.Topics;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Makes topics that are not there yet, unless the operator makes them. Without it, one command to a worker that
/// never started would hold up all others while the producer waits for its topic.
@ApplicationScoped
class TopicKeeper {
    /// Facts of different resources are applied side by side, at most so many at once in one deployment.
    private static final int FACT_PARTITIONS = 8;

    private static final int ONE_PARTITION = 1;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Logger LOG = Logger.getLogger(TopicKeeper.class);

    private final WorkersConfiguration configuration;
    private final Map<String, Object> settings;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private @Nullable Admin admin;

    TopicKeeper(WorkersConfiguration configuration, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.configuration = configuration;
        this.settings = new HashMap<>(AdminSettings.of(kafka));
        this.settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) DEADLINE.toMillis());
        this.settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) DEADLINE.toMillis());
    }

    /// Before messaging opens its channels, which are of no use without their topics.
    void beforeChannels(@Observes @Priority(500) StartupEvent start) {
        ensure(Topics.FACT, FACT_PARTITIONS);
        ensure(Topics.HEARTBEAT, ONE_PARTITION);
        ensure(Topics.DEAD_LETTER, ONE_PARTITION);
    }

    /// @return whether the topic is there
    boolean ensure(String topic) {
        return ensure(topic, ONE_PARTITION);
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    private boolean ensure(String topic, int partitions) {
        if (configuration.topics() == WorkersConfiguration.Topics.GIVEN || known.contains(topic)) {
            return true;
        }
        try {
            admin().createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                LOG.warnf(e.getCause(), "A topic could not be made topic=%s", topic);
                return false;
            }
        } catch (TimeoutException e) {
            LOG.warnf("A topic could not be made in time topic=%s", topic);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        known.add(topic);
        return true;
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(settings);
        }
        return admin;
    }
}
