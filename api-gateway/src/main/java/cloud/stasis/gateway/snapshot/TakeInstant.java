package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.gateway.snapshot.SharedInstant.Measured;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Takes a snapshot of each of several servers at one instant: all stand still before the first goes on.
///
/// Servers of one host are frozen, cut and let go in one step of its agent. Those of several
/// hosts are held by each until all have cut, under one deadline, and then let go; if one of them
/// was not held that long, the instant is void. The bytes follow, one server after the other.
/// With the last seal there is no way back: all snapshots are `available`, each like any other.
/// Before that, any failure removes every trace of all of them, and the job keeps the reason.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | cut-1 | agent | CutTogether | ReleaseTogether(ABANDONED) |
/// | or cut-1 ... h | agent of each host | CutTogether, held | ReleaseTogether(ABANDONED) |
/// | and release-1 ... h | agent of each host | ReleaseTogether(SEALED) | none: the cut's does it |
/// | upload-1 ... n | agent | UploadSnapshot | none: the cut's does it |
/// | seal-1 ... n (the last is the commit point) | image service | SealBundle | DropReference |
/// | settle-1 ... n | agent | SettleCapture(SEALED) | none |
public final class TakeInstant implements Saga<TakeInstant.Data> {
    private final InstanceTurns instances;
    private final SnapshotRows snapshots;
    private final InstantRows instants;
    private final Grants grants;
    private final Outbox outbox;
    private final Verdicts verdicts;
    private final Clock clock;

    public TakeInstant(
            InstanceTurns instances,
            SnapshotRows snapshots,
            InstantRows instants,
            Grants grants,
            Outbox outbox,
            Verdicts verdicts,
            Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.instants = instants;
        this.grants = grants;
        this.outbox = outbox;
        this.verdicts = verdicts;
        this.clock = clock;
    }

    /// @param members in the order in which their rows are locked
    /// @param cuts what each host told of its servers
    public record Data(InstantId instant, Asked asked, List<Member> members, List<CommandResult.CutTogether> cuts) {
        public Data {
            members = List.copyOf(members);
            cuts = List.copyOf(cuts);
        }

        static Data of(InstantId instant, Asked asked, List<Member> members) {
            return new Data(instant, asked, members, List.of());
        }

        Map<HostId, List<Member>> byHost() {
            Map<HostId, List<Member>> found = new LinkedHashMap<>();
            members.forEach(member -> found.computeIfAbsent(member.host(), host -> new ArrayList<>())
                    .add(member));
            return found;
        }

        Data cut(CommandResult.CutTogether result) {
            List<CommandResult.CutTogether> all = new ArrayList<>(cuts);
            all.add(result);
            return new Data(instant, asked, members, all);
        }

        Data with(int at, Member member) {
            List<Member> all = new ArrayList<>(members);
            all.set(at, member);
            return new Data(instant, asked, all, cuts);
        }

        /// Within one host by what its agent measured, since clocks are set now and then.
        Measured measured() {
            List<Instant> stood = cuts.stream()
                    .flatMap(cut -> cut.instants().stream())
                    .map(CommandResult.MemberInstant::at)
                    .sorted()
                    .toList();
            Duration skew =
                    cuts.size() == 1 ? cuts.getFirst().skew() : Duration.between(stood.getFirst(), stood.getLast());
            return new Measured(stood.getFirst(), cuts.size(), skew);
        }

        Manifest manifest(Member member) {
            CommandResult.Captured bytes = member.captured().orElseThrow();
            Measured how = measured();
            return new Manifest(
                    Manifest.CURRENT_VERSION,
                    ReferenceName.Kind.SNAPSHOT,
                    Optional.of(member.instance()),
                    bytes.takenAt(),
                    member.origin().parent(),
                    bytes.parts(),
                    Optional.of(bytes.receipt()
                            .with(new Receipt.Together(instant.value(), members.size(), how.hosts(), how.skew()))),
                    member.origin().metadata());
        }
    }

    /// One server and the snapshot of it.
    ///
    /// @param captured what the agent brought
    /// @param sealed the bundle's name
    public record Member(
            SnapshotId snapshot,
            InstanceId instance,
            HostId host,
            TakeSnapshot.Origin origin,
            Optional<CommandResult.Captured> captured,
            Optional<ManifestId> sealed) {
        static Member of(Snapshot snapshot, HostId host, TakeSnapshot.Origin origin) {
            return new Member(snapshot.id(), snapshot.instance(), host, origin, Optional.empty(), Optional.empty());
        }

        Member capturing(CommandResult.Captured result) {
            return new Member(snapshot, instance, host, origin, Optional.of(result), sealed);
        }

        Member sealing(CommandResult.Sealed result) {
            return new Member(snapshot, instance, host, origin, captured, Optional.of(result.manifest()));
        }
    }

    @Override
    public String name() {
        return "take-instant";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>(data.byHost().size() == 1 ? alone(data) : held(data));
        for (int at = 0; at < data.members().size(); at++) {
            steps.add(upload(at));
        }
        for (int at = 0; at < data.members().size(); at++) {
            Step<Data> seal = seal(at);
            steps.add(at == data.members().size() - 1 ? seal.committing() : seal);
        }
        for (int at = 0; at < data.members().size(); at++) {
            int of = at;
            steps.add(Step.of(
                    "settle-" + (at + 1), known -> settle(known.members().get(of))));
        }
        return steps;
    }

