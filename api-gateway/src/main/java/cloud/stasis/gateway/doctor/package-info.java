/// Compares what the tables say with itself and with what hosts really have, and tells every difference.
///
/// **Words.** A *finding* is one difference, with the *plan* that mends it and whether that is *safe*. An
/// *examination* is the list of them: of one host, by its agent (libvirt, files, tables), or of the tables alone.
///
/// Nothing that is being worked on is looked at: what a saga has begun is not a difference. Only safe plans are ever
/// carried out, and only if an administrator asks for it.
@NullMarked
package cloud.stasis.gateway.doctor;

import org.jspecify.annotations.NullMarked;
