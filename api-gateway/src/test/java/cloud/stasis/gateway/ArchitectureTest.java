package cloud.stasis.gateway;

import cloud.stasis.testkit.Layering;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final Layering gateway = Layering.of("cloud.stasis.gateway");

    @Test
    void theDomainIsPlainJava() {
        gateway.frameworksStayIn(List.of("..gateway.http..", "..store..", "..gateway.bus..", "..gateway.wiring.."));
    }

    @Test
    void onlyStoresKnowTheDatabase() {
        gateway.onlyIn("..store..", "jakarta.persistence..", "org.hibernate..", "org.mariadb..");
    }

    @Test
    void importsNoOtherService() {
        gateway.importsNoOtherService("gateway");
    }
}
