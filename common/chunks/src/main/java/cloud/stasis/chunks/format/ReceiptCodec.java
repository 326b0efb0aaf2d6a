package cloud.stasis.chunks.format;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Receipts within manifests. Durations are whole microseconds.
final class ReceiptCodec {
    private static final int NANOS_PER_MICRO = 1000;

    private ReceiptCodec() {}

    static Map<String, Object> json(Receipt receipt) {
        Map<String, Object> json = new TreeMap<>(Map.of(
                "strategy", receipt.strategy(),
                "asked", Fields.wireName(receipt.asked()),
                "reached", Fields.wireName(receipt.reached()),
                "frozenMicros", micros(receipt.frozen()),
                "pausedMicros", micros(receipt.paused()),
                "guestAgent", receipt.guestAgent(),
                "hypervisor", receipt.hypervisor(),
                "transfers",
                        receipt.transfers().stream().map(ReceiptCodec::json).toList()));
        receipt.freeze()
                .ifPresent(freeze -> json.put(
                        "fileSystems",
                        freeze.fileSystems().stream().map(ReceiptCodec::json).toList()));
        receipt.together().ifPresent(together -> json.put("together", json(together)));
        receipt.cpu().ifPresent(cpu -> json.put("cpu", json(cpu)));
        return json;
    }

    private static Map<String, Object> json(Receipt.FrozenFileSystem fileSystem) {
        return Map.of(
                "mountpoint", fileSystem.mountpoint(),
                "type", fileSystem.type(),
                "frozenMicros", micros(fileSystem.frozen()));
    }

    private static Map<String, Object> json(Receipt.Together together) {
        return Map.of(
                "instant",
                together.instant().toString(),
                "machines",
                (long) together.machines(),
                "hosts",
                (long) together.hosts(),
                "skewMicros",
                micros(together.skew()));
    }

    static Receipt receipt(JsonNode json) {
        Fields fields = new Fields("receipt", json);
        return new Receipt(
                fields.text("strategy"),
                fields.choice("asked", Quiesce.class),
                fields.choice("reached", Consistency.class),
                duration(fields, "frozenMicros"),
                duration(fields, "pausedMicros"),
                fields.text("guestAgent"),
                fields.text("hypervisor"),
                fields.list("transfers", ReceiptCodec::transfer),
                json.has("fileSystems")
                        ? Optional.of(new Receipt.Freeze(fields.list("fileSystems", ReceiptCodec::fileSystem)))
                        : Optional.empty(),
                fields.object("together").map(ReceiptCodec::together),
                fields.object("cpu").map(ReceiptCodec::cpu));
    }

    private static Map<String, Object> json(Cpu cpu) {
        return Map.of(
                "model", cpu.model(),
                "features", cpu.features().stream().map(ReceiptCodec::json).toList());
    }

    private static Map<String, Object> json(Cpu.Feature feature) {
        return Map.of("name", feature.name(), "presence", Fields.wireName(feature.presence()));
    }

    private static Cpu cpu(JsonNode json) {
        Fields fields = new Fields("cpu", json);
        return new Cpu(fields.text("model"), fields.list("features", ReceiptCodec::feature));
    }

    private static Cpu.Feature feature(JsonNode json) {
        Fields fields = new Fields("feature", json);
        return new Cpu.Feature(fields.text("name"), fields.choice("presence", Cpu.Presence.class));
    }

    private static Receipt.FrozenFileSystem fileSystem(JsonNode json) {
        Fields fields = new Fields("fileSystem", json);
        return new Receipt.FrozenFileSystem(
                fields.text("mountpoint"), fields.text("type"), duration(fields, "frozenMicros"));
    }

    private static Receipt.Together together(JsonNode json) {
        Fields fields = new Fields("together", json);
        return new Receipt.Together(
                instant(fields.text("instant")),
                count(fields, "machines"),
                count(fields, "hosts"),
                duration(fields, "skewMicros"));
    }

    private static int count(Fields fields, String name) {
        long count = fields.number(name);
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw fields.missing(name);
        }
        return (int) count;
    }

    private static UUID instant(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a receipt names an instant by what is no id", e);
        }
    }

    private static Map<String, Object> json(Receipt.Transfer transfer) {
        return Map.of(
                "part", transfer.part(),
                "mode", Fields.wireName(transfer.mode()),
                "reason", transfer.reason(),
                "read", transfer.read().bytes(),
                "sent", transfer.sent().bytes(),
                "shared", transfer.shared().bytes(),
                "tookMicros", micros(transfer.took()));
    }

    private static Receipt.Transfer transfer(JsonNode json) {
        Fields fields = new Fields("transfer", json);
        return new Receipt.Transfer(
                fields.text("part"),
                fields.choice("mode", Receipt.Mode.class),
                fields.text("reason"),
                ByteCount.ofBytes(fields.number("read")),
                ByteCount.ofBytes(fields.number("sent")),
                ByteCount.ofBytes(fields.number("shared")),
                duration(fields, "tookMicros"));
    }

    private static Long micros(Duration duration) {
        return Math.addExact(
                Math.multiplyExact(duration.getSeconds(), 1_000_000), duration.getNano() / NANOS_PER_MICRO);
    }

    private static Duration duration(Fields fields, String name) {
        long micros = fields.number(name);
        return Duration.ofSeconds(Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * NANOS_PER_MICRO);
    }
}
