import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Log } from './log.js';
import type { EndingStep } from './process-identity.js';

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

/** Makes sure that a server ends soon after Facet does, even by SIGKILL. Call the answer once the server has ended. */
export function leaveLastWill(pid: number, steps: readonly EndingStep[], log: Log): () => void {
  const wishes = steps.flatMap(([signal, seconds]) => [signal.replace(/^SIG/, ''), String(seconds)]);
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'facet-last-will', String(pid), ...wishes], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  // Without its watcher a server still runs, and the next start still ends what it finds.
  const report = (error: Error) => {
    log('The watcher of an embedded server has ended', { server_pid: pid, reason: error.message });
  };
  watcher.on('error', report);
  watcher.stdin.on('error', report);
  return () => {
    watcher.stdin.end('\n');
  };
}
