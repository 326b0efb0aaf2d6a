package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.process.Launch;
import cloud.stasis.launcher.settings.Checkout;
import cloud.stasis.launcher.settings.ExternalKeystone;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.Mebibytes;
import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.PortName;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Every part with its configuration. This is the one place that knows which variable goes to which process.
public final class Parts {
    private static final String SCHEMA = "stasis";
    /// What each backend of volumes runs.
    private static final String VOLUME_PROGRAM = "volume-service";

    /// Where the store lies, if not in the home of the cloud, and with which key it is opened.
    private static final List<String> ELSEWHERE = List.of(
            "STASIS_STORE_URL",
            "STASIS_S3_ENDPOINT",
            "STASIS_S3_REGION",
            "STASIS_S3_ACCESS_KEY",
            "STASIS_S3_SECRET_KEY");

    /// Most of what a service runs in its start it runs a few hundred times and never again; at the JDK's thresholds
    /// a third of the start goes into compiling that. A loop over data passes five times the threshold in a blink.
    private static final String COMPILE_LATER = "-XX:CompileThresholdScaling=5";

    private final Settings settings;
    private final Secrets secrets;
    private final Checkout checkout;
    private final Home home;
    private final Certificates certificates;
    private final MemoryVolume memory;
    private final Bridge bridge;
    private final List<VolumeBackend> backends;

    public Parts(Settings settings, Secrets secrets, Checkout checkout) {
        this.settings = settings;
        this.secrets = secrets;
        this.checkout = checkout;
        this.home = settings.home();
        this.certificates = new Certificates(settings);
        this.memory = new MemoryVolume(settings, System.out);
        this.bridge = new Bridge(settings, System.out);
        this.backends = VolumeBackend.of(settings);
    }

    /// Those that may run since settings were others, too.
    public List<Part> known() {
        List<Part> parts = new ArrayList<>(all());
        if (backends.size() == 1) {
            parts.add(secondVolumeService());
        }
        return List.copyOf(parts);
    }

    /// In start order.
    public List<Part> all() {
        List<Part> parts = new ArrayList<>(List.of(
                Hypervisor.virtlogd(),
                Hypervisor.libvirtd(),
                kafka(),
                new Database(settings, databaseAccess()).part(),
                imageService(),
                volumeService(PartName.VOLUME_SERVICE, PortName.VOLUME, backends.getFirst())));
        if (backends.size() > 1) {
            parts.add(secondVolumeService());
        }
        parts.addAll(List.of(computeService(), apiGateway()));
        return List.copyOf(parts);
    }

    private DatabaseAccess databaseAccess() {
        return new DatabaseAccess(SCHEMA, SCHEMA, secrets.databasePassword());
    }

    private Part kafka() {
        Port port = settings.port(PortName.KAFKA);
        List<String> command = new JavaCommand(settings, PartName.KAFKA, new Mebibytes(256))
                .of(
                        // Mostly idle: what the second compiler costs, it never earns back.
                        List.of("-XX:TieredStopAtLevel=1", "-Dstasis.log.level=INFO"),
                        List.of("-cp", Checkout.classPath(), "cloud.stasis.launcher.Main", "kafka"));
        return new Part(
                PartName.KAFKA,
                () -> new Launch(command, Map.of()),
                List.of(port, settings.port(PortName.KAFKA_CONTROLLER)),
                new Readiness.OfBroker(port),
                Sharing.OWN,
                Duration.ofMinutes(2),
                Duration.ofSeconds(60));
    }

    private Part imageService() {
        Map<String, String> own = new HashMap<>(Map.of(
                "STASIS_STORE_ID", settings.text("STASIS_STORE_ID", "local"),
                "STASIS_STORE_DIR", home.store().toString(),
                "STASIS_SERVICE_DIR",
                        settings.text(
                                "STASIS_SERVICE_DIR",
                                home.store().resolve("service").toString())));
        own.putAll(settings.given(ELSEWHERE));
        return service(PartName.IMAGE_SERVICE, PortName.IMAGE, new Mebibytes(320), own);
    }

    private Part secondVolumeService() {
        return volumeService(PartName.SECOND_VOLUME_SERVICE, PortName.SECOND_VOLUME, backends.getLast());
    }

