/** The part of autocannon that is used here; the package brings no types. */
declare module 'autocannon' {
  interface Options {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Threads that send, so that the answers are not measured in the one that floods. */
    workers?: number;
    requests: readonly { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string }[];
  }

  interface Report {
    readonly requests: { readonly total: number };
    readonly non2xx: number;
    readonly errors: number;
    readonly timeouts: number;
  }

  export default function autocannon(options: Options): Promise<Report>;
}
