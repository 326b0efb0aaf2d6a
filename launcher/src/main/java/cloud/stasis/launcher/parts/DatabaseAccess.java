package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.Port;

/// How the gateway gets into the database. The user may do everything in its own schema and nothing outside.
record DatabaseAccess(String schema, String user, String password) {
    String url(Port port) {
        return "jdbc:mariadb://" + port.address() + "/" + schema;
    }

    @Override
    public String toString() {
        return "DatabaseAccess[schema=" + schema + ", user=" + user + "]";
    }
}