    private static List<Step<Data>> alone(Data data) {
        HostId host = data.members().getFirst().host();
        return List.of(Step.<Data>of("cut-1", known -> together(known, host, Hold.NONE))
                .bringing(CommandResult.CutTogether.class, Data::cut)
                .undoneBy(known -> release(known, host, Settlement.ABANDONED)));
    }

    private static List<Step<Data>> held(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        List<HostId> hosts = List.copyOf(data.byHost().keySet());
        for (HostId host : hosts) {
            steps.add(Step.<Data>of("cut-" + (steps.size() + 1), known -> together(known, host, Hold.UNTIL_RELEASED))
                    .undoneBy(known -> release(known, host, Settlement.ABANDONED)));
        }
        for (HostId host : hosts) {
            steps.add(Step.<Data>of(
                            "release-" + (steps.size() - hosts.size() + 1),
                            known -> release(known, host, Settlement.SEALED))
                    .bringing(CommandResult.CutTogether.class, Data::cut));
        }
        return steps;
    }

    private Step<Data> upload(int at) {
        Function<Data, Request> request = known -> {
            Member member = known.members().get(at);
            return new Request(
                    Topics.commands(member.host()),
                    new ComputeCommand.UploadSnapshot(
                            member.instance(), member.snapshot(), grants.toWrite(ReferenceName.of(member.snapshot()))));
        };
        return Step.of("upload-" + (at + 1), request)
                .bringing(
                        CommandResult.Captured.class,
                        (known, result) ->
                                known.with(at, known.members().get(at).capturing(result)));
    }

    private Step<Data> seal(int at) {
        Function<Data, Request> request = known -> {
            Member member = known.members().get(at);
            return new Request(
                    outbox.imageTopic(),
                    new ImageCommand.SealBundle(ReferenceName.of(member.snapshot()), known.manifest(member)));
        };
        return Step.of("seal-" + (at + 1), request)
                .bringing(
                        CommandResult.Sealed.class,
                        (known, result) ->
                                known.with(at, known.members().get(at).sealing(result)))
                .undoneBy(known -> new Request(
                        outbox.imageTopic(),
                        new ImageCommand.DropReference(
                                ReferenceName.of(known.members().get(at).snapshot()))));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        run.data().members().forEach(member -> instances.phase(member.instance(), run.id(), phase));
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.value().equals("seal-" + run.data().members().size())) {
            sealed(run);
        }
    }

    private void sealed(Run<Data> run) {
        Data data = run.data();
        Instant now = clock.instant();
        instants.measured(data.instant(), data.measured());
        for (Member member : data.members()) {
            SealedBundle bundle = new SealedBundle(member.sealed().orElseThrow(), data.manifest(member));
            Optional<Snapshot> taken = snapshots.lock(member.snapshot()).map(snapshot -> snapshot.holding(bundle, now)
                    .in(new SnapshotState.Available(), now));
            taken.ifPresent(snapshots::save);
            instances.change(member.instance(), run.id(), instance -> instance.at(Optional.of(member.snapshot()), now));
            taken.ifPresent(snapshot -> snapshots.judge(snapshot.id(), verdicts.first(snapshot)));
            instances.phase(member.instance(), run.id(), Phase.SETTLING);
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        idle(run);
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        run.data().members().forEach(member -> snapshots.remove(member.snapshot()));
        instants.removeIfEmpty(run.data().instant());
        idle(run);
    }

    /// Past the last seal the snapshots are good and only a host was not told.
    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        for (Member member : run.data().members()) {
            snapshots
                    .lock(member.snapshot())
                    .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                    .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Failed(), clock.instant())));
        }
        idle(run);
    }

    private void idle(Run<Data> run) {
        run.data().members().forEach(member -> instances.idle(member.instance(), run.id()));
    }

    private static Request together(Data data, HostId host, Hold hold) {
        List<Cut> cuts = cuts(data, host);
        return new Request(
                Topics.commands(host),
                new ComputeCommand.CutTogether(
                        cuts.getFirst().instance(),
                        data.instant().value(),
                        cuts,
                        data.asked().quiesce(),
                        hold));
    }

    private static Request release(Data data, HostId host, Settlement settlement) {
        List<Cut> cuts = cuts(data, host);
        return new Request(
                Topics.commands(host),
                new ComputeCommand.ReleaseTogether(
                        cuts.getFirst().instance(), data.instant().value(), cuts, settlement));
    }

    private static List<Cut> cuts(Data data, HostId host) {
        return data.byHost().getOrDefault(host, List.of()).stream()
                .<Cut>map(member -> new Cut.WholeInstance(
                        member.instance(), member.snapshot(), data.asked().memory()))
                .toList();
    }

    private static Request settle(Member member) {
        return new Request(
                Topics.commands(member.host()),
                new ComputeCommand.SettleCapture(
                        member.instance(), member.snapshot().value(), Settlement.SEALED));
    }
}
