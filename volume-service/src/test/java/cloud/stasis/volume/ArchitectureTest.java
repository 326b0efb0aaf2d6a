package cloud.stasis.volume;

import cloud.stasis.testkit.Layering;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsToTheLayering() {
        Layering.of("cloud.stasis.volume")
                .frameworksStayIn(List.of("..rim.."))
                .importsNoOtherService("volume")
                .noDatabase();
    }
}
