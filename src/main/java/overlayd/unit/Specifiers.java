package overlayd.unit;

import java.util.Optional;

/** The specifiers of systemd.unit(5) that need nothing but the unit's name and the usual directories. */
final class Specifiers {
    private final String prefix;
    private final String instance;
    private final String name;

    Specifiers(String name) {
        this.name = name;
        String stem = name.substring(0, name.length() - ".service".length());
        int at = stem.indexOf('@');
        this.prefix = at < 0 ? stem : stem.substring(0, at);
        this.instance = at < 0 ? "" : stem.substring(at + 1);
    }

    /** Empty: one of them is not known here. */
    Optional<String> replace(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) != '%' || i + 1 == value.length()) {
                text.append(value.charAt(i));
                continue;
            }
            String known = of(value.charAt(++i));
            if (known == null) {
                return Optional.empty();
            }
            text.append(known);
        }
        return Optional.of(text.toString());
    }

    private String of(char letter) {
        return switch (letter) {
            case '%' -> "%";
            case 'n' -> name;
            case 'N' -> name.substring(0, name.length() - ".service".length());
            case 'p' -> prefix;
            case 'P' -> unescaped(prefix);
            case 'i' -> instance;
            case 'I' -> unescaped(instance);
            case 't' -> "/run";
            case 'S' -> "/var/lib";
            case 'C' -> "/var/cache";
            case 'L' -> "/var/log";
            case 'E' -> "/etc";
            case 'T' -> "/tmp";
            case 'V' -> "/var/tmp";
            default -> null;
        };
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i) && text.substring(i).matches("(?s)\\\\x[0-9a-f]{2}.*")) {
                plain.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                plain.append(text.charAt(i) == '-' ? '/' : text.charAt(i));
            }
        }
        return plain.toString();
    }
}
