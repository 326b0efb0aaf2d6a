package cloud.stasis.image;

import cloud.stasis.testkit.Layering;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsToTheLayering() {
        Layering.of("cloud.stasis.image")
                .frameworksStayIn(List.of("..rim..", "..http.."))
                .importsNoOtherService("image")
                .noDatabase();
    }
}
