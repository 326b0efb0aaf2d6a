/// How the command line fails: one exception with a type that scripts may look for, and one exit code for each way
/// to end.
///
/// Everything below `verb` throws [cloud.stasis.cli.failure.Failure]; it is printed once, at the top, as
/// `ERROR (Type): message (HTTP code) (Request-ID: id)`. No threads of its own.
@NullMarked
package cloud.stasis.cli.failure;

import org.jspecify.annotations.NullMarked;
