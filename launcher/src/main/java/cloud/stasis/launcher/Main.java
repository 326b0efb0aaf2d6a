package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Bridge;
import cloud.stasis.launcher.parts.Broker;
import cloud.stasis.launcher.parts.Hypervisor;
import cloud.stasis.launcher.parts.MemoryVolume;
import cloud.stasis.launcher.parts.Part;
import cloud.stasis.launcher.parts.PartName;
import cloud.stasis.launcher.parts.Parts;
import cloud.stasis.launcher.process.HomeLock;
import cloud.stasis.launcher.process.ProcessTable;
import cloud.stasis.launcher.process.ProcessUsage;
import cloud.stasis.launcher.settings.Checkout;
import cloud.stasis.launcher.settings.EnvFile;
import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Secrets;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The entry behind `./dev`: starts, stops and shows the one-machine cloud.
@Command(name = "launcher", mixinStandardHelpOptions = true, description = "Runs the one-machine cloud.")
public final class Main {
    /// As `systemctl status` says "not running".
    private static final int NOT_SERVING = 3;

    private final Settings settings;
    private final Home home;

    private Main(Settings settings) {
        this.settings = settings;
        this.home = settings.home();
    }

    public static void main(String[] arguments) {
        int exit;
        try {
            exit = new CommandLine(new Main(Settings.of(System.getenv())))
                    .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure))
                    .execute(arguments);
        } catch (LaunchException e) {
            exit = explain(e);
        }
        System.exit(exit);
    }

    @Command(name = "up", description = "Starts what does not run and waits until everything is ready.")
    int up(@Parameters(paramLabel = "PART", description = "Only these parts.") @Nullable List<String> names) {
        home.create();
        Set<PartName> wanted = selection(names);
        if (wanted.contains(PartName.COMPUTE_SERVICE)) {
            home.barrier().ifPresent(Main::refuse);
        }
        try (HomeLock _ = HomeLock.take(home)) {
            Secrets secrets = Secrets.ensure(home.stasisEnv());
            Credentials.of(settings, secrets).write(home);
            Cloud cloud = cloud(parts(secrets).all());
            long begin = System.nanoTime();
            Duration before = cloud.processorTime();
            int started = cloud.up(wanted);
            if (started > 0) {
                Duration wall = Duration.ofNanos(System.nanoTime() - begin);
                Duration processor = cloud.processorTime().minus(before).plus(ProcessUsage.ownProcessorTime());
                String line = started + " parts ready after " + StatusTable.seconds(wall) + " s, with "
                        + StatusTable.seconds(processor) + " s of CPU";
                EnvFile.writePrivately(lastStart(), line + "\n");
                System.out.println(line);
            }
        }
        return 0;
    }

    @Command(name = "down", description = "Stops the guests of this cloud and every part that it started.")
    int down(
            @Parameters(paramLabel = "PART", description = "Only these parts.") @Nullable List<String> names,
            @Option(names = "--keep-guests", description = "Leave the guests running, and libvirt with them.")
                    boolean keepGuests) {
        home.create();
        try (HomeLock _ = HomeLock.take(home)) {
            Set<PartName> wanted = EnumSet.copyOf(selection(names));
            if (keepGuests) {
                wanted.removeAll(List.of(PartName.LIBVIRTD, PartName.VIRTLOGD));
            }
            if (wanted.contains(PartName.LIBVIRTD)) {
                new Guests(home, settings.text("STASIS_LIBVIRT_URI", Hypervisor.URI), System.out).powerOff();
            }
            cloud(parts(Secrets.ensure(home.stasisEnv())).known()).down(wanted);
            if (wanted.contains(PartName.COMPUTE_SERVICE)) {
                new MemoryVolume(settings, System.out).unmount();
                new Bridge(settings, System.out).remove();
            }
        }
        return 0;
    }

    @Command(name = "status", description = "Shows every part; exits with 3 unless all of them serve.")
    int status() throws IOException {
        home.create();
        List<PartStatus> rows =
                cloud(parts(Secrets.ensure(home.stasisEnv())).all()).status();
        new StatusTable(rows).print(System.out);
        if (Files.exists(lastStart())) {
            System.out.print("last start: " + Files.readString(lastStart()));
        }
        return rows.stream().allMatch(row -> row.state().serves()) ? 0 : NOT_SERVING;
    }

    @Command(name = "kafka", description = "Runs the broker in this process until it is told to stop.")
    int kafka() {
        home.create();
        new Broker(settings).run();
        return 0;
    }

    private Parts parts(Secrets secrets) {
        return new Parts(settings, secrets, Checkout.of(settings));
    }

    private Cloud cloud(List<Part> parts) {
        return new Cloud(parts, new ProcessTable(home), System.out);
    }

    private Path lastStart() {
        return home.run().resolve("last-start");
    }

    private static void refuse(Path barrier) {
        throw new LaunchException("QEMU runs as a user of its own and cannot pass through " + barrier
                + ". Choose a directory elsewhere with STASIS_HOME, or allow it: chmod o+x " + barrier);
    }

    private static Set<PartName> selection(@Nullable List<String> names) {
        return names == null || names.isEmpty()
                ? EnumSet.allOf(PartName.class)
                : EnumSet.copyOf(names.stream().map(PartName::of).toList());
    }

    private static int explain(Exception failure) {
        if (failure instanceof LaunchException) {
            System.err.println(failure.getMessage());
        } else {
            failure.printStackTrace();
        }
        return 1;
    }
}
