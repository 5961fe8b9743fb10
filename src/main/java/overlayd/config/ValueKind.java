package overlayd.config;

/** What kind of value a key takes; decides how it is read. */
public enum ValueKind {
    NAME("name"),
    PATH("path"),
    LOWERS("path[:path...]"),
    UPPER("path"),
    CABLES("[bridge]=[mac or .vlan] ..."),
    SERVICES("service ... | none"),
    SIZE("size[K|M|G|T|%] | none"),
    SHARE("hostpath[:subhostpath][,ro]"),
    HOOK("command [argument ...]"),
    INIT("command [argument ...] | /sbin/init | exec:/path"),
    INNER_PATH("path in the subhost"),
    HOSTNAME("name | host"),
    DURATION("seconds | 90s | 2min | 1h | none"),
    ENVIRONMENT("NAME=value ..."),
    PROFILE("default | compat"),
    CAPS("+capability | -capability ..."),
    SECCOMP("yes | no | +call | -call ..."),
    USERNS("auto | START:COUNT | none"),
    YES_NO("yes | no"),
    DEVICES("/dev/path ..."),
    HIDE("secrets | path ..."),
    ADDRESSES("[ethN=]address/prefix | [ethN=]auto | [ethN=]dhcp ..."),
    GATEWAYS("[ethN=]address ... | none"),
    SERVERS("address ... | host | none"),
    PORTS("[address:]hostport:port[/udp] ..."),
    GROUP("group"),
    SINK("auto | journal | syslog | stderr"),
    MEMORY("size[K|M|G|T|%] | none"),
    PROCESSORS("number | none"),
    COUNT("number | none"),
    RATES("[path=]rate[K|M|G|T] ... | none"),
    RESTART("no | on-failure | always"),
    READY("tcp:[address:]port | file:/path ... | !command [argument ...]"),
    NAMES("name ..."),
    LATER("-");

    private final String syntax;

    ValueKind(String syntax) {
        this.syntax = syntax;
    }

    /** One-line syntax as the manual page shows it. */
    public String syntax() {
        return syntax;
    }
}
