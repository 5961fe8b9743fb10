package overlayd.config;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether only root decides what a configuration file says. The rule is a pure function of {@link Element}s:
 * the file and its directory belong to root and nobody else may write them; of the directories further up a
 * world-writable one is allowed when it is sticky (/tmp), where a stranger can neither rename nor remove root's own.
 *
 * @param chain the file first, links resolved, then every directory on the way to it, nearest first
 */
public record FileTrust(List<Element> chain) {
    /** Nobody but root can change it. */
    public static final FileTrust TRUSTED = new FileTrust(List.of());

    private static final int OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;

    public FileTrust {
        chain = List.copyOf(chain);
    }

    /** What an {@link Element} is to the file. */
    public enum Role {
        FILE,
        /** Holds the file, or a link on the way to it. */
        ITS_DIRECTORY,
        /** Holds a directory on the way. */
        FURTHER_UP
    }

    /**
     * The file or one of its directories.
     *
     * @param path absolute
     * @param role nearer ones are held to more
     * @param uid  its owner
     * @param mode permission bits with set-id and sticky, as stat(2) has them in st_mode
     */
    public record Element(Path path, Role role, int uid, int mode) {
        private boolean strangersWrite() {
            boolean stickyAbove = role == Role.FURTHER_UP && (mode & STICKY) != 0;
            return (mode & OTHERS_WRITE) != 0 && !stickyAbove;
        }

        private boolean isClean() {
            return uid == 0 && !strangersWrite();
        }

        private Optional<Breach> breach() {
            if (isClean()) return Optional.empty();
            String name = ByteText.of(path);
            String word = HookCommand.shown(List.of(name));
            List<String> messages = new ArrayList<>();
            List<String> remedies = new ArrayList<>();
            if (uid != 0) {
                messages.add("belongs to uid " + uid);
                remedies.add("chown root " + word);
            }
            if (strangersWrite()) {
                messages.add(String.format("may be written by others than root (mode %04o)", mode));
                remedies.add("chmod go-w " + word);
            }
            return Optional.of(new Breach("\"" + name + "\" " + String.join(" and ", messages), String.join(" && ", remedies)));
        }
    }

    /** What makes a file untrusted, and what puts it right. */
    public record Breach(String message, String remedy) {}

    /**
     * Looks at the file, every directory on the way to it and, where a link is followed, every directory on the way of
     * that: whoever may change one of them may choose another file between this look and the next.
     *
     * @throws IOException also for more than 40 links, as the kernel has it
     */
    public static FileTrust inspect(Path file) throws IOException {
        LinkedHashSet<Element> chain = new LinkedHashSet<>();
        Deque<Path> ahead = new ArrayDeque<>();
        file.forEach(ahead::addLast);
        Path here = file.getRoot();
        for (int links = 0; !ahead.isEmpty();) {
            Path name = ahead.removeFirst();
            Path next = here.resolve(name);
            boolean link = Files.isSymbolicLink(next);
            chain.add(element(here, link || ahead.isEmpty() ? Role.ITS_DIRECTORY : Role.FURTHER_UP));
            if (link) {
                if (++links > 40) throw new FileSystemException(file.toString(), null, "too many levels of symbolic links");
                Path target = Files.readSymbolicLink(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) ahead.addFirst(target.getName(i));
                if (target.isAbsolute()) here = target.getRoot();
            } else if (name.toString().equals("..")) {
                here = here.getParent() == null ? here : here.getParent();
            } else if (!name.toString().equals(".") && !name.toString().isEmpty()) {
                here = next;
            }
        }
        chain.add(element(here, Role.FILE));
        List<Element> nearestFirst = new ArrayList<>(chain);
        Collections.reverse(nearestFirst);
        return new FileTrust(nearestFirst);
    }

    private static Element element(Path path, Role role) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        return new Element(path, role, (Integer) facts.get("uid"), (Integer) facts.get("mode") & 07777);
    }

    /** True when only root decides what the file says. */
    public boolean isTrusted() {
        for (Element element : chain) {
            if (!element.isClean()) return false;
        }
        return true;
    }

    /**
     * The same for the content alone: a file of root's in a directory like /tmp cannot be exchanged by others, though what is named
     * relative to it could be put there by them.
     */
    public Optional<Breach> contentBreach() {
        if (isTrusted()) return Optional.empty();
        return new FileTrust(chain.stream().map(e -> e.role() == Role.ITS_DIRECTORY ? new Element(e.path(), Role.FURTHER_UP, e.uid(), e.mode()) : e)
                .toList()).breach();
    }

    /** What others than root could use: told of the one nearest the file, the remedy puts all right. */
    public Optional<Breach> breach() {
        if (isTrusted()) return Optional.empty();
        List<Breach> all = chain.stream().distinct().map(Element::breach).flatMap(Optional::stream).toList();
        return Optional.of(new Breach(all.get(0).message(),
                all.stream().map(Breach::remedy).distinct().collect(Collectors.joining(" && "))));
    }

    /**
     * The refusal of an UPPER that turned out to be a program; which it is only the host knows, so that the planner
     * asks.
     */
    public Optional<Problem> upperProgramRefused(SubhostConfig config) {
        return refused(config, ConfigKey.UPPER, "a program");
    }

    /** The refusal of a LOWER that turned out to be an image file: the kernel itself reads what somebody else could have written. */
    public Optional<Problem> imageRefused(SubhostConfig config) {
        return refused(config, ConfigKey.LOWER, "an image file");
    }

    private Optional<Problem> refused(SubhostConfig config, ConfigKey key, String what) {
        Position at = config.at(key);
        return breach().map(b -> new Problem(config.file(), at.line(), at.column(), Severity.ERROR, Rule.UNTRUSTED_FILE.id(),
                key + " may not be " + what + " here: " + b.message(), b.remedy()));
    }
}
