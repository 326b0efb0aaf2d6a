package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Broker;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Settings;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The entry behind `./dev`: starts, stops and shows the one-machine cloud.
@Command(name = "launcher", mixinStandardHelpOptions = true, description = "Runs the one-machine cloud.")
public final class Main {
    private final Settings settings;

    private Main(Settings settings) {
        this.settings = settings;
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

    @Command(name = "kafka", description = "Runs the broker in this process until it is told to stop.")
    int kafka() {
        new Broker(settings).run();
        return 0;
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