    private Part volumeService(PartName name, PortName port, VolumeBackend backend) {
        Part service = service(
                name,
                VOLUME_PROGRAM,
                port,
                new Mebibytes(160),
                Map.of(
                        "STASIS_BACKEND_ID", backend.id(),
                        "STASIS_BACKEND_NAME", backend.name(),
                        "STASIS_VOLUME_DRIVER", backend.driver(),
                        "STASIS_VOLUME_DIR", backend.directory().toString()));
        return backend.needsSharedBlocks() ? service.after(memory::mount) : service;
    }

    private Part computeService() {
        Part agent = service(
                PartName.COMPUTE_SERVICE,
                PortName.COMPUTE,
                new Mebibytes(320),
                Map.of(
                        "STASIS_HOST_ID", settings.text("STASIS_HOST_ID", hostName()),
                        "STASIS_COMPUTE_DIR", home.compute().toString(),
                        "STASIS_VOLUME_DIR",
                                backends.stream()
                                        .map(backend -> backend.directory().toString())
                                        .collect(Collectors.joining(",")),
                        "STASIS_LIBVIRT_URI", settings.text("STASIS_LIBVIRT_URI", Hypervisor.URI),
                        "STASIS_NETWORKS", bridge.networks(),
                        "STASIS_VIRT_TYPE", settings.text("STASIS_VIRT_TYPE", "auto"),
                        "STASIS_IMAGE_SERVICE_URL",
                                settings.port(PortName.IMAGE).url(),
                        "STASIS_COMPUTE_URL", settings.port(PortName.COMPUTE).url()));
        return agent.after(() -> {
            memory.mount();
            bridge.make();
        });
    }

    private Part apiGateway() {
        DatabaseAccess database = databaseAccess();
        Map<String, String> own = new HashMap<>(Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", database.url(settings.port(PortName.MARIADB)),
                "QUARKUS_DATASOURCE_USERNAME", database.user(),
                "QUARKUS_DATASOURCE_PASSWORD", database.password(),
                "STASIS_NETWORKS", bridge.networks(),
                "STASIS_PUBLIC_URL", publicUrl(settings),
                "STASIS_IMAGE_SERVICE_URL", settings.port(PortName.IMAGE).url(),
                "STASIS_ADMIN_PASSWORD", secrets.adminPassword(),
                "STASIS_TOKEN_KEY", secrets.tokenKey()));
        own.putAll(ExternalKeystone.variables(settings));
        if (!Certificates.wanted(settings)) {
            return service(PartName.API_GATEWAY, PortName.GATEWAY, new Mebibytes(320), own);
        }
        Port port = settings.port(PortName.GATEWAY);
        own.put("QUARKUS_HTTP_SSL_PORT", Integer.toString(port.number()));
        own.put("QUARKUS_HTTP_INSECURE_REQUESTS", "disabled");
        own.put("QUARKUS_HTTP_SSL_CERTIFICATE_FILES", certificates.certificate().toString());
        own.put("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES", certificates.key().toString());
        return service(PartName.API_GATEWAY, PortName.GATEWAY, new Mebibytes(320), own)
                .after(certificates::ensure)
                .when(new Readiness.OfSecureService(port, Certificates.authority(home)));
    }

    /// Under which clients reach the gateway.
    public static String publicUrl(Settings settings) {
        Port port = settings.port(PortName.GATEWAY);
        return settings.text("STASIS_PUBLIC_URL", Certificates.wanted(settings) ? port.secureUrl() : port.url());
    }

    private Part service(PartName name, PortName portName, Mebibytes heap, Map<String, String> own) {
        return service(name, name.toString(), portName, heap, own);
    }

    private Part service(PartName name, String program, PortName portName, Mebibytes heap, Map<String, String> own) {
        Port port = settings.port(portName);
        Map<String, String> environment = new HashMap<>(own);
        environment.put("QUARKUS_HTTP_HOST", Settings.LOOPBACK);
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port.number()));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", settings.port(PortName.KAFKA).address());
        environment.put("STASIS_HOME", home.root().toString());
        environment.put("STASIS_CAPABILITY_KEY", secrets.capabilityKey());
        environment.put("STASIS_REGION", settings.text("STASIS_REGION", "RegionOne"));
        JavaCommand java = new JavaCommand(settings, name, heap);
        return new Part(
                name,
                () -> new Launch(
                        java.of(
                                List.of(COMPILE_LATER),
                                List.of("-jar", checkout.serviceJar(program).toString())),
                        environment),
                List.of(port),
                new Readiness.OfService(port),
                Sharing.OWN,
                Duration.ofMinutes(3),
                Duration.ofSeconds(40));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
