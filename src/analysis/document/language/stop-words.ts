/** tinyld tells Mandarin, Persian and Latvian by their own codes, the lists stand under the macrolanguage's. */
const MACROLANGUAGES: Readonly<Record<string, string>> = { cmn: 'zho', pes: 'fas', lvs: 'lav' };

/** The stop words of a language (ISO 639-1), English ones for a language that is not known, none where no list exists. */
export async function stopWords(code: string | null): Promise<ReadonlySet<string>> {
  const { toISO3 } = await import('tinyld');
  const lists: Readonly<Record<string, unknown>> = await import('stopword');
  const name = toISO3(code ?? 'en');
  const list = lists[MACROLANGUAGES[name] ?? name];
  return new Set(isWordList(list) ? list.map((word) => word.toLowerCase()) : []);
}

function isWordList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
