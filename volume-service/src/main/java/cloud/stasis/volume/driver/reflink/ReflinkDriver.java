package cloud.stasis.volume.driver.reflink;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.disks.Reflink;
import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Adopting;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Exporting;
import cloud.stasis.volume.driver.Filling;
import cloud.stasis.volume.driver.Growing;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.home.Adoption;
import cloud.stasis.volume.driver.home.Adoption.Form;
import cloud.stasis.volume.driver.home.VolumeHomes;
import cloud.stasis.volume.driver.reflink.ReflinkState.Held;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Volumes as raw files that share blocks. Everything but a fill is metadata, whatever the size, and
/// what is made of a qcow2 file.
public final class ReflinkDriver implements VolumeDriver, Copying, Growing, Snapshotting, Filling, Exporting, Adopting {
    private final VolumeHomes homes;
    private final Adoption adoption;
    private final QcowLayers layers;

    /// @throws StasisException `INVALID_REQUEST` if files of the directory cannot share blocks
    public ReflinkDriver(Path directory, QcowLayers layers) {
        this.homes = new VolumeHomes(directory, layers);
        this.adoption = new Adoption(directory, homes);
        this.layers = layers;
        if (!Reflink.isPossibleIn(directory)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "files in " + directory + " cannot share blocks: mount XFS or btrfs there, or choose qcow2dir");
        }
    }

    @Override
    public void create(VolumeId volume, ByteCount size) {
        if (!homes.isMade(volume, size)) {
            Path home = HostFiles.directory(homes.of(volume));
            ReflinkVolume.raw(home).make(size);
            ReflinkVolume.make(home, layers, Held.zeros(size));
        }
    }

    @Override
    public void delete(VolumeId volume) {
        homes.delete(volume);
    }

    @Override
    public void copy(VolumeId volume, ByteCount size, VolumeId source, Optional<SnapshotId> snapshot) {
        if (homes.isMade(volume, size)) {
            return;
        }
        ReflinkVolume from = snapshot.isPresent() ? open(source) : rested(source);
        if (size.compareTo(homes.open(source).size()) < 0 && snapshot.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a copy is not smaller than what it is a copy of");
        }
        HostFiles.deleteTree(homes.draft(volume));
        Path draft = HostFiles.directory(homes.draft(volume));
        Held held = from.copyTo(ReflinkVolume.raw(draft), size, snapshot);
        ReflinkVolume.make(draft, layers, held);
        homes.settle(volume);
    }

    @Override
    public void fill(VolumeId volume, ByteCount size, Content content, Download download) {
        boolean isThere = homes.isMade(volume, size);
        Path home = HostFiles.directory(homes.of(volume));
        Optional<ReflinkVolume> there = isThere ? Optional.of(rested(volume)) : Optional.empty();
        RawFile draft = ReflinkVolume.raw(home).draft();
        download.into(draft.path());
        draft.resize(size);
        Held held = Held.equalTo(content, size);
        if (there.isPresent()) {
            there.get().replace(draft, held);
        } else {
            draft.replace(ReflinkVolume.raw(home));
            ReflinkVolume.make(home, layers, held);
        }
    }

    @Override
    public void grow(VolumeId volume, ByteCount size) {
        VolumeHomes.requirePossible(size);
        rested(volume).grow(size);
    }

    @Override
    public void snapshot(VolumeId volume, SnapshotId snapshot) {
        if (!open(volume).has(snapshot)) {
            rested(volume).snapshot(snapshot);
        }
    }

    @Override
    public void drop(VolumeId volume, SnapshotId snapshot) {
        if (homes.exists(volume)) {
            open(volume).drop(snapshot);
            if (!homes.open(volume).isBeingWritten()) {
                rested(volume);
            }
        }
    }

    @Override
    public void revert(VolumeId volume, SnapshotId snapshot) {
        rested(volume).revert(snapshot);
    }

    @Override
    public Export export(VolumeId volume, Optional<SnapshotId> snapshot) {
        return (snapshot.isPresent() ? open(volume) : rested(volume)).export(snapshot);
    }

    @Override
    public void stored(VolumeId volume, Optional<SnapshotId> snapshot, Content content, Version version) {
        if (homes.exists(volume) && !homes.open(volume).isBeingWritten()) {
            open(volume).stored(snapshot, content, version);
        }
    }

    @Override
    public ByteCount adopt(VolumeId volume, SourceName source) {
        return adoption.adopt(volume, source, (draft, claimed) -> {
            ReflinkVolume.raw(draft).copyOf(claimed, claimed.gibs());
            ReflinkVolume.make(draft, layers, Held.unknown(claimed.gibs()));
        });
    }

    @Override
    public void adopt(VolumeId volume, SnapshotId snapshot, SourceName source) {
        adoption.adopt(
                volume, snapshot, source, (disk, claimed) -> rested(volume).take(snapshot, claimed));
    }

    @Override
    public void release(VolumeId volume) {
        adoption.release(volume, Form.RAW, file -> handOut(rested(volume), file, Optional.empty()));
    }

    @Override
    public void release(VolumeId volume, SnapshotId snapshot) {
        Adoption.Writer writer = file -> handOut(open(volume), file, Optional.of(snapshot));
        adoption.release(volume, snapshot, Form.RAW, writer, () -> drop(volume, snapshot));
    }

    private static void handOut(ReflinkVolume from, Path file, Optional<SnapshotId> snapshot) {
        from.copyTo(new RawFile(file), from.size(), snapshot);
    }

    @Override
    public List<LooseFile> loose(int most) {
        return adoption.loose(most);
    }

    @Override
    public ByteCount size(VolumeId volume) {
        return homes.open(volume).size();
    }

    @Override
    public Space space() {
        return homes.space();
    }

    private ReflinkVolume open(VolumeId volume) {
        return ReflinkVolume.open(homes.of(volume), layers, homes.open(volume));
    }

    /// With all that it holds in its raw files.
    private ReflinkVolume rested(VolumeId volume) {
        return ReflinkVolume.open(homes.of(volume), layers, homes.atRest(volume))
                .rested();
    }
}
