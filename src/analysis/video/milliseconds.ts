/** Seconds rounded to milliseconds, as results show them. */
export const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
