package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Lets only so many hashes be computed at a time, because each holds a processor: a flood of logins must not stop
/// the requests of those who are logged in.
public final class BoundedPasswords implements Passwords {
    /// A login that waits longer than this is told to come back.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Passwords passwords;
    private final Semaphore places;

    public BoundedPasswords(Passwords passwords, int atOnce) {
        this.passwords = passwords;
        this.places = new Semaphore(atOnce, true);
    }

    @Override
    public PasswordHash hash(String password) {
        return bounded(() -> passwords.hash(password));
    }

    @Override
    public boolean matches(String password, PasswordHash hash) {
        return bounded(() -> passwords.matches(password, hash));
    }

    private <T> T bounded(Supplier<T> work) {
        try {
            if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StasisException(ErrorCode.TOO_BUSY, "Too many logins at once. Try again later.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.TOO_BUSY, "The gateway is stopping. Try again later.");
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
