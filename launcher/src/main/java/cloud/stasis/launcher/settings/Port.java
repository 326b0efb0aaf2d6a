package cloud.stasis.launcher.settings;

/// A port on loopback, with the name under which a person can move it.
public record Port(PortName name, int number) {
    private static final int HIGHEST = 65_535;

    public Port {
        if (number < 1 || number > HIGHEST) {
            throw new LaunchException(
                    name.variable() + " must be a port from 1 to " + HIGHEST + ", not " + number + ".");
        }
    }

    public String address() {
        return Settings.LOOPBACK + ":" + number;
    }

    public String url() {
        return "http://" + address();
    }

    public String secureUrl() {
        return "https://" + address();
    }
}
