package cloud.stasis.compute.store;

import cloud.stasis.chunks.ContentStore;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A store that is read for longer than a capability lives: it is opened anew now and then.
final class RecentStore implements Supplier<ContentStore> {
    /// Much shorter than a capability lives, much longer than what a store remembers is worth.
    private static final Duration ANEW_AFTER = Duration.ofMinutes(15);

    private final BaseStreams.Opener opener;
    private final URI where;
    private @Nullable ContentStore open;
    private long since;

    RecentStore(BaseStreams.Opener opener, URI where) {
        this.opener = opener;
        this.where = where;
    }

    @Override
    public synchronized ContentStore get() {
        ContentStore current = open;
        if (current == null || System.nanoTime() - since > ANEW_AFTER.toNanos()) {
            current = opener.open(where);
            open = current;
            since = System.nanoTime();
        }
        return current;
    }
}
