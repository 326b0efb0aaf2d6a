/// Verbs about images and flavors. `image-create` makes an image of a server, as in novaclient; `image-upload` and
/// `image-save` move files.
@NullMarked
package cloud.stasis.cli.verb.image;

import org.jspecify.annotations.NullMarked;
