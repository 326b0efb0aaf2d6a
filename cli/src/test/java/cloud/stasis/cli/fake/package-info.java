/// A cloud for the tests of the command line: it speaks the wire contract over real HTTP, and nothing else is faked.
@NullMarked
package cloud.stasis.cli.fake;

import org.jspecify.annotations.NullMarked;
