package cloud.stasis.system;

import cloud.stasis.testkit.LoadedClient;
import cloud.stasis.testkit.S3Server;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cloud that all system tests of one test process share, and its clients; or another one beside it.
final class OneMachineCloud {
    static final Duration UP = Duration.ofMinutes(6);
    static final Duration CLIENT = Duration.ofMinutes(5);

    /// What the clients of the block storage API ask for.
    private static final Map<String, String> NEWEST = Map.of("OS_VOLUME_API_VERSION", "3.70");

    /// A service lives for minutes here: the second compiler takes a quarter of its start and never earns that back.
    private static final String COMPILED_ONCE = "-XX:TieredStopAtLevel=1";

    private static final String API_GATEWAY = "api-gateway";

    /// Names a file that clients verify the gateway by.
    private static final String AUTHORITY = "OS_CACERT";

    private static final Path ROOT = findCheckout();
    private static OneMachineCloud shared;

    /// Of the test processes that run side by side, from 1.
    private static final int FORK = Integer.getInteger("stasis.system.fork", 1);

    private static final int PORTS_OF_A_FORK = 20;

    /// Of a fork's ports those of another cloud begin here.
    private static final int PORTS_OF_ANOTHER = 10;

    private final Path home;
    private final String imagePort;
    private final String gatewayPort;
    private final Shell dev;
    private final Map<String, String> login = new HashMap<>();
    private Shell clients;
    private Optional<Entrance> entrance = Optional.empty();

    /// For those who ask an API itself.
    private record Entrance(String project, String token) {}

    private OneMachineCloud(String suffix, int ports, Map<String, String> settings) {
        this.home = Path.of(setting("STASIS_SYSTEM_HOME", "/var/tmp/stasis-system-tests") + "-" + FORK + suffix);
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("STASIS_HOME", home.toString());
        environment.put("STASIS_JAVA_OPTIONS", COMPILED_ONCE);
        int port = Integer.parseInt(setting("STASIS_SYSTEM_PORT", "5700")) + (FORK - 1) * PORTS_OF_A_FORK + ports;
        for (String name : List.of(
                "GATEWAY", "IMAGE", "COMPUTE", "VOLUME", "KAFKA", "KAFKA_CONTROLLER", "MARIADB", "SECOND_VOLUME")) {
            environment.put("STASIS_PORT_" + name, Integer.toString(port++));
        }
        this.imagePort = environment.get("STASIS_PORT_IMAGE");
        this.gatewayPort = environment.get("STASIS_PORT_GATEWAY");
        this.dev = new Shell(ROOT, environment);
        this.clients = dev;
    }

    private OneMachineCloud(OneMachineCloud same, Map<String, String> login) {
        this.home = same.home;
        this.imagePort = same.imagePort;
        this.gatewayPort = same.gatewayPort;
        this.dev = same.dev;
        logIn(login);
    }

    /// So that two checkouts can be tested side by side.
    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /// Starts the cloud at the first call; it is stopped when the test run ends.
    static synchronized OneMachineCloud running() {
        if (shared == null) {
            shared = new OneMachineCloud("", 0, Map.of()).start();
        }
        return shared;
    }

    /// Another site on this machine, whose store is a bucket and whose guests keep their memory in another way. Whoever
    /// starts it stops it.
    static OneMachineCloud another() {
        S3Server server = S3Server.running();
        Map<String, String> settings = Map.of(
                "STASIS_REFLINK",
                "off",
                "STASIS_STORE_URL",
                "s3://" + server.newBucket() + "/site",
                "STASIS_S3_ENDPOINT",
                server.uri().toString(),
                "STASIS_S3_ACCESS_KEY",
                S3Server.KEY,
                "STASIS_S3_SECRET_KEY",
                S3Server.SECRET);
        return new OneMachineCloud("-another", PORTS_OF_ANOTHER, settings).start();
    }

