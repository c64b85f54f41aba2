import { ValidateBy } from 'class-validator';
import { isIP } from 'node:net';

/** Names of ranges that Fastify knows. */
const RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** Whom `TRUST_PROXY` may name. No hop at all is `false`, and without a proxy no request can claim to have come over https. */
export const Proxies = () =>
  ValidateBy({
    name: 'proxies',
    validator: {
      validate: (value) =>
        typeof value === 'string' &&
        (/^(true|false|[1-9]\d{0,2})$/.test(value) || value.split(',').every((entry) => isProxy(entry.trim()))),
      defaultMessage: () =>
        `must be true, false, a number of hops from 1, or a comma-separated list of addresses, CIDRs, ${RANGES.join(', ')}`,
    },
  });

function isProxy(entry: string): boolean {
  if (RANGES.includes(entry)) return true;
  const [address = '', bits, ...rest] = entry.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || rest.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}
