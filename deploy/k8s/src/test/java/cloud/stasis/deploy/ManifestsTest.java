package cloud.stasis.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds without anything being rendered, so also on a machine without kubectl.
class ManifestsTest {
    static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(Checkout.DEPLOY)) {
            return all.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.startsWith(Checkout.DEPLOY.resolve("target")))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .toList();
        }
    }

    /// A patch as well: it is a part of an object, and has no field that the whole has not.
    @ParameterizedTest
    @MethodSource("files")
    void everyFileIsOfObjectsThatKubernetesKnowsWithFieldsThatTheyHave(Path file) {
        assertThat(Manifests.parse(Checkout.read(file)).objects()).isNotEmpty();
    }

    @Test
    void fieldThatKubernetesDoesNotHaveIsRefused() {
        String misspelt = """
                apiVersion: v1
                kind: Service
                metadata: {name: one}
                spec:
                  ports: [{port: 1, targetPrt: 2}]
                """;

        assertThatThrownBy(() -> Manifests.parse(misspelt)).hasMessageContaining("targetPrt");
    }

    @ParameterizedTest
    @MethodSource("files")
    void noFileHasSecretsInIt(Path file) {
        assertThat(Manifests.parse(Checkout.read(file)).all(Secret.class)).isEmpty();
    }

    @Test
    void secretsAreOthersEachTimeAndTheKeyOfTheSiteIsTheSameInBothNamespaces() {
        Manifests one = Checkout.secrets(Map.of());
        Manifests other = Checkout.secrets(Map.of());

        assertThat(key(one, "stasis")).isEqualTo(key(one, "stasis-hosts")).isNotEqualTo(key(other, "stasis"));
    }

    private static String key(Manifests secrets, String namespace) {
        return secrets.find(Secret.class, namespace, "stasis-site-keys")
                .orElseThrow()
                .getData()
                .get("STASIS_CAPABILITY_KEY");
    }
}
