package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.process.Launch;
import cloud.stasis.launcher.settings.Port;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// One process of the cloud.
///
/// @param prepare makes what the process needs (a database's files, for instance) and says how to run it;
/// called        right before each start @param ports what it listens on, so that a taken port is noticed
/// before the start @param sharing whether somebody else's running one does as well
public record Part(
        PartName name,
        Supplier<Launch> prepare,
        List<Port> ports,
        Readiness readiness,
        Sharing sharing,
        Duration startDeadline,
        Duration stopGrace) {

    public enum Sharing {
        /// This cloud's own.
        OWN,
        /// One per machine: used as it is when it already runs, and then never stopped by us.
        MACHINE
    }

    public Part {
        ports = List.copyOf(ports);
    }

    /// The same part, which is asked in another way whether it does its work.
    Part when(Readiness other) {
        return new Part(name, prepare, ports, other, sharing, startDeadline, stopGrace);
    }

    /// The same part, for which something else is made first.
    Part after(Runnable first) {
        Supplier<Launch> both = () -> {
            first.run();
            return prepare.get();
        };
        return new Part(name, both, ports, readiness, sharing, startDeadline, stopGrace);
    }
}
