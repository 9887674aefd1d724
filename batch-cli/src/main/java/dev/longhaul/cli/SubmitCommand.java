package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Uploads a file of requests, creates its batch and prints the batch's id.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin
    private Submission submission = new Submission();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        InputFile input = submission.input();
        System.out.println(submission.submit(api.client(), input).id());
        return ExitCode.OK;
    }
}