    private OneMachineCloud start() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::down));
        // A run that was killed leaves its cloud, guests and all; what is in it is not of this run.
        if (Files.exists(home)) {
            down();
            forgetGuests();
            clear();
        }
        up();
        // From what its first list has loaded the command line starts in half the time.
        stasis("list").succeeded();
        return this;
    }

    void down() {
        dev("down");
    }

    /// The key by which other sites know it.
    String siteKey() {
        try {
            return Files.readAllLines(home.resolve("store/service/site.key")).getLast();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lets another site bring bundles here, which belong to the project of the clients then.
    void trust(String name, OneMachineCloud other) {
        String peer =
                "%1$s.url = http://127.0.0.1:%2$s%n%1$s.key = %3$s%n%1$s.rights = pull, push%n%1$s.project = %4$s%n"
                        .formatted(name, other.imagePort, other.siteKey(), project());
        try {
            Files.writeString(home.resolve("store/service/peers.properties"), peer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Of another site nothing is left but its bucket then.
    void loseAllButTheStore() {
        down();
        clear();
    }

    private void forgetGuests() {
        String undefine = """
                for guest in $(virsh -q list --all --name); do
                    virsh -q domblklist "$guest" | grep -q " $0/" &&
                        virsh -q undefine --nvram --checkpoints-metadata "$guest"
                done
                true
                """;
        dev.run(CLIENT, List.of("sh", "-c", undefine, home.toString())).succeeded();
    }

    private void clear() {
        String[] arguments = {
            home.toString(), "-mindepth", "1", "-maxdepth", "1", "-exec", "rm", "-rf", "--one-file-system", "{}", "+"
        };
        dev.run(CLIENT, command("find", arguments)).succeeded();
    }

    /// Starts whatever does not run. Repeatable: how an operator's supervisor would bring a killed service
    /// back.
    void up() {
        dev("up").succeeded();
        logIn(credentials());
    }

    /// The gateway begins anew with more settings, as `NAME=value`; [#up] after its end begins it as it was before.
    void gatewayAnew(List<String> settings) {
        dev("down", API_GATEWAY).succeeded();
        devWith(settings, "up", API_GATEWAY).succeeded();
        logIn(credentials());
    }

    /// What the cloud tells clients.
    Map<String, String> credentials() {
        Map<String, String> told = new HashMap<>();
        dev("env")
                .succeeded()
                .out()
                .lines()
                .filter(line -> line.startsWith("export OS_"))
                .forEach(line -> {
                    String[] pair = line.substring("export ".length()).split("=", 2);
                    told.put(pair[0], pair[1].replaceAll("^['\"]|['\"]$", ""));
                });
        return told;
    }

    /// The same cloud, with clients that are somebody else.
    ///
    /// @param who `OS_...`
    OneMachineCloud as(Map<String, String> who) {
        return new OneMachineCloud(this, who);
    }

    private void logIn(Map<String, String> who) {
        login.clear();
        login.putAll(who);
        entrance = Optional.empty();
        clients = new Shell(ROOT, login);
    }

    /// kill -9.
    void kill(String service) {
        ProcessHandle process = process(service);
        process.destroyForcibly();
        Await.until(service + " is gone", Duration.ofSeconds(20), process::isAlive, alive -> !alive);
    }

    ProcessHandle process(String service) {
        try {
            String pid = Files.readString(home.resolve("run").resolve(service + ".pid"))
                    .strip()
                    .split("\\s+")[0];
            return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What every route is below.
    String gateway() {
        return (login.containsKey(AUTHORITY) ? "https" : "http") + "://127.0.0.1:" + gatewayPort;
    }

    Path checkout() {
        return ROOT;
    }

    Path home() {
        return home;
    }

    /// `./dev` with more settings, as `NAME=value`.
    Shell.Result devWith(List<String> settings, String... arguments) {
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(settings);
        command.addAll(command("./dev", arguments));
        return dev.run(UP, command);
    }

    Shell.Result dev(String... arguments) {
        return dev.run(UP, command("./dev", arguments));
    }

    Shell.Result openstack(String... arguments) {
        return client("openstack", arguments);
    }

    JsonNode openstackJson(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("-f", "json"));
        return openstack(words.toArray(String[]::new)).json();
    }

    Shell.Result nova(String... arguments) {
        return client("nova", arguments);
    }

    Shell.Result glance(String... arguments) {
        return client("glance", arguments);
    }

    /// Runs each line, until one fails.
    Shell.Result cinder(String... lines) {
        return clientLines("cinder", lines);
    }

    /// As [#cinder], with `openstack`.
    Shell.Result openstackLines(String... lines) {
        return clientLines("openstack", lines);
    }

    private Shell.Result client(String program, String... arguments) {
        return result(
                LoadedClient.of(program).run(CLIENT, ROOT, clients.environment(), List.of(arguments)),
                command(program, arguments));
    }

    private Shell.Result clientLines(String program, String... lines) {
        Map<String, String> environment = new HashMap<>(clients.environment());
        environment.putAll(NEWEST);
        return result(
                LoadedClient.of(program).runLines(CLIENT, ROOT, environment, List.of(lines)), command(program, lines));
    }

    private static Shell.Result result(LoadedClient.Result said, List<String> command) {
        return new Shell.Result(command, said.exit(), said.out(), said.err());
    }

    /// Asks the block storage API itself, for those who wait: a client takes a second to look.
    ///
    /// @param path below the project
    JsonNode blockStorage(String path) {
        return curl("volume/v3/" + entrance().project() + "/" + path, "-H", "OpenStack-API-Version: volume 3.70");
    }

    /// Asks the compute API itself, for those who wait and for what its clients have no word for any more.
    JsonNode compute(String path) {
        return curl("compute/v2.1/" + path);
    }

    JsonNode compute(String path, String body) {
        return curl("compute/v2.1/" + path, "-H", "Content-Type: application/json", "-d", body);
    }

    /// With what status the gateway answers.
    ///
    /// @param path below the gateway
    int status(String path) {
        List<String> command = asking("-sS", "-o", "/dev/null", "-w", "%{http_code}", gateway() + "/" + path);
        return Integer.parseInt(clients.run(CLIENT, command).succeeded().out());
    }

    /// Asks the snapshot API itself.
    JsonNode snapshots(String path) {
        return curl("snapshot/v1/" + path);
    }

    /// Asks the snapshot API for what none of its clients has a word for.
    JsonNode snapshots(String path, String body) {
        return curl("snapshot/v1/" + path, "-H", "Content-Type: application/json", "-d", body);
    }

    /// Begins to delete a snapshot.
    JsonNode deleteSnapshot(String id) {
        return curl("snapshot/v1/snapshots/" + id, "-X", "DELETE");
    }

    private JsonNode curl(String path, String... more) {
        List<String> command = asking("-sSf");
        command.addAll(List.of(more));
        command.add(gateway() + "/" + path);
        return clients.run(CLIENT, command).json();
    }

    private List<String> asking(String... arguments) {
        List<String> command =
                command("curl", "-H", "X-Auth-Token: " + entrance().token());
        if (login.containsKey(AUTHORITY)) {
            command.addAll(List.of("--cacert", login.get(AUTHORITY)));
        }
        command.addAll(List.of(arguments));
        return command;
    }

    /// The id of the project that the clients are in.
    String project() {
        return entrance().project();
    }

    private Entrance entrance() {
        if (entrance.isEmpty()) {
            JsonNode issued = openstackJson("token", "issue");
            entrance = Optional.of(new Entrance(
                    issued.required("project_id").asText(),
                    issued.required("id").asText()));
        }
        return entrance.get();
    }

    Shell.Result stasis(String... arguments) {
        List<String> command = new ArrayList<>(List.of("./dev", "stasis"));
        command.addAll(List.of(arguments));
        return clients.run(CLIENT, command);
    }

    Shell.Result host(String... command) {
        return clients.run(CLIENT, List.of(command));
    }

    private static List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path findCheckout() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("dev"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("no checkout of Stasis above the working directory");
            }
        }
        return directory;
    }
}
