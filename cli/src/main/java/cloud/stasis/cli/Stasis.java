package cloud.stasis.cli;

import cloud.stasis.cli.verb.Program;
import cloud.stasis.cli.verb.Surroundings;
import java.util.List;

/// The process.
public final class Stasis {
    private Stasis() {}

    public static void main(String[] arguments) {
        int status = new Program(Surroundings.ofProcess()).run(List.of(arguments));
        System.out.flush();
        System.err.flush();
        System.exit(status);
    }
}
