/// What the verbs share: global options, the tools that they work with, the list of all verbs, help.
///
/// A **verb** is one subcommand, in a package with its kin. It parses, asks the cloud, and shows; what takes longer is
/// in `cloud`, `follow` and `screen`. Only the verb that was called is instantiated: picocli reads the annotations of
/// every registered class by reflection, and fifty of them would cost more than the request.
@NullMarked
package cloud.stasis.cli.verb;

import org.jspecify.annotations.NullMarked;
