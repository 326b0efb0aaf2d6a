package cloud.stasis.gateway.heart;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.gateway.TestCloud.Tenant;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.Test;

/// Hibernate plans a query once and finds the plan again. Of a native query with the class of a single column it does
/// not (decision 304): each time leaves another plan behind, until those of all other queries are pushed out.
@QuarkusTest
class QueryPlansIT {
    private static final int ROUNDS = 30;

    @Inject
    Doors doors;

    @Inject
    Cloud cloud;

    @Inject
    EntityManagerFactory factory;

    @Test
    void whatIsAskedAgainIsNotPlannedAgain() {
        doors.open();
        Tenant tenant = doors.http().tenant("member");
        VolumeDoor volumes = new VolumeDoor(doors, cloud, tenant);
        Statistics statistics = factory.unwrap(SessionFactory.class).getStatistics();
        boolean before = statistics.isStatisticsEnabled();
        statistics.setStatisticsEnabled(true);
        try {
            useAll(tenant, volumes);
            useAll(tenant, volumes);
            long planned = statistics.getQueryPlanCacheMissCount();

            for (int round = 0; round < ROUNDS; round++) {
                useAll(tenant, volumes);
            }

            // Whatever runs beside this test may ask something for the first time.
            assertThat(statistics.getQueryPlanCacheHitCount()).isGreaterThan(ROUNDS);
            assertThat(statistics.getQueryPlanCacheMissCount() - planned).isLessThan(ROUNDS);
        } finally {
            statistics.setStatisticsEnabled(before);
        }
    }

    /// Logging in, quotas, volumes, images, the outbox and the sagas behind them.
    private void useAll(Tenant tenant, VolumeDoor volumes) {
        String token = doors.http().login(tenant.userName(), tenant.password(), tenant.projectName());
        String volume = volumes.volume("{\"size\": 1}");
        volumes.call("DELETE", "/volumes/" + volume, null).expect(202);
        String image = doors.http()
                .post(token, "/image/v2/images", "{\"name\": \"planned\"}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        doors.http().get(token, "/image/v2/images").expect(200);
        doors.http().call(token, "DELETE", "/image/v2/images/" + image, null).expect(204);
        doors.http().get(token, "/compute/v2.1/servers").expect(200);
        doors.http().get(token, "/compute/v2.1/limits").expect(200);
        cloud.awaitQuiet();
    }
}
