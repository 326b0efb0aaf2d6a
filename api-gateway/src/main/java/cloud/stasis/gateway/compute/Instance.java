package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One server, as read from its row.
///
/// @param spec what its machine is made of now
/// @param host where it is; empty if no host took it
/// @param position the snapshot that its history continues from
public record Instance(
        InstanceId id,
        ProjectId project,
        UserId user,
        Profile profile,
        Flavor flavor,
        InstanceSpec spec,
        Optional<SourceImage> image,
        Optional<HostId> host,
        InstanceState state,
        Optional<SnapshotId> position,
        Life life) {

    /// @param launchedAt when it first ran
    public record Life(
            Instant createdAt, Instant updatedAt, Optional<Instant> launchedAt, Optional<Instant> deletedAt) {
        public static Life begunAt(Instant now) {
            return new Life(now, now, Optional.empty(), Optional.empty());
        }

        Life updated(Instant now) {
            return new Life(createdAt, now, launchedAt, deletedAt);
        }
    }

    public Instance in(InstanceState next, Instant now) {
        return new Instance(id, project, user, profile, flavor, spec, image, host, next, position, life.updated(now));
    }

    public Instance described(Profile next, Instant now) {
        return new Instance(id, project, user, next, flavor, spec, image, host, state, position, life.updated(now));
    }

    /// It runs for the first time.
    public Instance launched(PowerState power, Instant now) {
        Life launched = new Life(life.createdAt(), now, Optional.of(now), Optional.empty());
        return new Instance(
                id, project, user, profile, flavor, spec, image, host, state.toReady(power), position, launched);
    }

    public Instance deleted(Instant now) {
        Life over = new Life(life.createdAt(), now, life.launchedAt(), Optional.of(now));
        return new Instance(id, project, user, profile, flavor, spec, image, host, state.toIdle(), position, over);
    }

    /// Its history continues from this snapshot from now on.
    public Instance at(Optional<SnapshotId> snapshot, Instant now) {
        return new Instance(id, project, user, profile, flavor, spec, image, host, state, snapshot, life.updated(now));
    }

    /// Made anew: its history begins again.
    public Instance rebuilt(InstanceSpec next, SourceImage source, Instant now) {
        return new Instance(
                id,
                project,
                user,
                profile,
                flavor,
                next,
                Optional.of(source),
                host,
                state,
                Optional.empty(),
                life.updated(now));
    }

    /// Taken off its host.
    ///
    /// @param next what its machine will be made of when it is put on one again
    /// @param shelf the image with its own disks; empty if it has none
    public Instance shelved(InstanceSpec next, Optional<ImageId> shelf, Instant now) {
        return new Instance(
                id,
                project,
                user,
                profile,
                flavor,
                next,
                image,
                Optional.empty(),
                state.toShelved(shelf),
                position,
                life.updated(now));
    }

    /// Of another flavor.
    ///
    /// @param size which may differ from what the flavor says
    public Instance sized(Flavor other, Size size, Instant now) {
        return new Instance(
                id, project, user, profile, other, spec.sized(size), image, host, state, position, life.updated(now));
    }

    /// @param next where its machine will be; empty if nowhere
    public Instance placed(Optional<HostId> next, Instant now) {
        return new Instance(id, project, user, profile, flavor, spec, image, next, state, position, life.updated(now));
    }

    public Instance madeOf(InstanceSpec next, Instant now) {
        return new Instance(id, project, user, profile, flavor, next, image, host, state, position, life.updated(now));
    }

    /// @throws StasisException `WRONG_STATE` if it is locked and the caller is held by that
    public void requireUnlocked(Caller caller) {
        if (profile.lock().isPresent() && !caller.isAdmin()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "Instance " + id + " is locked");
        }
    }

    /// Where the operation is carried out.
    ///
    /// @throws StasisException `WRONG_STATE` if no host has it
    public HostId hostFor(Operation operation) {
        return host.orElseThrow(() -> new StasisException(
                ErrorCode.WRONG_STATE,
                "Cannot '" + operation.verb() + "' instance " + id + " because no host has it."));
    }

    public boolean isDeleted() {
        return life.deletedAt().isPresent();
    }

    public ServerStatus status() {
        return isDeleted() ? ServerStatus.DELETED : state.status();
    }

    /// What it takes of its host and counts towards quotas. As long as it may have its former size back that is
    /// reserved, too, and so is the size that it is about to get.
    public Load load() {
        return Stream.concat(state.former().map(InstanceState.Former::size).stream(), state.growth().stream())
                .map(Instance::load)
                .reduce(load(spec.size()), Load::atLeast);
    }

    /// Of a server of this size.
    public static Load load(Size size) {
        return new Load(1, size.vcpus(), size.memory());
    }

    /// About to become of another size by what is being done with it. Its flavor and its size stay what they are
    /// until then, but what it counts ([#load]) does not.
    public Instance growing(Size next) {
        return new Instance(id, project, user, profile, flavor, spec, image, host, state.growing(next), position, life);
    }

    /// The disks that are volumes.
    public List<DiskSpec> volumeDisks() {
        return spec.disks().stream()
                .filter(disk -> disk.source() instanceof DiskSource.Volume)
                .toList();
    }

    /// Whether its root disk is a volume.
    public boolean isVolumeBacked() {
        return !spec.disks().isEmpty() && spec.disks().getFirst().source() instanceof DiskSource.Volume;
    }
}
