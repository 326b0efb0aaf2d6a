package cloud.stasis.launcher;

import cloud.stasis.testkit.Layering;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final Layering launcher = Layering.of("cloud.stasis.launcher");

    @Test
    void onlyPartsKnowWhatTheyRun() {
        launcher.frameworksStayIn(List.of("..launcher.parts..")).onlyIn("..launcher.parts..", "java.sql..", "kafka..");
    }

    @Test
    void importsNoService() {
        launcher.importsNoOtherService("launcher");
    }
}
