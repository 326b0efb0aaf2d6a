package cloud.stasis.disks;

import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a process is started that must outlive this one.
///
/// On a host that is nothing special: who kills this process, or all of its process group, kills nothing else. A
/// container is killed with everything in it. There a program of the operator moves what is named behind it out of the
/// container, and becomes it: its process id, standard input and output stay, since the watchdog finds by them
/// that its agent has died.
///
/// @param mover the program, if one is needed
public record Outliving(Optional<Path> mover) {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /// Where only this process is killed.
    public static final Outliving HERE = new Outliving(Optional.empty());

    public Outliving {
        mover.filter(program -> !program.isAbsolute()).ifPresent(program -> {
            throw new IllegalArgumentException("not an absolute path: " + program);
        });
    }

    /// Moves something that does nothing, before anything depends on it: a watchdog that cannot be moved is none,
    /// and nobody would notice before a guest stands still.
    ///
    /// @throws StasisException if nothing can be moved
    public void tryOut() {
        if (mover.isPresent()) {
            Program.run(DEADLINE, command(List.of("true")));
        }
    }

    /// What to start, so that this command outlives us.
    public List<String> command(List<String> command) {
        List<String> moved = new ArrayList<>();
        mover.ifPresent(program -> moved.add(program.toString()));
        moved.addAll(command);
        return List.copyOf(moved);
    }
}
