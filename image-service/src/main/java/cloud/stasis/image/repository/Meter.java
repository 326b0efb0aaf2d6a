package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.ManifestCodec;
import cloud.stasis.image.blob.Reference;
import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.ProjectSize;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/// Finds out what each bundle takes up: by itself among the bundles of its project, together with others of them,
/// and by itself in the whole store. It reads nodes and no chunks, and each node twice for a project at most,
/// however many bundles share it; but for a bundle that is new it reads all of them once.
///
/// Memory: eight bytes for each blob of the store while it works, and a hundred for each bundle.
///
/// One replica measures at a time, since what one tells must not be older than what another told before.
public final class Meter {
    private static final Logger LOG = Logger.getLogger(Meter.class);

    /// Where the metadata of a bundle says whose it is.
    private static final String PROJECT = "project";

    /// How often it begins anew because a collection moved blobs under its hands. What it finds then is nearly right.
    private static final int ATTEMPTS = 3;

    /// Manifests of which it is remembered what they hold.
    private static final int MOST_KNOWN = 100_000;

    private final StoreState state;
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private final Map<ManifestId, ByteCount> held = new LinkedHashMap<>();

    Meter(StoreState state) {
        this.state = state;
    }

    /// A bundle came or went.
    public void changed() {
        changed.set(true);
    }

    /// Measures if anything was sealed or dropped here since the last time.
    ///
    /// @return empty if nothing was, or another replica is measuring; it is tried again the next time then
    public Optional<Measurement> measureIfChanged() {
        if (!changed.getAndSet(false)) {
            return Optional.empty();
        }
        try (UpkeepLease.Held _ = state.metering.acquire()) {
            return Optional.of(measure());
        } catch (RuntimeException e) {
            changed.set(true);
            if (e instanceof StasisException known && known.code() == ErrorCode.TOO_BUSY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Whether other replicas may have told of bundles since this one did.
    public boolean isOneOfSeveral() {
        return state.replica.others() > 0;
    }

    /// Changes nothing. Bundles that are damaged are measured as far as they are there.
    public synchronized Measurement measure() {
        long begin = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            long renumbered = state.directory.renumbered();
            Measurement found = new Pass().run();
            if (renumbered == state.directory.renumbered() || attempt == ATTEMPTS) {
                LOG.infof(
                        "Measured bundles=%s projects=%s tookMillis=%s",
                        found.bundles().size(), found.projects().size(), (System.nanoTime() - begin) / 1_000_000);
                return found;
            }
        }
    }

    private record Found(ReferenceName name, ManifestId id, Manifest manifest) {}

    private final class Pass {
        private final Holders holders = new Holders(state);

        Measurement run() {
            Map<String, List<Found>> projects = new TreeMap<>();
            for (ReferenceName.Kind kind : ReferenceName.Kind.values()) {
                state.references.names(kind).stream()
                        .flatMap(name -> visible(name).stream())
                        .forEach(found -> projects.computeIfAbsent(
                                        found.manifest.metadata().getOrDefault(PROJECT, ""), _ -> new ArrayList<>())
                                .add(found));
            }
            List<Found> order = new ArrayList<>();
            List<ProjectSize> totals = new ArrayList<>();
            projects.forEach((project, bundles) -> {
                holders.beginProject();
                bundles.forEach(bundle -> {
                    order.add(bundle);
                    walk(bundle);
                });
                projectId(project).ifPresent(id -> totals.add(new ProjectSize(id, holders.ofProject())));
            });
            List<BundleSize> sizes = new ArrayList<>();
            for (int number = 0; number < order.size(); number++) {
                sizes.add(size(order.get(number), number));
            }
            return new Measurement(sizes, totals);
        }

        private Optional<Found> visible(ReferenceName name) {
            try {
                Optional<ManifestId> id = state.references.visible(name).map(Reference::manifest);
                return id.map(known -> new Found(name, known, ManifestCodec.decode(state.manifest(known))));
            } catch (StasisException e) {
                if (!StoreState.isDamage(e)) {
                    throw e;
                }
                return Optional.empty();
            }
        }

        private void walk(Found bundle) {
            holders.beginBundle(held.containsKey(bundle.id));
            bundle.manifest.parts().forEach(part -> holders.add(part.content()));
            if (!held.containsKey(bundle.id)) {
                if (held.size() >= MOST_KNOWN) {
                    held.remove(held.keySet().iterator().next());
                }
                held.put(bundle.id, holders.ofBundle());
            }
        }

        private BundleSize size(Found bundle, int number) {
            ByteCount own = holders.own(number);
            long all = Math.max(held.getOrDefault(bundle.id, own).bytes(), own.bytes());
            return new BundleSize(
                    bundle.name,
                    projectId(bundle.manifest.metadata().getOrDefault(PROJECT, "")),
                    bundle.manifest.logicalSize(),
                    own,
                    ByteCount.ofBytes(all).minus(own),
                    holders.sole(number));
        }
    }

    /// What stands there may come from another site.
    private static Optional<ProjectId> projectId(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(new ProjectId(text));
        } catch (StasisException e) {
            return Optional.empty();
        }
    }
}
