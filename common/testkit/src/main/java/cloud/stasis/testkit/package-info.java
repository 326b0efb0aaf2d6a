/// What several modules' tests need: layering rules and contract suites. Never on a production class path.
@NullMarked
package cloud.stasis.testkit;

import org.jspecify.annotations.NullMarked;
