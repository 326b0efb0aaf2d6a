package cloud.stasis.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whether what one object of an overlay says of another, of a service or of a host is so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverlayTest {
    private static final Map<String, String> SERVICES = Map.of(
            "stasis-gateway", "api-gateway",
            "stasis-image", "image-service",
            "stasis-compute", "compute-service",
            "stasis-volume", "volume-service");

    /// Those that tenants or other services talk to, which have nothing to do with hosts.
    private static final Set<String> UNPRIVILEGED = Set.of("stasis-gateway", "stasis-image");

    private static final Set<String> HEALTH = Set.of("/q/health/started", "/q/health/ready", "/q/health/live");
    private static final Pattern NAME_OF_A_SERVICE =
            Pattern.compile("([a-z0-9-]+)\\.([a-z0-9-]+)\\.svc\\.cluster\\.local:(\\d+)");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Z_]+)\\)");
    private static final Pattern PINNED = Pattern.compile("[a-z0-9.-]+\\.[a-z]+/[a-z0-9/-]+:[0-9][0-9A-Za-z.-]*");

    private final Map<String, Settings> settings = new HashMap<>();
    private final Map<String, Manifests> overlays = new HashMap<>();
    private Manifests secrets = new Manifests(List.of());

    @BeforeAll
    void render() throws Exception {
        assumeTrue(Checkout.canRender(), "no kubectl that renders on this machine");
        SERVICES.forEach((workload, service) -> settings.put(workload, Settings.of(service)));
        for (String overlay : List.of("small", "production")) {
            overlays.put(overlay, Checkout.render(overlay));
        }
        Path authority = Files.createTempFile("authority", ".pem");
        secrets = Checkout.secrets(Map.of(
                "STASIS_S3_ACCESS_KEY", "key",
                "STASIS_S3_SECRET_KEY", "secret",
                "STASIS_KAFKA_USER", "stasis",
                "STASIS_KAFKA_PASSWORD", "secret",
                "STASIS_KAFKA_AUTHORITY", authority.toString()));
        Files.delete(authority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void everySettingIsOneThatTheServiceHas(String overlay) {
        for (Workload workload : ours(overlay)) {
            Map<String, String> environment = environment(overlay, workload);
            Set<String> referredTo = environment.values().stream()
                    .flatMap(value -> REFERENCE.matcher(value).results())
                    .map(found -> found.group(1))
                    .collect(Collectors.toSet());
            assertThat(environment.keySet())
                    .as("settings of %s", workload)
                    .containsAll(referredTo)
                    .allSatisfy(variable -> assertThat(referredTo.contains(variable)
                                    || settings.get(workload.name()).knows(variable))
                            .as(variable)
                            .isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void everyNameOfAServiceLeadsToPodsThatListen(String overlay) {
        Manifests manifests = manifests(overlay);
        for (Service service : manifests.all(Service.class)) {
            List<Workload> behind = manifests.workloads().stream()
                    .filter(workload ->
                            workload.namespace().equals(service.getMetadata().getNamespace()))
                    .filter(workload -> workload.has(service.getSpec().getSelector()))
                    .toList();
            assertThat(behind).as(service.getMetadata().getName()).hasSize(1);
            service.getSpec().getPorts().forEach(port -> assertThat(
                            behind.getFirst().port(port.getTargetPort()))
                    .as("%s of %s", port.getTargetPort(), behind)
                    .contains(port.getPort()));
        }
        for (Workload workload : manifests.workloads()) {
            environment(overlay, workload).values().forEach(value -> assertNamesServices(manifests, value));
        }
    }

    /// `$(POD_NAME)` and a label of a pod before the name of a service are a pod of it.
    private static void assertNamesServices(Manifests manifests, String value) {
        Matcher names = NAME_OF_A_SERVICE.matcher(value);
        while (names.find()) {
            assertThat(manifests.find(Service.class, names.group(2), names.group(1)))
                    .as(value)
                    .hasValueSatisfying(service -> assertThat(service.getSpec().getPorts())
                            .anyMatch(port -> port.getPort() == Integer.parseInt(names.group(3))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void everyPodListensWhereItsServiceDoesAndIsAskedByRoutesThatItHas(String overlay) {
        for (Workload workload : ours(overlay)) {
            Container container = workload.container();
            int port = settings.get(workload.name()).port();
            assertThat(container.getPorts()).singleElement().satisfies(one -> assertThat(one.getContainerPort())
                    .isEqualTo(port));
            Map<String, String> annotations = workload.template().getMetadata().getAnnotations();
            assertThat(annotations).containsEntry("prometheus.io/port", Integer.toString(port));
            assertThat(annotations).containsEntry("prometheus.io/path", "/q/metrics");
            for (Probe probe :
                    List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())) {
                HTTPGetAction get = probe.getHttpGet();
                assertThat(HEALTH).contains(get.getPath());
                assertThat(workload.port(get.getPort())).contains(port);
            }
            assertThat(libraries(SERVICES.get(workload.name())))
                    .anyMatch(name -> name.startsWith("io.quarkus.quarkus-smallrye-health-"))
                    .anyMatch(name -> name.startsWith("io.quarkus.quarkus-micrometer-registry-prometheus-"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void everyWorkloadChoosesItsOwnPodsAndHasWhatTheyMount(String overlay) {
        for (Workload workload : manifests(overlay).workloads()) {
            assertThat(workload.isChosenBy(workload.selector()))
                    .as("%s", workload)
                    .isTrue();
            Set<String> there = Stream.concat(
                            workload.pod().getVolumes().stream().map(Volume::getName),
                            workload.claims().stream()
                                    .map(claim -> claim.getMetadata().getName()))
                    .collect(Collectors.toSet());
            Set<String> mounted = workload.container().getVolumeMounts().stream()
                    .map(mount -> mount.getName())
                    .collect(Collectors.toSet());
            assertThat(mounted).as("mounts of %s", workload).isEqualTo(there);
            workload.pod().getVolumes().forEach(volume -> assertIsThere(workload, volume));
            assertThat(workload.container().getImage()).matches(PINNED);
            assertThat(workload.container().getResources().getRequests()).containsKeys("cpu", "memory");
            assertThat(workload.container().getResources().getLimits()).containsKey("memory");
        }
    }

    private void assertIsThere(Workload workload, Volume volume) {
        if (volume.getSecret() != null) {
            Secret secret = secret(workload, volume.getSecret().getSecretName());
            volume.getSecret().getItems().forEach(item -> assertThat(secret.getData())
                    .containsKey(item.getKey()));
        }
        assertThat(volume.getConfigMap()).as("no workload mounts one").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void everyPolicyAndBudgetIsOfPodsThatAreThere(String overlay) {
        Manifests manifests = manifests(overlay);
        for (PodDisruptionBudget budget : manifests.all(PodDisruptionBudget.class)) {
            assertThat(manifests.workloads())
                    .filteredOn(
                            one -> one.namespace().equals(budget.getMetadata().getNamespace())
                                    && one.isChosenBy(budget.getSpec().getSelector()))
                    .as(budget.getMetadata().getName())
                    .hasSize(1);
        }
        for (NetworkPolicy policy : manifests.all(NetworkPolicy.class)) {
            List<Workload> chosen = manifests.workloads().stream()
                    .filter(one -> one.namespace().equals(policy.getMetadata().getNamespace())
                            && one.isChosenBy(policy.getSpec().getPodSelector()))
                    .toList();
            assertThat(chosen).as(policy.getMetadata().getName()).isNotEmpty();
            policy.getSpec().getIngress().forEach(rule -> rule.getPorts().forEach(port -> assertThat(chosen)
                    .allSatisfy(one -> assertThat(one.port(port.getPort())).isPresent())));
        }
    }

    /// Only what needs a host is let at one, and only at what it needs.
    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void podsHaveNoMoreRightsThanTheyNeed(String overlay) {
        for (Workload workload : ours(overlay)) {
            var rights = workload.container().getSecurityContext();
            assertThat(rights.getReadOnlyRootFilesystem()).isTrue();
            assertThat(workload.pod().getAutomountServiceAccountToken()).isFalse();
            assertThat(Objects.equals(rights.getPrivileged(), true))
                    .isEqualTo(workload.name().equals("stasis-compute"));
            if (UNPRIVILEGED.contains(workload.name())) {
                assertThat(workload.namespace()).isEqualTo("stasis");
                assertThat(workload.pod().getSecurityContext().getRunAsNonRoot())
                        .isTrue();
                assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
                assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(workload.pod().getVolumes()).allMatch(volume -> volume.getHostPath() == null);
            } else {
                assertThat(workload.namespace()).isEqualTo("stasis-hosts");
            }
        }
    }

    /// QEMU opens by its own name of a file what an agent names to it by its.
    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void agentsSeeTheFilesOfTheirHostWhereTheHostHasThem(String overlay) {
        for (Workload workload : ours(overlay)) {
            Map<String, String> onHost = workload.pod().getVolumes().stream()
                    .filter(volume -> volume.getHostPath() != null)
                    .collect(Collectors.toMap(
                            Volume::getName, volume -> volume.getHostPath().getPath()));
            workload.container().getVolumeMounts().stream()
                    .filter(mount -> onHost.containsKey(mount.getName()))
                    .forEach(mount -> assertThat(mount.getMountPath()).isEqualTo(onHost.get(mount.getName())));
            environment(overlay, workload).forEach((variable, value) -> {
                if (Set.of("STASIS_COMPUTE_DIR", "STASIS_VOLUME_DIR", "STASIS_MEMORY_DIR")
                        .contains(variable)) {
                    assertThat(onHost.values()).as(variable).anyMatch(path -> Path.of(value)
                            .startsWith(path));
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "production")
    void ingressLeadsToTheApisAndToNothingElse(String overlay) {
        String apis =
                Checkout.read(Checkout.ROOT.resolve("api-gateway/src/main/java/cloud/stasis/gateway/http/Api.java"));
        List<String> prefixes = Pattern.compile("[A-Z]\\(\"(/[a-z]+)\"\\)")
                .matcher(apis)
                .results()
                .map(prefix -> prefix.group(1))
                .filter(prefix -> !prefix.equals("/q"))
                .toList();
        List<HTTPIngressPath> paths = manifests(overlay).all(Ingress.class).stream()
                .flatMap(ingress -> ingress.getSpec().getRules().stream())
                .flatMap(rule -> rule.getHttp().getPaths().stream())
                .toList();

        assertThat(paths).extracting(HTTPIngressPath::getPath).containsExactlyInAnyOrderElementsOf(prefixes);
        assertThat(paths).allSatisfy(path -> {
            var target = path.getBackend().getService();
            assertThat(manifests(overlay).find(Service.class, "stasis", target.getName()))
                    .hasValueSatisfying(
                            service -> assertThat(service.getSpec().getPorts()).anyMatch(port -> port.getName()
                                    .equals(target.getPort().getName())));
        });
    }

    private Manifests manifests(String overlay) {
        return Objects.requireNonNull(overlays.get(overlay));
    }

    private List<Workload> ours(String overlay) {
        List<Workload> ours = manifests(overlay).workloads().stream()
                .filter(workload -> SERVICES.containsKey(workload.name()))
                .toList();
        assertThat(ours).hasSameSizeAs(SERVICES.keySet());
        return ours;
    }

    /// All that a container is told, with what comes from secrets and from the pod itself as empty text.
    private Map<String, String> environment(String overlay, Workload workload) {
        Map<String, String> environment = new HashMap<>();
        for (EnvFromSource source : workload.container().getEnvFrom()) {
            if (source.getSecretRef() != null) {
                secret(workload, source.getSecretRef().getName())
                        .getData()
                        .keySet()
                        .forEach(key -> environment.put(key, ""));
            } else {
                String name = source.getConfigMapRef().getName();
                Optional<ConfigMap> map = manifests(overlay).find(ConfigMap.class, workload.namespace(), name);
                assertThat(map).as("%s for %s", name, workload).isPresent();
                environment.putAll(map.orElseThrow().getData());
            }
        }
        for (EnvVar variable : workload.container().getEnv()) {
            if (variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null) {
                var key = variable.getValueFrom().getSecretKeyRef();
                assertThat(secret(workload, key.getName()).getData()).containsKey(key.getKey());
            }
            environment.put(
                    variable.getName(), Optional.ofNullable(variable.getValue()).orElse(""));
        }
        return environment;
    }

    private Secret secret(Workload workload, String name) {
        Optional<Secret> secret = secrets.find(Secret.class, workload.namespace(), name);
        assertThat(secret).as("%s for %s", name, workload).isPresent();
        return secret.orElseThrow();
    }

    private static List<String> libraries(String service) {
        return List.of(Objects.requireNonNull(Checkout.ROOT
                .resolve(service)
                .resolve("target/quarkus-app/lib/main")
                .toFile()
                .list()));
    }
}
