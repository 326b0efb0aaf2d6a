package cloud.stasis.cli.verb;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.follow.Follower;
import cloud.stasis.cli.http.Trace;
import cloud.stasis.cli.http.Wire;
import cloud.stasis.cli.login.Session;
import cloud.stasis.cli.login.Settings;
import cloud.stasis.cli.login.SettingsReader;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.ProgressView;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.screen.Terminal;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What verbs work with. Made when a verb asks for it, after the options have been read: `stasis version` needs no
/// login.
public final class Tools {
    private final Surroundings surroundings;
    private final GlobalOptions options;
    private @Nullable Cloud cloud;

    Tools(Surroundings surroundings, GlobalOptions options) {
        this.surroundings = surroundings;
        this.options = options;
    }

    public Cloud cloud() {
        if (cloud == null) {
            Settings settings =
                    new SettingsReader(surroundings.environment()).read(options.parameters(), options.insecure());
            Wire wire = new Wire(settings.trust(), options.debug() ? trace() : Trace.NONE);
            cloud = Cloud.of(
                    new Session(settings, wire, cacheDirectory(), surroundings.prompt(), surroundings.clock()));
        }
        return cloud;
    }

    public Output output() {
        return new Output(terminal(), options.format());
    }

    public Follower follower() {
        return new Follower(cloud(), terminal(), surroundings.clock(), surroundings.pace(), surroundings.interrupts());
    }

    public ProgressView progress(String title) {
        return ProgressView.of(terminal(), surroundings.clock(), title);
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    public Terminal terminal() {
        Terminal terminal = surroundings.terminal();
        if (options.maxWidth() <= 0) {
            return terminal;
        }
        Terminal.Features f = terminal.features();
        return new Terminal(
                terminal.out(),
                terminal.err(),
                new Terminal.Features(true, f.errMoves(), f.colour(), f.unicode(), options.maxWidth()));
    }

    private Optional<Path> cacheDirectory() {
        boolean off = surroundings
                .environment()
                .variable("STASIS_TOKEN_CACHE")
                .filter("off"::equals)
                .isPresent();
        return options.cached() && !off
                ? Optional.of(surroundings.environment().cacheHome().resolve("stasis/logins"))
                : Optional.empty();
    }

    private Trace trace() {
        return (request, status, took, requestId) -> surroundings
                .terminal()
                .err()
                .println(SafeText.line(request + " -> " + status + " in " + took.toMillis() + " ms"
                        + (requestId.isEmpty() ? "" : " (" + requestId + ")")));
    }
}
