/// What a person sees: tables that fit the terminal, property lists, trees, progress, JSON and YAML.
///
/// Text of the cloud is hostile: a server's name may hold escape sequences that rewrite the screen. Everything passes
/// [cloud.stasis.cli.screen.SafeText] on its way out. Results go to standard output, everything else (progress, hints,
/// errors) to standard error. Colour, width and characters are decided once, in
/// [cloud.stasis.cli.screen.Terminal.Features]. One thread.
@NullMarked
package cloud.stasis.cli.screen;

import org.jspecify.annotations.NullMarked;
