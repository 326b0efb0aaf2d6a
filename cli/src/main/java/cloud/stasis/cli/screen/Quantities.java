package cloud.stasis.cli.screen;

import cloud.stasis.model.ByteCount;
import java.time.Duration;

/// Sizes, rates and times as people read them.
public final class Quantities {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int KIB = 1024;

    private Quantities() {}

    /// `812 B`, `1.3 GiB`.
    public static String bytes(ByteCount count) {
        double value = count.bytes();
        int unit = 0;
        while (value >= KIB && unit < UNITS.length - 1) {
            value /= KIB;
            unit++;
        }
        return unit == 0 ? count.bytes() + " B" : decimal(value) + " " + UNITS[unit];
    }

    public static String rate(double bytesPerSecond) {
        return bytes(ByteCount.ofBytes((long) Math.max(0, bytesPerSecond))) + "/s";
    }

    /// `0:07`, `3:05`, `1:02:03`.
    public static String clock(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        long hours = seconds / 3600;
        String minutes = String.valueOf(seconds / 60 % 60);
        String rest = twoDigits(seconds % 60);
        return hours == 0 ? minutes + ":" + rest : hours + ":" + twoDigits(seconds / 60 % 60) + ":" + rest;
    }

    /// `180 ms`, `4.2 s`, `3:05`.
    public static String took(Duration time) {
        if (time.toMillis() < 1000) {
            return time.toMillis() + " ms";
        }
        return time.toSeconds() < 60 ? decimal(time.toMillis() / 1000.0) + " s" : clock(time);
    }

    /// `1.2 ms`, and longer ones as [#took].
    public static String fine(Duration time) {
        return time.toMillis() < 1000 ? decimal(time.toNanos() / 1_000_000.0) + " ms" : took(time);
    }

    /// An API's time to the second: nobody reads its fractions.
    public static String time(String iso) {
        int point = iso.indexOf('.');
        return point == "2026-11-22T10:00:00".length() && iso.endsWith("Z") ? iso.substring(0, point) + "Z" : iso;
    }

    private static String twoDigits(long number) {
        return number < 10 ? "0" + number : String.valueOf(number);
    }

    /// One digit after the point. By hand: `String.format` loads the whole of the JDK's formatting and its locales.
    private static String decimal(double value) {
        long tenths = Math.round(value * 10);
        return tenths / 10 + "." + tenths % 10;
    }
}
