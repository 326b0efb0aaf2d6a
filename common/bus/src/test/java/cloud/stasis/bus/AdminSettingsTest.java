package cloud.stasis.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminSettingsTest {
    @Test
    void howBrokersLetOneInIsKeptAndWhatConsumersNeedIsNot() {
        Map<String, Object> shared = Map.of(
                "bootstrap.servers", "kafka:9093",
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", "a secret",
                "ssl.truststore.location", "/etc/stasis/kafka/ca.pem",
                "group.id", "stasis-gateway");

        assertThat(AdminSettings.of(shared))
                .containsOnlyKeys(
                        "bootstrap.servers",
                        "security.protocol",
                        "sasl.mechanism",
                        "sasl.jaas.config",
                        "ssl.truststore.location");
    }
}
