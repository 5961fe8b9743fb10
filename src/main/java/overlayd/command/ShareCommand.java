package overlayd.command;

/** overlay-share: planned. Refused, because a share that seems to succeed and shares nothing is worse than none. */
final class ShareCommand implements Command {
    private static final String NAME = "overlay-share";

    private final Model model = Model.of(NAME, "overlay-share NAME DIR")
            .about("Shares a directory with a running subhost: not in this version.",
                    "Until then: SHARE= in the configuration file, then stop and boot.")
            .operands("NAME DIR", "0..*", "subhost, and directory of the host")
            .exits(ExitCode.USAGE)
            .build();

    @Override
    public Model model() {
        return model;
    }

    @Override
    public int run(Given given, Invocation invocation) throws UsageException {
        throw new UsageException("not in this version; put SHARE=DIR into the configuration file, then stop and boot the subhost");
    }
}
