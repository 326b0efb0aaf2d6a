package cloud.stasis.launcher.process;

import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// One launcher at a time starts or stops things in a home. The kernel drops the lock with the process.
public final class HomeLock implements AutoCloseable {
    /// Longer than any start of another launcher may take.
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static final Duration POLL = Duration.ofMillis(200);

    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    public static HomeLock take(Home home) {
        Path file = home.run().resolve("lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!Waiting.until(DEADLINE, POLL, () -> locked(channel))) {
                channel.close();
                throw new LaunchException("Another launcher has been at work in " + home.root() + " for "
                        + DEADLINE.toMinutes() + " minutes. See who holds " + file + " (fuser), or try again.");
            }
            return new HomeLock(channel);
        } catch (IOException e) {
            throw new LaunchException("Cannot lock " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LaunchException("Cannot unlock the home: " + e, e);
        }
    }

    private static boolean locked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (IOException e) {
            throw new LaunchException("Cannot lock the home: " + e, e);
        }
    }
}
