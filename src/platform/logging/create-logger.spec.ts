import { Writable } from 'node:stream';
import pino from 'pino';
import { repeatedKeys } from '../../../test/support/repeated-keys.js';
import { withoutReservedKeys } from './create-logger.js';

it('keeps a field under another name that every line has by itself', () => {
  let line = '';
  const stream = new Writable({
    write: (text: Buffer, _encoding, done) => {
      line += text.toString();
      done();
    },
  });
  const base = { role: 'api', pid: 7 };
  const logger = pino({ base, formatters: { log: withoutReservedKeys } }, stream);
  logger.info({ pid: 8, role: 'x', msg: 'y', level: 1, time: 2, port: 9 }, 'started');
  expect(repeatedKeys(line)).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({
    ...base,
    level: 30,
    msg: 'started',
    ...{ field_pid: 8, field_role: 'x', field_msg: 'y', field_level: 1, field_time: 2 },
    port: 9,
  });
});
