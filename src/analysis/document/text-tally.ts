const LINE_FEED = 10;

/** Counts characters, words and lines of a text that arrives in pieces. */
export class TextTally {
  characters = 0;
  words = 0;
  private lineFeeds = 0;
  private inWord = false;
  private lastCode = LINE_FEED;

  /** A last line counts though nothing ends it. */
  get lines(): number {
    return this.lineFeeds + (this.lastCode === LINE_FEED ? 0 : 1);
  }

  add(piece: string): void {
    for (let at = 0; at < piece.length; at += 1) this.count(piece.charCodeAt(at));
  }

  private count(code: number): void {
    // The second half of a surrogate pair was counted with its first.
    if (code < 0xdc00 || code > 0xdfff) this.characters += 1;
    if (code === LINE_FEED) this.lineFeeds += 1;
    this.lastCode = code;
    if (isSpace(code)) this.inWord = false;
    else if (isIdeograph(code)) this.countIdeograph();
    else this.countInWord();
  }

  private countIdeograph(): void {
    this.words += 1;
    this.inWord = false;
  }

  private countInWord(): void {
    if (!this.inWord) this.words += 1;
    this.inWord = true;
  }
}

function isSpace(code: number): boolean {
  if (code <= 0x20) return true;
  return code >= 0xa0 && (code === 0xa0 || code === 0x3000 || code === 0x2028 || (code >= 0x2000 && code <= 0x200b));
}

/** Chinese and Japanese put no spaces between words; word processors count their characters instead. */
function isIdeograph(code: number): boolean {
  if (code < 0x3040) return false;
  return code <= 0x30ff || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff);
}
