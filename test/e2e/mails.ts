import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, type Ground } from '../support/facet.js';

/** The mails to an address under a subject, once there are so many. */
export const mailed = ({ dataDirectory }: Ground, address: string, subject: string, count = 1): Promise<string[]> =>
  eventually(
    async () => (await mailsTo(dataDirectory, address)).filter((mail) => mail.includes(`Subject: ${subject}`)),
    (mails) => mails.length >= count,
  );

async function mailsTo(dataDirectory: string, address: string): Promise<string[]> {
  const folder = join(dataDirectory, 'mail');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  const mails = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')));
  return mails.filter((mail) => new RegExp(`^To: .*${address}`, 'm').test(mail));
}
