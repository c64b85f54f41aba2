/** Number of the commonest passwords that are refused. */
const MAX_ENTRIES = 10_000;

let known: Promise<ReadonlySet<string>> | undefined;

/** Whether the password is among the ten thousand commonest, whatever its case. */
export async function isCommon(password: string): Promise<boolean> {
  return (await (known ??= load())).has(password.toLowerCase());
}

/** The list is large and seldom asked for: it is read when the first password is chosen. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].slice(0, MAX_ENTRIES).map((password) => password.toLowerCase()));
}
