/// What several modules' tests need: layering rules, contract suites, the clients of the distribution. Never on a
/// production class path.
@NullMarked
package cloud.stasis.testkit;

import org.jspecify.annotations.NullMarked;
