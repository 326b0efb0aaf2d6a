package cloud.stasis.bus;

import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;

/// What of the settings that all Kafka clients of a service share concerns the one that makes topics: where the brokers
/// are, and how one is let in by those that want a certificate or a password.
public final class AdminSettings {
    private AdminSettings() {}

    /// @param shared the settings `kafka.*` of a service, without that prefix
    public static Map<String, Object> of(Map<String, Object> shared) {
        return shared.entrySet().stream()
                .filter(setting -> AdminClientConfig.configNames().contains(setting.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
