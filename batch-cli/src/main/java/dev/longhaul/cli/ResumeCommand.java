package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "resume", mixinStandardHelpOptions = true, description = "Resumes a paused batch.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        System.out.println(Report.state(batch.client().resume(batch.id())));
        return ExitCode.OK;
    }
}
