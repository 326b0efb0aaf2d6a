package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.process.Launch;
import cloud.stasis.launcher.settings.Checkout;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.Mebibytes;
import cloud.stasis.launcher.settings.Port;
import cloud.stasis.launcher.settings.PortName;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Every part with its configuration. This is the one place that knows which variable goes to which process.
public final class Parts {
    private static final String SCHEMA = "stasis";
    /// The driver whose volumes need files that share blocks.
    private static final String REFLINK = "reflink";

    private final Settings settings;
    private final Secrets secrets;
    private final Checkout checkout;
    private final Home home;
    private final Certificates certificates;
    private final MemoryVolume memory;
    private final Bridge bridge;

    public Parts(Settings settings, Secrets secrets, Checkout checkout) {
        this.settings = settings;
        this.secrets = secrets;
        this.checkout = checkout;
        this.home = settings.home();
        this.certificates = new Certificates(settings);
        this.memory = new MemoryVolume(settings, System.out);
        this.bridge = new Bridge(settings, System.out);
    }

    /// In start order.
    public List<Part> all() {
        return List.of(
                Hypervisor.virtlogd(),
                Hypervisor.libvirtd(),
                kafka(),
                new Database(settings, databaseAccess()).part(),
                imageService(),
                volumeService(),
                computeService(),
                apiGateway());
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
        return service(
                PartName.IMAGE_SERVICE,
                PortName.IMAGE,
                new Mebibytes(320),
                Map.of(
                        "STASIS_STORE_ID", settings.text("STASIS_STORE_ID", "local"),
                        "STASIS_STORE_DIR", home.store().toString(),
                        "STASIS_SERVICE_DIR",
                                settings.text(
                                        "STASIS_SERVICE_DIR",
                                        home.store().resolve("service").toString())));
    }

    private Part volumeService() {
        Part service = service(
                PartName.VOLUME_SERVICE,
                PortName.VOLUME,
                new Mebibytes(160),
                Map.of(
                        "STASIS_BACKEND_ID", settings.text("STASIS_BACKEND_ID", "local"),
                        "STASIS_VOLUME_DRIVER", volumeDriver(),
                        "STASIS_VOLUME_DIR", volumes()));
        return volumeDriver().equals(REFLINK) ? service.after(memory::mount) : service;
    }

    private String volumeDriver() {
        return settings.text("STASIS_VOLUME_DRIVER", "qcow2dir");
    }

    /// Where files share blocks, if the driver asks for it.
    private String volumes() {
        return (volumeDriver().equals(REFLINK) ? home.compute().resolve("memory/volumes") : home.volumes()).toString();
    }

    private Part computeService() {
        Part agent = service(
                PartName.COMPUTE_SERVICE,
                PortName.COMPUTE,
                new Mebibytes(320),
                Map.of(
                        "STASIS_HOST_ID", settings.text("STASIS_HOST_ID", hostName()),
                        "STASIS_COMPUTE_DIR", home.compute().toString(),
                        "STASIS_VOLUME_DIR", volumes(),
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
                                List.of(),
                                List.of(
                                        "-jar",
                                        checkout.serviceJar(name.toString()).toString())),
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
