package cloud.stasis.compute.devices;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Asks a guest for a device, again and again, until it lets it go or the deadline passes.
public record Unplugging(Duration deadline) {
    /// A guest that boots listens only when its kernel is up.
    public static final Unplugging USUAL = new Unplugging(Duration.ofSeconds(90));

    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    /// @param what the device, and what a tenant can do about it, for the message
    /// @throws StasisException `GUEST_REFUSED` if it does not in time
    public void until(BooleanSupplier gone, Runnable ask, String what) {
        long end = System.nanoTime() + deadline.toNanos();
        long next = System.nanoTime();
        while (!gone.getAsBoolean()) {
            long now = System.nanoTime();
            if (now > end) {
                throw new StasisException(
                        ErrorCode.GUEST_REFUSED,
                        "the guest did not let " + what.formatted("go within " + deadline.toSeconds() + " s"));
            }
            if (now >= next) {
                ask.run();
                next = now + ASK_AGAIN.toNanos();
            } else {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while a guest is asked for a device", e);
        }
    }
}
