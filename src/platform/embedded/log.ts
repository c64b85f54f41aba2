/** Logs starts and ends of the embedded servers. */
export type Log = (message: string, details?: Record<string, unknown>) => void;
