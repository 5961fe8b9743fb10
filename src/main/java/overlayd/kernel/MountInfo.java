package overlayd.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of /proc/PID/mountinfo (proc(5)).
 *
 * @param id of the mount, unique in the host while it lasts
 * @param parent id of the mount it lies on
 * @param device st_dev of its files as {@code MAJOR:MINOR}
 * @param root the directory of the file system that is its root
 * @param mountPoint absolute, relative to the process' root
 * @param options of the mount ("rw", "nosuid")
 * @param fileSystem type ("ext4")
 * @param source as the file system says ("/dev/sda1", "tmpfs")
 * @param superOptions of the file system
 */
public record MountInfo(long id, long parent, String device, String root, String mountPoint, List<String> options, String fileSystem,
        String source, List<String> superOptions) {
    public MountInfo {
        options = List.copyOf(options);
        superOptions = List.copyOf(superOptions);
    }

    /** Every mount in {@code mountinfo}, in order; lines that cannot be read are passed over. */
    public static List<MountInfo> parseAll(byte[] mountinfo) {
        List<MountInfo> mounts = new ArrayList<>();
        // Bytes as chars: a path need not be UTF-8, and is decoded after its escapes.
        for (String line : new String(mountinfo, StandardCharsets.ISO_8859_1).split("\n")) {
            parse(line).ifPresent(mounts::add);
        }
        return mounts;
    }

    private static Optional<MountInfo> parse(String line) {
        String[] words = line.split(" ");
        int separator = 6; // optional fields ("shared:1") lie between the mount options and a lone "-"
        while (separator < words.length && !words[separator].equals("-")) {
            separator++;
        }
        if (separator + 3 > words.length) {
            return Optional.empty();
        }
        try {
            String superOptions = separator + 3 < words.length ? words[separator + 3] : "";
            return Optional.of(new MountInfo(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2], text(words[3]), text(words[4]),
                    options(words[5]), text(words[separator + 1]), text(words[separator + 2]), options(superOptions)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Split at commas; a comma inside a value is written {@code \054} or, by overlayfs, {@code \,}. */
    private static List<String> options(String word) {
        if (word.indexOf('\\') < 0) {
            return plain(word);
        }
        List<String> options = new ArrayList<>();
        StringBuilder option = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\\' && i + 1 < word.length() && word.charAt(i + 1) == ',') {
                option.append(word.charAt(++i));
            } else if (c == ',') {
                options.add(text(option.toString()));
                option.setLength(0);
            } else {
                option.append(c);
            }
        }
        options.add(text(option.toString()));
        return options;
    }

    private static List<String> plain(String word) {
        List<String> options = new ArrayList<>();
        int start = 0;
        for (int comma = word.indexOf(','); comma >= 0; comma = word.indexOf(',', start)) {
            options.add(text(word.substring(start, comma)));
            start = comma + 1;
        }
        options.add(text(word.substring(start)));
        return options;
    }

    /** The text of a field: {@code \ooo} are bytes in octal. */
    private static String text(String field) {
        if (isPlain(field)) {
            return field;
        }
        byte[] bytes = new byte[field.length()];
        int length = 0;
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && isOctal(field, i + 1)) {
                bytes[length++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
                i += 3;
            } else {
                bytes[length++] = (byte) field.charAt(i);
            }
        }
        return RawText.decode(bytes, 0, length);
    }

    private static boolean isPlain(String field) {
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' || field.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOctal(String text, int at) {
        return text.length() >= at + 3 && text.substring(at, at + 3).chars().allMatch(c -> c >= '0' && c <= '7');
    }

    /** Whether it can be written to: neither the mount nor its file system is read-only. */
    public boolean writable() {
        return !options.contains("ro") && !superOptions.contains("ro");
    }

    /** Whether it lies below {@code directory} (absolute, no trailing slash but "/"), not on it. */
    public boolean below(String directory) {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        return mountPoint.startsWith(prefix) && mountPoint.length() > prefix.length();
    }

    /** The value of a file system option {@code name=value}. */
    public Optional<String> superOption(String name) {
        return superOptions.stream().filter(option -> option.startsWith(name + "=")).findFirst()
                .map(option -> option.substring(name.length() + 1));
    }
}
