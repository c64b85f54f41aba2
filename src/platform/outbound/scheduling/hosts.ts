import { EventEmitter } from 'node:events';
import { Circuit, type CircuitRules, type CircuitState, WINDOW_BUCKETS } from './circuit.js';
import { Host } from './host.js';

/** Hosts that are kept; past it those are evicted that have been idle for longest. */
const MAX_HOSTS = 2000;

/** The hosts that this process has sent requests to. */
export class Hosts {
  private readonly hosts = new Map<string, Host>();
  private readonly rotation = new EventEmitter().setMaxListeners(0);
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly rules: CircuitRules) {
    this.timer = setInterval(
      () => {
        this.rotation.emit('rotate');
      },
      (rules.windowSeconds * 1000) / WINDOW_BUCKETS,
    ).unref();
  }

  /** @param name as in `URL.host`. */
  get(name: string): Host {
    const known = this.hosts.get(name);
    if (known) return known;
    if (this.hosts.size >= MAX_HOSTS) this.evictIdle();
    const host = new Host(name, new Circuit(this.rules, this.rotation));
    this.hosts.set(name, host);
    return host;
  }

  /** Evicts a tenth at a time, so that a million different hosts are not sorted a million times. */
  private evictIdle(): void {
    const idle = [...this.hosts.values()].filter((host) => host.idle);
    // A circuit that is not closed is worth more than one that is.
    const worth = (host: Host) => (host.circuit.state === 'closed' ? 0 : 1);
    idle.sort((a, b) => worth(a) - worth(b) || a.usedAt - b.usedAt);
    for (const host of idle.slice(0, MAX_HOSTS / 10)) {
      host.close();
      this.hosts.delete(host.name);
    }
  }

  /** Returns the hosts whose circuit is not closed. */
  withOpenCircuit(): [name: string, state: CircuitState][] {
    return [...this.hosts.values()]
      .map(({ name, circuit }): [string, CircuitState] => [name, circuit.state])
      .filter(([, state]) => state !== 'closed');
  }

  close(): void {
    clearInterval(this.timer);
    for (const host of this.hosts.values()) host.close();
    this.hosts.clear();
  }
}
