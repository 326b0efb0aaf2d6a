package cloud.stasis.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import cloud.stasis.testkit.Layering;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsToTheLayering() {
        Layering.of("cloud.stasis.cli")
                .frameworksStayIn(List.of())
                .importsNoOtherService("cli")
                .noDatabase()
                .onlyIn("..cli.verb..", "picocli..")
                .onlyIn("..cli.screen..", "dev.mccue..");
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().matching("cloud.stasis.cli.(*)..")
                .should()
                .beFreeOfCycles()
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("cloud.stasis.cli"));
    }
}
