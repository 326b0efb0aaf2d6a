package cloud.stasis.compute.capture;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// A capture whose bytes are in the store.
///
/// @param others parts besides the disks
record Taken(
        Instant at,
        SortedMap<DeviceName, Content> disks,
        List<Part> others,
        String strategy,
        Quiesce asked,
        Consistency reached,
        Duration frozen,
        Duration paused,
        String agent,
        String hypervisor,
        List<Receipt.Transfer> transfers,
        Optional<Receipt.Freeze> freeze) {

    CommandResult.Captured captured() {
        List<Part> parts = new ArrayList<>();
        disks.forEach((target, content) -> parts.add(new Part.Disk(target, content)));
        parts.addAll(others);
        return new CommandResult.Captured(
                at,
                parts,
                new Receipt(
                        strategy,
                        asked,
                        reached,
                        frozen,
                        paused,
                        agent,
                        hypervisor,
                        transfers,
                        freeze,
                        Optional.empty()));
    }

    Taken with(List<Part> more, List<Receipt.Transfer> moved) {
        List<Part> all = new ArrayList<>(others);
        all.addAll(more);
        List<Receipt.Transfer> account = new ArrayList<>(transfers);
        account.addAll(moved);
        return new Taken(at, disks, all, strategy, asked, reached, frozen, paused, agent, hypervisor, account, freeze);
    }
}
