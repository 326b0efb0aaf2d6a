package cloud.stasis.gateway.state.store;

import cloud.stasis.gateway.state.StateLock;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/// A lock of the database server by name (`GET_LOCK`): it lasts as long as the connection that took it. Servers of a
/// Galera cluster do not share such locks; two gateways at two of them may take two backups, which does no harm.
@ApplicationScoped
class NamedLock implements StateLock {
    private static final Logger LOG = Logger.getLogger(NamedLock.class);
    private static final String NAME = "stasis.state-backup";

    private final DataSource database;

    NamedLock(DataSource database) {
        this.database = database;
    }

    @Override
    public Optional<Held> tryTake() {
        Connection connection = null;
        try {
            connection = database.getConnection();
            if (ask(connection, "select get_lock(?, 0)")) {
                Connection holding = connection;
                return Optional.of(() -> release(holding));
            }
            connection.close();
            return Optional.empty();
        } catch (SQLException e) {
            if (connection != null) {
                close(connection);
            }
            throw new StasisException(ErrorCode.DATABASE_UNAVAILABLE, "The database cannot be reached.", e);
        }
    }

    /// The connection goes back into its pool, so the lock must be let go of by itself.
    private static void release(Connection holding) {
        try {
            ask(holding, "select release_lock(?)");
        } catch (SQLException e) {
            LOG.warn("The lock of state backups is let go of with its connection", e);
        } finally {
            close(holding);
        }
    }

    private static boolean ask(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, NAME);
            try (ResultSet answer = statement.executeQuery()) {
                return answer.next() && answer.getInt(1) == 1;
            }
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }
}
