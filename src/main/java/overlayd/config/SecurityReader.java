package overlayd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads PROFILE, PRIVILEGED, CAPS, SECCOMP, USERNS, NESTING, DEVICES, HIDE. */
final class SecurityReader {
    private static final Pattern CALL = Pattern.compile("[a-z_][a-z0-9_]*");

    private final Values values;
    private final Findings findings;

    SecurityReader(Values values) {
        this.values = values;
        this.findings = values.findings();
    }

    Security read() {
        Set<Capability> added = EnumSet.noneOf(Capability.class);
        Set<Capability> taken = EnumSet.noneOf(Capability.class);
        capabilities(added, taken);
        Set<String> allowed = new TreeSet<>();
        Set<String> denied = new TreeSet<>();
        Security.Profile profile = profile();
        // compat has no filter unless one is asked for
        boolean wanted = calls(allowed, denied) && (profile == Security.Profile.DEFAULT || values.isSet(ConfigKey.SECCOMP));
        List<Path> hidden = new ArrayList<>();
        Security.Secrets secrets = hidden(hidden);
        return new Security(profile, added, taken, wanted ? Security.Filter.ON : Security.Filter.OFF, allowed, denied,
                choice(ConfigKey.NESTING, "yes", "no") ? Security.Nesting.ALLOWED : Security.Nesting.DENIED, devices(), hidden, secrets,
                userns());
    }

    private Security.Profile profile() {
        boolean compat = choice(ConfigKey.PROFILE, "compat", "default");
        boolean privileged = choice(ConfigKey.PRIVILEGED, "yes", "no");
        if (privileged && !compat && values.isSet(ConfigKey.PROFILE)) {
            findings.add(Rule.PROFILE_CONTRADICTION, values.text(ConfigKey.PRIVILEGED).at(), "PRIVILEGED=yes contradicts PROFILE=default",
                    "remove one of them");
        }
        return privileged || compat ? Security.Profile.COMPAT : Security.Profile.DEFAULT;
    }

    /** Whether the value is {@code yes}; the default of the key is never wrong. */
    private boolean choice(ConfigKey key, String yes, String no) {
        Located text = values.text(key);
        if (!text.text().equals(yes) && !text.text().equals(no)) {
            findings.add(Rule.CHOICE, text.at(), key + " is not " + ConfigParser.clip(text.text()), "write " + yes + " or " + no);
        }
        return text.text().equals(yes);
    }

    private void capabilities(Set<Capability> added, Set<Capability> taken) {
        for (Located word : listed(ConfigKey.CAPS)) {
            Optional<Capability> capability = Capability.named(signed(word) ? word.text().substring(1) : word.text());
            if (!signed(word)) {
                findings.add(Rule.SIGN_MISSING, word.at(), "CAPS needs a sign before " + ConfigParser.clip(word.text()),
                        "write +" + word.text() + " to add it to the profile, -" + word.text() + " to take it away");
            } else if (capability.isEmpty()) {
                findings.add(Rule.CAPABILITY_UNKNOWN, word.at(1), ConfigParser.clip(word.text().substring(1)) + " is no capability",
                        "see capabilities(7); for instance +sys_time");
            } else if ((plus(word) ? taken : added).contains(capability.get())) {
                findings.add(Rule.SIGN_CONTRADICTION, word.at(), "CAPS both adds and takes away " + capability.get().word(), "remove one of them");
            } else {
                (plus(word) ? added : taken).add(capability.get());
            }
        }
    }

