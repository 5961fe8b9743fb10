package overlayd.config;

import java.util.Locale;

import static overlayd.config.Severity.ERROR;
import static overlayd.config.Severity.WARNING;

/**
 * The rules a configuration file is held to. The name in kebab-case is the stable id ({@link #id}); one entry of
 * overlayd-errors(7) each. Warnings are errors for {@code overlay check}.
 */
public enum Rule {
    FILE_TOO_LARGE(ERROR, "the file is larger than 256 KiB, which no configuration is"),
    VALUE_TOO_LONG(ERROR, "a value, or all that $KEY puts into values, is longer than 65536 characters"),
    BYTE_ORDER_MARK(WARNING, "the file begins with an UTF-8 byte order mark, which upstream takes for part of the first name"),
    CARRIAGE_RETURN(WARNING, "lines end in carriage return and line feed"),
    CONTROL_CHARACTER(ERROR, "a value holds a control character"),
    NOT_AN_ASSIGNMENT(WARNING, "a line is neither comment nor NAME=value; it is passed over"),
    INDENTED_ASSIGNMENT(WARNING, "an assignment does not begin in the first column; it is passed over"),
    BLANK_BEFORE_EQUALS(WARNING, "a blank stands before the equal sign; the line is passed over"),
    BLANK_AFTER_EQUALS(WARNING, "blanks after the equal sign are dropped"),
    EMPTY_VALUE(WARNING, "an empty value means the default"),
    DUPLICATE_KEY(WARNING, "a key occurs again; the first counts"),
    MISSPELT_KEY(ERROR, "an unknown key is nearly a known one"),
    UNKNOWN_KEY(WARNING, "an unknown key has no effect"),
    NOT_IN_THIS_VERSION(ERROR, "a key or value that is planned but not implemented is refused, never ignored"),
    NOT_HOST_WIDE(ERROR, "a key in overlayd.conf can only be set for one subhost"),
    HOST_ONLY(ERROR, "a key of overlayd.conf stands in the file of a subhost"),
    TRAILING_COMMENT(WARNING, "a comment at the end of a value is part of the value"),
    TRAILING_BACKSLASH(WARNING, "a backslash at the end of a line does not continue it"),
    STRAY_QUOTE(WARNING, "a quotation mark that does not enclose the whole value is part of it"),
    UNCLOSED_QUOTE(ERROR, "a quotation mark of a command or an environment is not closed"),
    UNKNOWN_VARIABLE(WARNING, "$WORD is not a key and stays as it is"),
    VARIABLE_SET_LATER(ERROR, "$KEY is used before the line that sets it"),
    VARIABLE_CYCLE(ERROR, "a value refers to itself"),
    EMPTY_COMMAND(ERROR, "nothing follows the exclamation mark"),
    COMMAND_NOT_ALLOWED(ERROR, "this key takes no ! command"),
    COMMAND_FAILED(ERROR, "a ! command ended without giving a value"),
    UNTRUSTED_FILE(ERROR, "a file that others than root may change asks for something run or shared as root"),
    BASE_MISSING(ERROR, "BASE is required"),
    NAME_INVALID(ERROR, "NAME holds a character it may not"),
    NAME_TOO_LONG(ERROR, "NAME is longer than 12 characters"),
    NAME_TWICE(ERROR, "two subhosts have one NAME"),
    CABLE_SYNTAX(ERROR, "a cable is [bridge]=[mac or .vlan]"),
    BRIDGE_NAME(ERROR, "a bridge name is one the kernel refuses"),
    BRIDGE_IS_OWN_CABLE(ERROR, "a bridge has the name of a cable's own host end"),
    MAC_SYNTAX(ERROR, "a MAC address is six bytes in hexadecimal"),
    MAC_NOT_UNICAST(ERROR, "a MAC address is a group address"),
    MAC_ZERO(ERROR, "a MAC address is all zero"),
    MAC_TWICE(ERROR, "two cables have one MAC address"),
    VLAN_TAG(ERROR, "a VLAN tag is a number from 1 to 4095"),
    VLAN_RESERVED(WARNING, "VLAN tag 4095 is reserved and the kernel refuses it"),
    VLAN_WITHOUT_CABLE(ERROR, "a VLAN needs an earlier cable"),
    VLAN_TWICE(ERROR, "a VLAN tag occurs twice on one cable"),
    INTERFACE_NAME_TOO_LONG(ERROR, "a derived interface name is longer than 15 bytes"),
    INTERFACE_COLLISION(ERROR, "two interfaces would have one name"),
    LOWER_EMPTY(ERROR, "an element of LOWER is empty"),
    LOWER_TWICE(ERROR, "one directory occurs twice in LOWER"),
    LOWER_TOO_MANY(ERROR, "LOWER has more than 500 directories, the kernel's limit"),
    LOWER_IS_LIVE(ERROR, "LIVE is one of several LOWER directories"),
    UPPER_IS_LIVE(ERROR, "UPPER and LIVE are one directory"),
    UPPER_IS_LOWER(ERROR, "UPPER is one of several LOWER directories"),
    WORK_INSIDE_UPPER(ERROR, "WORK and UPPER are one directory or one inside the other"),
    WORK_OF_THROW_AWAY(WARNING, "WORK beside UPPER=tmp: has no effect"),
    PACKAGES_CHANGED(WARNING, "packages of LOWER were changed under a subhost that has a package database of its own"),
    UPPER_TWICE(ERROR, "two subhosts share UPPER or WORK"),
    SERVICE_NAME(ERROR, "a service is a sysvinit name or an absolute path"),
    SERVICE_TWICE(WARNING, "a service occurs twice in START"),
    NONE_AND_MORE(ERROR, "none stands beside other words"),
    SIZE_SYNTAX(ERROR, "a size is a number with K, M, G, T or %"),
    SIZE_ZERO(WARNING, "a size of 0 means a tmpfs without limit"),
    SHARE_SYNTAX(ERROR, "a SHARE is hostpath[:subhostpath][,ro]"),
    SHARE_TARGET(ERROR, "a SHARE would cover what the boot section mounts"),
    SHARE_TWICE(ERROR, "two SHAREs have one path in the subhost"),
    INNER_PATH(ERROR, "a path in the subhost must be absolute"),
    METRICS_SOCKET_PATH(ERROR, "METRICS_SOCKET of overlayd.conf must be an absolute path of at most 107 bytes"),
    LOG_NOT_ABSOLUTE(ERROR, "LOG of overlayd.conf must be absolute"),
    HOSTNAME_INVALID(ERROR, "a host name has at most 64 letters, digits, dots and dashes"),
    READY_SYNTAX(ERROR, "READY is tcp:PORT and file:/PATH, or one ! command"),
    DURATION_SYNTAX(ERROR, "a time is a whole number of seconds, or with s, min or h"),
    ENVIRONMENT_SYNTAX(ERROR, "ENVIRONMENT is a list of NAME=value"),
    ENVIRONMENT_TWICE(ERROR, "a variable occurs twice in ENVIRONMENT"),
    CHOICE(ERROR, "a value is none of the words that the key takes"),
    PROFILE_CONTRADICTION(ERROR, "PRIVILEGED=yes and PROFILE=default contradict each other"),
    SIGN_MISSING(ERROR, "a capability of CAPS needs + or - before it"),
    SIGN_CONTRADICTION(ERROR, "CAPS both adds and takes away a capability"),
    CAPABILITY_UNKNOWN(ERROR, "there is no capability of that name"),
    SECCOMP_SYNTAX(ERROR, "SECCOMP takes yes, no, or system calls with a sign"),
    SECCOMP_LIBRARY(ERROR, "libseccomp, which makes the filter of system calls, is not installed"),
    USERNS_SYNTAX(ERROR, "USERNS takes auto, START:COUNT or none"),
    USERNS_RANGE(ERROR, "ids of USERNS lie below 65536 or above 2147483647"),
    USERNS_COUNT(ERROR, "USERNS has fewer ids than a system needs"),
    USERNS_TWICE(ERROR, "two subhosts have ids of USERNS in common"),
    DEVICE_PATH(ERROR, "DEVICES names something outside of /dev"),
    HIDE_PATH(ERROR, "HIDE takes absolute paths of the subhost"),
    ADDRESS_SYNTAX(ERROR, "a word of ADDRESS is no address with a prefix, or one that no host can have"),
    ADDRESS_INTERFACE(ERROR, "ADDRESS or GATEWAY names an interface that CABLES does not make"),
    ADDRESS_TWICE(ERROR, "an address occurs twice in ADDRESS"),
    ADDRESS_AUTO(ERROR, "ADDRESS=auto is for a cable without a bridge"),
    GATEWAY_SYNTAX(ERROR, "a word of GATEWAY is no address"),
    GATEWAY_TWICE(ERROR, "two gateways for one version of IP"),
    GATEWAY_UNREACHABLE(ERROR, "a gateway lies in no network of ADDRESS"),
    DNS_SYNTAX(ERROR, "a word of DNS is no address of a name server"),
    DNS_TOO_MANY(WARNING, "DNS has more than the three servers that the resolver library asks"),
    PUBLISH_SYNTAX(ERROR, "a word of PUBLISH is not [address:]hostport:port[/udp]"),
    PUBLISH_TWICE(ERROR, "a port of the host occurs twice in PUBLISH"),
    PUBLISH_WITHOUT_ADDRESS(ERROR, "PUBLISH is set, but no ADDRESS to forward to"),
    RELATION_NAME(ERROR, "a word of AFTER or REQUIRES is no name of a subhost"),
    RELATION_TWICE(WARNING, "a name occurs twice in AFTER and REQUIRES"),
    ORDER_CYCLE(ERROR, "subhosts wait for one another in a circle, so that none could be booted first"),
    ORDER_UNKNOWN(WARNING, "AFTER or REQUIRES names a subhost that nobody knows; a boot refuses REQUIRES"),
    LIMIT_SYNTAX(ERROR, "MEMORY, CPUS, PIDS or IO is no amount of what it limits");

    private final Severity severity;
    private final String meaning;

    Rule(Severity severity, String meaning) {
        this.severity = severity;
        this.meaning = meaning;
    }

    /** The stable id: {@code misspelt-key}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How a boot takes it. */
    public Severity severity() {
        return severity;
    }

    /** One sentence for overlayd-errors(7). */
    public String meaning() {
        return meaning;
    }
}
