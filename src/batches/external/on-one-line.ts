const SPACE = /[ \t\r\n]/;

/** Valid JSON without the space that it may have between its parts. */
export function onOneLine(json: string): string {
  if (!SPACE.test(json)) return json;
  const parts: string[] = [];
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const end = quote < 0 ? json.length : quote;
    parts.push(json.slice(at, end).replace(/[ \t\r\n]+/g, ''));
    if (quote < 0) break;
    at = endOfString(json, quote);
    parts.push(json.slice(quote, at));
  }
  return parts.join('');
}

/** Where the string that begins at a quote is over. */
function endOfString(json: string, begin: number): number {
  for (let quote = json.indexOf('"', begin + 1); ; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}
