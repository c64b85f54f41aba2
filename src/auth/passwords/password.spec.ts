import { dictionary } from '@zxcvbn-ts/language-common';
import { isCommon } from './common-passwords.js';
import { normalize, refuseCommon } from './password.js';

it('refuses exactly the ten thousand commonest, whatever their case', async () => {
  const all = dictionary['passwords-common'];
  const commonest = all.slice(0, 10_000);
  for (const password of [commonest[0]!, commonest[4999]!, commonest[9999]!]) {
    expect(await isCommon(password.toUpperCase())).toBe(true);
  }
  const known = new Set(commonest.map((password) => password.toLowerCase()));
  const rarer = all.slice(10_000).filter((password) => !known.has(password.toLowerCase()));
  expect(await isCommon(rarer[0]!)).toBe(false);
});

it('names the field of a password that is too common', async () => {
  await expect(refuseCommon('1QAZ2wsx3edc', 'new_password')).rejects.toMatchObject({
    code: 'validation_failed',
    details: { fields: [{ field: 'new_password', message: 'is one of the commonest passwords' }] },
  });
  await expect(refuseCommon('the owl and the pussycat', 'password')).resolves.toBeUndefined();
});

it('sees through letters of full width', async () => {
  expect(normalize('ｑｗｅｒｔｙ')).toBe('qwerty');
  await expect(refuseCommon('１ｑａｚ２ｗｓｘ３ｅｄｃ', 'password')).rejects.toThrow();
});
