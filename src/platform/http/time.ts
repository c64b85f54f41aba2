import { ValidateBy } from 'class-validator';

/** The forms of ISO 8601 that are taken: a date, or a date and a time, with or without an offset. */
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

const WITHOUT_OFFSET = /T[^Z+-]+$/;

/** The moment that a time in a request names; UTC where it does not say otherwise, wherever the server stands. */
export const timeOf = (text: string): Date => new Date(WITHOUT_OFFSET.test(text) ? `${text}Z` : text);

const DAY = 86_400_000;

/** Rows carry milliseconds, so the first moment after a time is the next one; after a date, the next day. */
export const endOf = (text: string): Date =>
  new Date(timeOf(text).getTime() + (/^\d{4}-\d{2}-\d{2}$/.test(text) ? DAY : 1));

export const isTime = (value: unknown): boolean =>
  typeof value === 'string' && TIME.test(value) && isInCalendar(value) && !Number.isNaN(timeOf(value).getTime());

/** JavaScript takes 30 February for 2 March. */
function isInCalendar(text: string): boolean {
  const date = text.slice(0, 'YYYY-MM-DD'.length);
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

export const IsTime = () =>
  ValidateBy({ name: 'isTime', validator: { validate: isTime, defaultMessage: () => 'must be an ISO 8601 time' } });
