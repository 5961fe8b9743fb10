package overlayd.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An overlay to mount. Paths are absolute, {@link RawText}.
 *
 * @param lowerdirs top first, 1 to 500 (OVL_MAX_STACK)
 * @param upperdir takes the changes
 * @param workdir empty directory on the mount of {@code upperdir}, outside it
 * @param options further overlayfs options in order ({@code redirect_dir=on}); an empty value is a flag ({@code volatile}).
 *     {@code metacopy=off} is always set: a metacopy xattr planted in an upperdir would show any file of the layers below it
 */
public record OverlayMount(List<String> lowerdirs, String upperdir, String workdir, Map<String, String> options) {
    public OverlayMount {
        lowerdirs = List.copyOf(lowerdirs);
        Map<String, String> all = new LinkedHashMap<>(options);
        all.put("metacopy", "off");
        options = java.util.Collections.unmodifiableMap(all);
        if (lowerdirs.isEmpty()) {
            throw new IllegalArgumentException("an overlay needs a lowerdir");
        }
    }
}
