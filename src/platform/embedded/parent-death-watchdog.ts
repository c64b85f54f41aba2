import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Log } from './log.js';
import type { TerminationStep } from './process-identity.js';

/**
 * Arguments: the process, then signals and seconds in turn. A line means that the process has ended already; the end
 * of the input means that Facet has died, since only Facet holds the other end of this pipe.
 */
const SCRIPT = `
trap '' HUP INT TERM QUIT
if read -r line; then exit 0; fi
pid=$1
shift
while [ $# -ge 2 ]; do
  kill -s "$1" "$pid" 2>/dev/null || exit 0
  left=$(($2 * 5))
  while [ "$left" -gt 0 ]; do
    sleep 0.2
    kill -0 "$pid" 2>/dev/null || exit 0
    left=$((left - 1))
  done
  shift 2
done
`;

/**
 * Starts a watchdog that terminates a server soon after Facet has died, even by SIGKILL. Returns a function that ends the
 * watchdog; to be called once the server has ended.
 */
export function startParentDeathWatchdog(pid: number, steps: readonly TerminationStep[], log: Log): () => void {
  const stepArguments = steps.flatMap(([signal, seconds]) => [signal.replace(/^SIG/, ''), String(seconds)]);
  const watchdog = spawn('/bin/sh', ['-c', SCRIPT, 'facet-watchdog', String(pid), ...stepArguments], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  // Without its watchdog a server still runs, and the next start terminates what it finds.
  const report = (error: Error) => {
    log('The watchdog of an embedded server has ended; the server outlives Facet if Facet is killed', {
      server_pid: pid,
      reason: error.message,
    });
  };
  watchdog.on('error', report);
  watchdog.stdin.on('error', report);
  return () => {
    watchdog.stdin.end('\n');
  };
}
