// Progress bars and tables for a terminal, and plain lines where there is none.

const WIDTH = 30;

/** Draws over the line before in a terminal; elsewhere only the last state is written. */
export function drawBar(name, { progress, message, status }) {
  const done = Math.round((progress / 100) * WIDTH);
  const line = `  ${name.padEnd(12)} [${'█'.repeat(done)}${'·'.repeat(WIDTH - done)}] ${String(progress).padStart(3)} %  ${message}`;
  const last = !['queued', 'processing'].includes(status);
  if (process.stdout.isTTY)
    process.stdout.write(`\r\u001b[K${line.slice(0, process.stdout.columns - 1)}${last ? '\n' : ''}`);
  else if (last) process.stdout.write(`${line}\n`);
}

/** Rows of equal length below their headings. */
export function drawTable(headings, rows) {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column]).length)),
  );
  const line = (cells) =>
    `  ${cells
      .map((cell, column) => String(cell).padEnd(widths[column]))
      .join('  ')
      .trimEnd()}\n`;
  process.stdout.write(line(headings) + line(widths.map((width) => '─'.repeat(width))) + rows.map(line).join(''));
}
