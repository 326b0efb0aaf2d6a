package cloud.stasis.launcher.settings;

import java.util.Locale;

/// Every port that the one-machine cloud listens on, all on loopback.
public enum PortName {
    GATEWAY(5800),
    IMAGE(5801),
    COMPUTE(5802),
    VOLUME(5803),
    KAFKA(5804),
    KAFKA_CONTROLLER(5805),
    MARIADB(5806),
    SECOND_VOLUME(5807);

    private final int standard;

    PortName(int standard) {
        this.standard = standard;
    }

    public int standard() {
        return standard;
    }

    /// The environment variable that moves it, for instance `STASIS_PORT_GATEWAY`.
    public String variable() {
        return "STASIS_PORT_" + name();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
