package io.rekindle.local.stack;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.server.Port;
import java.nio.file.Path;
import java.util.Map;

/**
 * What whoever starts a stack asks for.
 *
 * @param demo whether an empty database is filled with the demo shop, and that kept ordering
 * @param ports ports that have to be these
 * @param parallelism of the job; null for what it was, as are the next two
 * @param taskManagers how many processes
 * @param stateBackend where the job keeps its state
 * @param pauseOutreach whether outreach is switched off before anything could be decided or sent
 * @param from savepoint or checkpoint to begin with; null for the newest
 */
public record UpRequest(
    boolean demo,
    Map<Port, Integer> ports,
    Integer parallelism,
    Integer taskManagers,
    StateBackend stateBackend,
    boolean pauseOutreach,
    Path from) {}
