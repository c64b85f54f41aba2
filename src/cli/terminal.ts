const WIDTH = 30;

/** Columns of a terminal that does not say how wide it is. */
const USUAL = 80;

/** A line that is drawn over and over in a terminal, and written once, at its end, anywhere else. */
export class LiveLine {
  private drawn = false;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  draw(text: string): void {
    if (!this.out.isTTY) return;
    this.drawn = true;
    this.out.write(`\r\u001b[K${text.slice(0, (this.out.columns || USUAL) - 1)}`);
  }

  end(text: string): void {
    this.draw(text);
    this.out.write(this.drawn ? '\n' : `${text}\n`);
  }
}

/** @param share from 0 to 1. */
export function bar(share: number): string {
  const done = Math.floor(Math.min(1, Math.max(0, share)) * WIDTH);
  return `[${'█'.repeat(done)}${'·'.repeat(WIDTH - done)}]`;
}

/** Rows of equal length below their headings. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}`;
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Seconds as hours, minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A whole number in groups of three digits. */
export const grouped = (value: number): string => value.toLocaleString('en-US');