    /** Whether there is a filter at all. */
    private boolean calls(Set<String> allowed, Set<String> denied) {
        List<Located> words = listed(ConfigKey.SECCOMP);
        if (words.size() == 1 && words.get(0).text().equals("no")) return false;
        for (Located word : words) {
            boolean single = words.size() == 1 && word.text().equals("yes");
            if (single) continue;
            if (!signed(word) || !CALL.matcher(word.text().substring(1)).matches()) {
                findings.add(Rule.SECCOMP_SYNTAX, word.at(), ConfigParser.clip(word.text()) + " is nothing SECCOMP takes",
                        "write yes, no, or system calls with a sign: +keyctl allows one that is denied, -mount denies one");
            } else {
                (plus(word) ? allowed : denied).add(word.text().substring(1));
            }
        }
        return true;
    }

    private Userns userns() {
        Located text = values.text(ConfigKey.USERNS);
        if (text.text().equals("none")) return Userns.NONE;
        if (text.text().equals("auto")) return Userns.AUTO;
        Optional<IdRange> range = IdRange.parse(text.text());
        if (range.isEmpty()) {
            findings.add(Rule.USERNS_SYNTAX, text.at(), "USERNS is not " + ConfigParser.clip(text.text()),
                    "write auto, START:COUNT, for instance 1900000000:65536, or none");
        } else if (range.get().start() < IdRange.LEAST || range.get().end() > IdRange.END) {
            findings.add(Rule.USERNS_RANGE, text.at(), "ids " + range.get() + " do not lie between " + IdRange.LEAST + " and " + (IdRange.END - 1),
                    "the ids below are the host's own users, those above no ids to many programs; auto chooses by itself");
        } else if (range.get().count() < IdRange.LEAST) {
            findings.add(Rule.USERNS_COUNT, text.at(), range.get().count() + " ids are fewer than 65536, which a Debian has (nobody is 65534)",
                    "write USERNS=" + range.get().start() + ":65536");
        }
        return range.map(Userns::of).orElse(Userns.AUTO);
    }

    private List<Path> devices() {
        List<Path> devices = new ArrayList<>();
        for (Located word : values.text(ConfigKey.DEVICES).words()) {
            Path path = ByteText.path("/" + word.text().replace("\0", "")).normalize();
            if (!word.text().startsWith("/dev/") || path.getNameCount() < 2 || word.text().contains("..")) {
                findings.add(Rule.DEVICE_PATH, word.at(), ConfigParser.clip(word.text()) + " is no path below /dev",
                        "name device nodes of the host, for instance /dev/net/tun");
            } else {
                devices.add(path);
            }
        }
        return devices;
    }

    private Security.Secrets hidden(List<Path> hidden) {
        Security.Secrets secrets = Security.Secrets.SHOWN;
        for (Located word : values.text(ConfigKey.HIDE).words()) {
            if (word.text().equals("secrets")) {
                secrets = Security.Secrets.HIDDEN;
            } else if (!word.text().startsWith("/") || word.text().contains("..") || word.text().equals("/")) {
                findings.add(Rule.HIDE_PATH, word.at(), ConfigParser.clip(word.text()) + " cannot be hidden",
                        "write absolute paths of the subhost, or secrets");
            } else {
                hidden.add(ByteText.path(word.text().replace("\0", "")).normalize());
            }
        }
        return secrets;
    }

    /** Words between blanks and commas. */
    private List<Located> listed(ConfigKey key) {
        Located text = values.text(key);
        return new Located(text.text().replace(',', ' '), text.line(), text.columns()).words();
    }

    private static boolean signed(Located word) {
        return word.text().length() > 1 && (plus(word) || word.text().startsWith("-"));
    }

    private static boolean plus(Located word) {
        return word.text().startsWith("+");
    }

    /** True for a value that gives the subhost more than the default profile: only a file that root alone writes may. */
    static boolean opens(Assignment a) {
        return switch (a.key()) {
            case PROFILE -> !a.value().equals("default");
            case CAPS -> a.value().contains("+");
            case SECCOMP -> a.value().contains("+") || a.value().equals("no");
            case PRIVILEGED, NESTING -> !a.value().equals("no");
            case DEVICES -> true;
            case USERNS -> !a.value().equals("auto");
            default -> false;
        };
    }
}
