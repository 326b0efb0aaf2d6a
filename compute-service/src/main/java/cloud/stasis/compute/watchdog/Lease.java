package cloud.stasis.compute.watchdog;

import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.time.Duration;

/// What holds a protected guest to two promises, whatever becomes of this process: it does not stay paused for an
/// epoch, and it does not run for longer than [#TERM] after anybody else last heard of this host, since its standby
/// may have taken over by then.
public interface Lease {
    /// Whoever takes over without having fenced the source waits for longer than this.
    Duration TERM = Duration.ofSeconds(15);

    /// Begins. What a former process left is void.
    ///
    /// @param marker made when the guest is paused because nothing was renewed
    Held begin(InstanceId instance, Path marker);

    interface Held extends AutoCloseable {
        /// The guest is about to be paused for a moment.
        void pauses();

        /// It goes on, unless it has been made to.
        void goesOn();

        /// Somebody has heard of this host.
        void renew();

        /// The guest is nobody's business any more.
        @Override
        void close();
    }

    /// For machines that die with this process.
    Lease NONE = (instance, marker) -> new Held() {
        @Override
        public void pauses() {}

        @Override
        public void goesOn() {}

        @Override
        public void renew() {}

        @Override
        public void close() {}
    };
}
