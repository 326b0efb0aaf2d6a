package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.failure.Failure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How much may travel.
final class RateOption {
    @Option(
            names = "--rate",
            paramLabel = "BYTES",
            description = "at most so many bytes a second; K, M and G mean KiB, MiB and GiB (no limit)")
    private @Nullable String rate;

    /// Zero for no limit.
    long bytesPerSecond() {
        if (rate == null) {
            return 0;
        }
        if (!rate.matches("[1-9][0-9]{0,11}[KMG]?")) {
            throw Failure.command("--rate is a number of bytes, as 500K or 20M");
        }
        int digits = rate.length() - (Character.isDigit(rate.charAt(rate.length() - 1)) ? 0 : 1);
        long number = Long.parseLong(rate.substring(0, digits));
        return switch (rate.substring(digits)) {
            case "K" -> number << 10;
            case "M" -> number << 20;
            case "G" -> number << 30;
            default -> number;
        };
    }
}
