/** Where the embedded servers' comings and goings are told. */
export type Log = (message: string, details?: Record<string, unknown>) => void;
