package cloud.stasis.cli.screen;

import java.util.Locale;

/// A colour with a meaning.
public enum Paint {
    PLAIN(""),
    GOOD("32"),
    BUSY("33"),
    BAD("31"),
    FAINT("2");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /// The colour of a status in any of the APIs.
    public static Paint ofStatus(String status) {
        return switch (status.toLowerCase(Locale.ROOT)) {
            case "active", "available", "completed", "done", "enabled", "up", "in-use", "succeeded" -> GOOD;
            case "error", "failed", "killed", "stuck", "disabled", "down", "crashed", "error_deleting" -> BAD;
            case "shutoff", "paused", "suspended", "shelved_offloaded", "deactivated", "cancelled", "stopped", "" ->
                PLAIN;
            default -> BUSY;
        };
    }

    String on(String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
