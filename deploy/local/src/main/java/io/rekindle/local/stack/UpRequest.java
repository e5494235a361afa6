package io.rekindle.local.stack;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.server.Port;
import java.nio.file.Path;
import java.util.Map;

/**
 * The options of a start.
 *
 * @param demo whether the demo shop fills an empty database and then keeps ordering
 * @param demoSpeed how many times as often as in real life the demo shop changes; at least 1
 * @param ports the requested ports
 * @param parallelism the parallelism of the job; null for that of the last start, also for the next
 *     two
 * @param taskManagers the number of TaskManagers
 * @param stateBackend where the job keeps its state
 * @param pauseOutreach whether outreach is switched off before the first decision or email
 * @param from savepoint or checkpoint to begin with; null for the newest
 */
public record UpRequest(
    boolean demo,
    int demoSpeed,
    Map<Port, Integer> ports,
    Integer parallelism,
    Integer taskManagers,
    StateBackend stateBackend,
    boolean pauseOutreach,
    Path from) {}
