package cloud.stasis.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;

/// The layering of `ARCHITECTURE.md` inside a module, which Maven cannot see. Each module's `ArchitectureTest`
/// names its own packages and checks these rules.
public final class Layering {
    private static final String[] FRAMEWORKS = {
        "io.quarkus..",
        "io.vertx..",
        "io.smallrye..",
        "io.micrometer..",
        "jakarta..",
        "org.hibernate..",
        "org.apache.kafka..",
        "org.eclipse.microprofile.."
    };

    private final JavaClasses classes;

    private Layering(JavaClasses classes) {
        this.classes = classes;
    }

    /// The production classes below `root`.
    public static Layering of(String root) {
        return new Layering(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root));
    }

    /// Every package but those of the rim is plain Java.
    ///
    /// @param rim the packages where frameworks may stand, as ArchUnit patterns (`..http..`)
    public Layering frameworksStayIn(List<String> rim) {
        noClasses()
                .that()
                .resideOutsideOfPackages(rim.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .because("domain classes are plain Java; frameworks stay at the rim")
                .check(classes);
        return this;
    }

    /// A library is known to one package only.
    public Layering onlyIn(String packages, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .because("one package knows this library, and the rest of the code knows that package's interfaces")
                .check(classes);
        return this;
    }

    /// Workers hold no truth: none of them talks to a database.
    public Layering noDatabase() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "jakarta.persistence..", "org.hibernate..")
                .because("whoever touches a hypervisor or a disk never touches the database")
                .check(classes);
        return this;
    }

    /// No service imports another service.
    public Layering importsNoOtherService(String own) {
        List<String> services = List.of("gateway", "compute", "volume", "image", "cli", "launcher");
        DescribedPredicate<JavaClass> other = DescribedPredicate.describe("another service's", type -> services.stream()
                .filter(service -> !service.equals(own))
                .anyMatch(service -> type.getPackageName().startsWith("cloud.stasis." + service + ".")
                        || type.getPackageName().equals("cloud.stasis." + service)));
        noClasses()
                .should()
                .dependOnClassesThat(other)
                .because("services meet on the bus and in the store")
                .check(classes);
        return this;
    }
}
