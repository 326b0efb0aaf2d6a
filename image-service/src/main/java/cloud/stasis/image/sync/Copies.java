package cloud.stasis.image.sync;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Copies what was chosen from one site to another, with all that it needs.
///
/// A bundle needs its parent, so that its tree is known on the other side and only what differs is compared; and the
/// bundles that its metadata names under `needs`, such as the image of its kernel. What is needed goes first. What
/// neither side has is named in the result, and no reason to stop: a bundle is whole without it.
public final class Copies {
    /// In its metadata: names of bundles with spaces between them.
    public static final String NEEDS = "needs";

    private static final Logger LOG = Logger.getLogger(Copies.class);

    /// Who wants more chooses twice.
    private static final int MAX_BUNDLES = 20_000;

    /// Named in one result.
    private static final int MAX_ABSENT = 50;

    private final Repository repository;
    private final Peers peers;
    private final Announcer announcer;

    public Copies(Repository repository, Peers peers, Announcer announcer) {
        this.repository = repository;
        this.peers = peers;
        this.announcer = announcer;
    }

    /// @throws StasisException `OBJECT_NOT_FOUND` if there is nothing of what was chosen
    public CommandResult.Copied run(ImageCommand.CopyBundles order, CommandContext context) {
        CopyProgress progress = new CopyProgress(context);
        LocalSite here = new LocalSite(repository);
        Site there = peers.open(order.peer());
        return switch (order.direction()) {
            case PULL -> new Run(order, there, here, here, progress).copy();
            case PUSH -> new Run(order, here, there, here, progress).copy();
        };
    }

    private record Planned(ReferenceName name, ManifestId manifest, ByteCount size) {}

    /// One order.
    private final class Run {
        private final ImageCommand.CopyBundles order;
        private final Site from;
        private final Site to;
        private final Site here;
        private final CopyProgress progress;
        private final Set<ReferenceName> seen = new HashSet<>();
        private final List<Planned> plan = new ArrayList<>();
        private final List<String> absent = new ArrayList<>();
        private Optional<Map<ManifestId, ReferenceName>> byManifest = Optional.empty();

        Run(ImageCommand.CopyBundles order, Site from, Site to, Site here, CopyProgress progress) {
            this.order = order;
            this.from = from;
            this.to = to;
            this.here = here;
            this.progress = progress;
        }

        CommandResult.Copied copy() {
            chosen().forEach(this::add);
            progress.begin(plan.stream().map(Planned::size).reduce(ByteCount.ZERO, ByteCount::plus));
            Pace pace = Pace.of(order.bytesPerSecond());
            int copied = 0;
            for (Planned next : plan) {
                copied += copy(next, pace) ? 1 : 0;
            }
            LOG.infof(
                    "Copied bundles peer=%s direction=%s bundles=%d present=%d blobs=%d bytes=%d",
                    order.peer(),
                    order.direction(),
                    copied,
                    plan.size() - copied,
                    progress.blobs(),
                    progress.travelled().bytes());
            return new CommandResult.Copied(
                    copied, plan.size() - copied, progress.blobs(), progress.travelled(), absent);
        }

        private boolean copy(Planned next, Pace pace) {
            boolean copied;
            try {
                copied = new Copy(next.name(), from, to, here, progress).run(next.manifest(), pace);
            } catch (StasisException e) {
                if (!e.kind().isRetryable()) {
                    to.abandon(next.name());
                }
                throw e;
            }
            if (!copied) {
                progress.settled(next.size());
            }
            if (order.direction() == CopyDirection.PULL) {
                // Also what was here: the process may have died before it could say so.
                announcer.found(order.key(), next.name(), order.assigned());
            }
            return copied;
        }

        private List<ReferenceName> chosen() {
            BundleChoice choice = order.choice();
            List<ReferenceName> chosen = choice.bundles().isEmpty()
                    ? from.bundles().stream()
                            .filter(label -> label.isMeantBy(choice))
                            .map(BundleLabel::reference)
                            .toList()
                    : choice.bundles();
            if (chosen.isEmpty()) {
                throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "there is no such bundle");
            }
            return chosen;
        }

        /// With all that it needs before it. Not by recursion: a history may be long.
        private void add(ReferenceName chosen) {
            if (from.reference(chosen).isEmpty()) {
                throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "there is no bundle " + chosen);
            }
            Deque<Planned> waiting = new ArrayDeque<>();
            Deque<ReferenceName> asked = new ArrayDeque<>(List.of(chosen));
            while (!asked.isEmpty()) {
                ReferenceName name = asked.pop();
                if (!waiting.isEmpty() && waiting.peek().name().equals(name)) {
                    plan.add(waiting.pop());
                } else if (seen.add(name)) {
                    progress.checkCancelled();
                    if (seen.size() > MAX_BUNDLES) {
                        throw new StasisException(
                                ErrorCode.INVALID_REQUEST,
                                "this means more than " + MAX_BUNDLES + " bundles: choose fewer at a time");
                    }
                    Optional<ManifestId> id = from.reference(name);
                    if (id.isPresent()) {
                        Manifest manifest = Copy.decode(name, id.get(), from.manifest(id.get()));
                        waiting.push(new Planned(name, id.get(), manifest.logicalSize()));
                        asked.push(name);
                        needs(name, manifest).forEach(asked::push);
                    } else if (to.reference(name).isEmpty()) {
                        lacks(name.toString());
                    }
                }
            }
        }

        /// Whatever a bundle says, none needs the state of a control plane.
        private List<ReferenceName> needs(ReferenceName name, Manifest manifest) {
            List<ReferenceName> needs = new ArrayList<>();
            for (String text : manifest.metadata().getOrDefault(NEEDS, "").split(" ")) {
                if (!text.isEmpty()) {
                    needs.add(BundleNames.parse(text));
                }
            }
            needs.removeIf(needed -> needed.kind() == ReferenceName.Kind.STATE);
            manifest.parent().ifPresent(parent -> {
                ReferenceName known = byManifest().get(parent);
                if (known == null) {
                    lacks("the parent " + parent + " of " + name);
                } else {
                    needs.add(known);
                }
            });
            return needs;
        }

        private Map<ManifestId, ReferenceName> byManifest() {
            if (byManifest.isEmpty()) {
                Map<ManifestId, ReferenceName> found = new HashMap<>();
                from.bundles().forEach(label -> found.put(label.manifest(), label.reference()));
                byManifest = Optional.of(found);
            }
            return byManifest.get();
        }

        private void lacks(String what) {
            if (absent.size() < MAX_ABSENT) {
                absent.add(what);
            }
        }
    }
}
