package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.image.Uploads;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/// Looks after uploads that nobody carries any more, at start and from then on. Every gateway does; the table sees
/// to it that each is ended once.
@ApplicationScoped
class UploadReaper {
    private static final Logger LOG = Logger.getLogger(UploadReaper.class);

    private final Uploads uploads;
    private final Vertx vertx;
    private long timer = -1;

    UploadReaper(Uploads uploads, Vertx vertx) {
        this.uploads = uploads;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        look();
        timer = vertx.setPeriodic(
                Uploads.LEASE.toMillis() / 2,
                _ -> vertx.executeBlocking(() -> {
                    look();
                    return timer;
                }));
    }

    void stop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
    }

    private void look() {
        try {
            int queued = uploads.endOverdue();
            if (queued > 0) {
                LOG.infof("Queued images whose upload had died count=%s", queued);
            }
        } catch (RuntimeException e) {
            LOG.warn("Overdue uploads could not be looked at, will be next time", e);
        }
    }
}
