package cloud.stasis.gateway;

import cloud.stasis.gateway.http.image.FakeImageService;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import java.util.HashMap;
import java.util.Map;

/// What stands around the gateway while its tests run, started once for all of them. One test class names it, and
/// so all have it.
public final class GatewayTestResources implements QuarkusTestResourceLifecycleManager {
    private static final String CAPABILITY_KEY = "Y2FwYWJpbGl0eSBrZXkgZm9yIHRlc3RzLCAzMiBieXQ";

    private final MariaDbProcess database = MariaDbProcess.start();
    private final FakeImageService imageService = FakeImageService.start(CAPABILITY_KEY, 0);

    @Override
    public Map<String, String> start() {
        Map<String, String> configuration = new HashMap<>();
        // Known before it is bound, because links and the catalogue name it.
        int port = MariaDbProcess.freePort();
        configuration.put("quarkus.http.test-port", Integer.toString(port));
        configuration.put("stasis.public-url", "http://127.0.0.1:" + port);
        configuration.put("quarkus.datasource.jdbc.url", database.jdbcUrl());
        configuration.put("quarkus.datasource.username", MariaDbProcess.USER);
        configuration.put("quarkus.datasource.password", MariaDbProcess.PASSWORD);
        configuration.put("stasis.identity.admin-password", TestCloud.ADMIN_PASSWORD);
        configuration.put("stasis.identity.token-key", "dG9rZW4ga2V5IGZvciB0ZXN0cyBvbmx5LCAzMiBieXRlcyE");
        configuration.put("stasis.identity.password-cost", "4");
        configuration.put("stasis.workers.capability-key", CAPABILITY_KEY);
        configuration.put("stasis.workers.store-url", imageService.url());
        configuration.put("stasis.connections.most", "2000");
        configuration.put("stasis.connections.head-deadline", "PT3S");
        configuration.put("stasis.import-hosts", TestCloud.IMAGE_HOST);
        configuration.put("stasis.networks", TestCloud.NETWORK + ":10.77.0.0/29:unused");
        configuration.put("stasis.workers.topics", "GIVEN");
        configuration.put("stasis.workers.silence", "PT0.3S");
        configuration.put("stasis.workers.first-delay", "PT0.01S");
        configuration.put("stasis.workers.longest-delay", "PT0.1S");
        configuration.put("stasis.workers.lateness", "PT0.01S");
        configuration.put("mp.messaging.incoming.facts.concurrency", "1");
        configuration.putAll(InMemoryConnector.switchIncomingChannelsToInMemory("facts", "heartbeats"));
        configuration.putAll(InMemoryConnector.switchOutgoingChannelsToInMemory("commands"));
        return configuration;
    }

    @Override
    public void stop() {
        InMemoryConnector.clear();
        imageService.close();
        database.close();
    }

    /// Carries the annotation for all test classes of the module.
    @QuarkusTestResource(GatewayTestResources.class)
    static final class ForEveryTest {
        private ForEveryTest() {}
    }
}
