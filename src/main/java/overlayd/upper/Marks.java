package overlayd.upper;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import overlayd.kernel.Copies;
import overlayd.kernel.Fd;
import overlayd.kernel.FileDetail;
import overlayd.kernel.FileIdentity.Kind;
import overlayd.kernel.KernelException;
import overlayd.kernel.RawText;

/** What overlayfs writes into its layers (Documentation/filesystems/overlayfs.rst). */
final class Marks {
    private static final String PREFIX = "trusted.overlay.";
    static final String OPAQUE = PREFIX + "opaque";
    static final String REDIRECT = PREFIX + "redirect";

    private final Copies copies;
    private final Fd layer;

    Marks(Copies copies, Fd layer) {
        this.copies = copies;
        this.layer = layer;
    }

    /** A name that is to hide what lies below: a device 0/0, or an empty file with an attribute (the form that nested overlays have). */
    boolean whiteout(String path, FileDetail found) throws KernelException {
        if (found.identity().kind() == Kind.CHARACTER_DEVICE) {
            return found.identity().rawDevice() == 0;
        }
        return found.identity().kind() == Kind.REGULAR && found.identity().size() == 0 && value(path, "whiteout").isPresent();
    }

    /** A directory that hides the whole one below it. */
    boolean opaque(String path) throws KernelException {
        return value(path, "opaque").filter("y"::equals).isPresent();
    }

    /** Where below a renamed directory, or a file of which only metadata was copied, is: a name beside it, or a path from the root on. */
    Optional<String> redirect(String path) throws KernelException {
        return value(path, "redirect");
    }

    /** Whether a file's content is still the one below. */
    boolean metadataOnly(String path) throws KernelException {
        return copies.attribute(layer, path, PREFIX + "metacopy").isPresent();
    }

    /** Whether it was below, and was copied to be changed. */
    boolean copiedUp(String path) throws KernelException {
        return copies.attribute(layer, path, PREFIX + "origin").isPresent();
    }

    private Optional<String> value(String path, String name) throws KernelException {
        return copies.attribute(layer, path, PREFIX + name).map(bytes -> name.equals("redirect") ? RawText.decode(bytes)
                : new String(bytes, StandardCharsets.ISO_8859_1));
    }
}
