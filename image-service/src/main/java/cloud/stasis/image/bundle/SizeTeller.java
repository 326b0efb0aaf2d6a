package cloud.stasis.image.bundle;

import cloud.stasis.bus.FactPublisher;
import cloud.stasis.image.repository.Measurement;
import cloud.stasis.image.repository.Meter;
import cloud.stasis.messages.BundleSize;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.ProjectSize;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StoreId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Tells the gateway what bundles take up, soon after some came or went. For one thread.
public final class SizeTeller {
    /// After a measurement it rests so many times as long as that took.
    private static final int REST = 10;

    private final StoreId store;
    private final Meter meter;
    private final FactPublisher facts;
    private Map<ReferenceName, BundleSize> told = Map.of();
    private Map<ProjectId, ByteCount> toldOfProjects = Map.of();
    private long restedAtNanos = System.nanoTime();

    public SizeTeller(StoreId store, Meter meter, FactPublisher facts) {
        this.store = store;
        this.meter = meter;
        this.facts = facts;
    }

    /// To be called often.
    public void look() {
        long begin = System.nanoTime();
        if (begin - restedAtNanos < 0) {
            return;
        }
        meter.measureIfChanged().ifPresent(found -> {
            try {
                tell(found);
            } catch (RuntimeException e) {
                meter.changed();
                throw e;
            }
        });
        long end = System.nanoTime();
        restedAtNanos = end + Duration.ofNanos(end - begin).multipliedBy(REST).toNanos();
    }

    private void tell(Measurement found) {
        // What others told meanwhile may be something else.
        boolean isAlone = !meter.isOneOfSeveral();
        List<BundleSize> bundles = found.bundles().stream()
                .filter(size -> !isAlone || !Objects.equals(size, told.get(size.reference())))
                .toList();
        Map<ProjectId, ByteCount> totals = new HashMap<>();
        // Those of which nothing is left have to be told of too.
        toldOfProjects.keySet().forEach(project -> totals.put(project, ByteCount.ZERO));
        found.projects().forEach(size -> totals.put(size.project(), size.stored()));
        List<ProjectSize> projects = totals.entrySet().stream()
                .filter(total -> !isAlone || !Objects.equals(total.getValue(), toldOfProjects.get(total.getKey())))
                .map(total -> new ProjectSize(total.getKey(), total.getValue()))
                .toList();
        int most = Fact.StoreMeasured.MOST;
        for (int at = 0; at < Math.max(bundles.size(), projects.size()); at += most) {
            facts.publish(new Fact.StoreMeasured(store, page(bundles, at, most), page(projects, at, most)), "");
        }
        Map<ReferenceName, BundleSize> sizes = new HashMap<>();
        found.bundles().forEach(size -> sizes.put(size.reference(), size));
        told = sizes;
        totals.values().removeIf(ByteCount::isZero);
        toldOfProjects = totals;
    }

    private static <T> List<T> page(List<T> all, int at, int most) {
        return all.subList(Math.min(at, all.size()), Math.min(at + most, all.size()));
    }
}
