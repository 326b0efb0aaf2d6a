package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.metadef.MetadefCatalog;
import cloud.stasis.gateway.metadef.MetadefTable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/// Puts the plain classes of metadata definitions together.
@Singleton
class MetadefBeans {
    @Produces
    @Singleton
    MetadefCatalog catalog(MetadefTable table) {
        return new MetadefCatalog(table, Clock.systemUTC());
    }
}
