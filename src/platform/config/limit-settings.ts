import { OutboundSettings } from './outbound-settings.js';
import { WholeNumber } from './setting-rules.js';

/** Requests in a window of time; 0 sets no limit. */
const budget = WholeNumber(0, 1_000_000_000);

/** How much of a caller is taken in: requests in a window of time, and what one request may hold. */
export class LimitSettings extends OutboundSettings {
  /** Requests a minute of one account, and as many of each of its API keys; 0 sets no limit, here and below. */
  @budget
  readonly RATE_LIMIT_ACCOUNT: number = 60_000;

  /** Requests a minute of one address without a sign-in. */
  @budget
  readonly RATE_LIMIT_ANONYMOUS: number = 600;

  /** Files a minute that one account or key sends in. */
  @budget
  readonly RATE_LIMIT_ANALYZE: number = 6_000;

  /** Log-ins a minute from one address, and changes of the password of one account. */
  @budget
  readonly RATE_LIMIT_LOGIN: number = 120;

  /** Registrations an hour from one address. */
  @budget
  readonly RATE_LIMIT_REGISTER: number = 120;

  /** Requests for and uses of a new password an hour from one address. */
  @budget
  readonly RATE_LIMIT_RESET: number = 60;
}
