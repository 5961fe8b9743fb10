package overlayd.image;

/** What an image file holds. */
public sealed interface Content {
    /**
     * A file system that can be mounted.
     *
     * @param type as the kernel calls it ("squashfs")
     */
    record FileSystem(String type) implements Content {
    }

    /** A file system that was not unmounted: it must be written to before it can be read. {@code readOnly}: what that means for who may not. */
    record Unclean(FileSystem fileSystem, Unusable readOnly) implements Content {
        /** For somebody who will not write to it. */
        @Override
        public Content forReading() {
            return readOnly;
        }
    }

    /** What it is for somebody who will not write to it. */
    default Content forReading() {
        return this;
    }

    /**
     * Something that cannot be mounted as it is.
     *
     * @param what said of the file: "is ..."
     * @param remedy what makes it usable; FILE stands for its name
     */
    record Unusable(String what, String remedy) implements Content {
    }
}
