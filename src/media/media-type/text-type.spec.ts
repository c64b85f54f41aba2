import { rootOf } from './markup.js';
import { decodeText } from './text-sample.js';
import { textType } from './text-type.js';

const decode = (head: Buffer, ...others: Buffer[]) => decodeText({ head, others });

describe('bytes that are text', () => {
  it.each([
    ['UTF-8', Buffer.from('naïve — 日本')],
    ['UTF-8 with its mark', Buffer.from('\ufeffnaïve — 日本')],
    ['UTF-16, little end first', Buffer.from('\ufeffnaïve — 日本', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffnaïve — 日本', 'utf16le').swap16()],
  ])('%s', (_, bytes) => {
    expect(decode(bytes)).toBe('naïve — 日本');
  });

  it('windows-1252', () => {
    expect(decode(Buffer.from('Gar\xe7on, \x93voil\xe0\x94 \x80 5', 'latin1'))).toMatch(/^Garçon, .voilà. . 5$/);
  });

  it('UTF-8 with a broken character here and there', () => {
    const damaged = Buffer.concat([Buffer.from('日本'), Buffer.from([0xff]), Buffer.from('long '.repeat(100))]);
    expect(decode(damaged)).toBe(`日本\ufffd${'long '.repeat(100)}`);
    expect(decode(Buffer.concat([Buffer.from('多語言文字'.repeat(50)), Buffer.from([0xff])]))).toContain('多語言');
  });

  it('a beginning that ends within a character', () => {
    expect(decode(Buffer.from('words and words 日').subarray(0, -1))).toMatch(/^words and words/);
  });

  it('a part that begins and ends within a character', () => {
    const bytes = Buffer.from('日本語'.repeat(1000));
    expect(decode(bytes.subarray(0, 1000), bytes.subarray(1001, 2000), bytes.subarray(2003))).not.toBeNull();
  });

  it('markup in a charset that it names itself', () => {
    const page = Buffer.concat([Buffer.from('<html><meta charset=koi8-r>'), Buffer.from([0xc1, 0xc2, 0x81, 0xc7])]);
    expect(decode(page)).toContain('<meta charset=koi8-r>');
  });
});

describe('bytes that are not', () => {
  it.each([
    ['none', Buffer.alloc(0)],
    ['a zero', Buffer.from('a\0b')],
    ['a control', Buffer.from('a\x01b')],
    ['the byte 7F', Buffer.from('a\x7fb')],
    ['bytes that windows-1252 leaves undefined', Buffer.from('caf\x81 \x8d', 'latin1')],
    ['mostly high bytes', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0xec])],
    ['UTF-32', Buffer.from('fffe00006100000062000000', 'hex')],
    ['lone surrogates in UTF-16', Buffer.from('fffe00d800d800d800d80061', 'hex')],
    ['a zero in UTF-16', Buffer.from('fffe610000006200', 'hex')],
  ])('%s', (_, bytes) => {
    expect(decode(bytes)).toBeNull();
  });

  it('a zero in a later part', () => {
    expect(decode(Buffer.from('text'), Buffer.from('text'), Buffer.from('te\0xt'))).toBeNull();
  });
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';

describe('drawings', () => {
  it.each([
    ['alone', SVG],
    ['behind white space', `\n\t  ${SVG}`],
    ['behind a declaration and a comment', `<?xml version="1.0"?>\n<!-- <html> -->\n${SVG}`],
    ['behind a style sheet', `<?xml version="1.0"?><?xml-stylesheet href="a.css"?>${SVG}`],
    ['behind a document type', `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">${SVG}`],
    ['behind entities with signs in them', `<!DOCTYPE svg [<!ENTITY a "]>"><!-- it's ]> -->]>${SVG}`],
    ['with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
  ])('%s', (_, text) => {
    expect(textType(text, 'txt', true)).toBe('image/svg+xml');
  });

  it.each([
    ['in a page', `<!doctype html><body>${SVG}`, 'text/html'],
    ['in a comment', `<!-- ${SVG} -->`, 'text/plain'],
    ['in a comment that never ends', `<!-- ${SVG}`, 'text/plain'],
    ['of another name', '<svgs/>', 'text/plain'],
    ['named only', 'Not a drawing', 'text/plain'],
  ])('none: %s', (_, text, mediaType) => {
    expect(textType(text, 'svg', true)).toBe(mediaType);
  });
});

describe('pages', () => {
  it.each([
    ['by document type', '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><p>a', 'txt'],
    ['by root', '\n<HTML lang="en"><body>a', 'md'],
    ['by root, as XML', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', 'xml'],
    ['behind a comment', '<!-- saved -->\n<html>', 'csv'],
    ['a piece of one', '<div class="a"><p>text</p></div>', ''],
    ['a script element', '<script>alert(1)</script>', 'txt'],
    ['by name, with elements', 'Hello <b>world</b>', 'html'],
  ])('%s', (_, text, extension) => {
    expect(textType(text, extension, true)).toBe('text/html');
  });

  it('not by name alone', () => {
    expect(textType('Hello, world', 'html', true)).toBe('text/plain');
  });
});

describe('tables', () => {
  it.each([
    ['commas', 'name,age\nAda,36\n', ''],
    ['semicolons', 'name;price\nbrass;1,50\niron;2,25\n', 'txt'],
    ['tabs', 'name\tage\r\nAda\t36\r\n', 'txt'],
    ['bars', 'name|age\nAda|36\nBob|41\n', ''],
    ['quotes around delimiters, line breaks and quotes', 'a,b\n"x,y","1\n2"\n"say ""hi""",z\n', 'txt'],
    ['spaces behind commas, and numbers', 'name, age\nAda, 36\nBob, 41\n', ''],
    ['numbers alone', '1,2,3\n4,5,6\n', 'dat'],
    ['a table named like Markdown', 'id,name\n1,a\n2,b\n', 'md'],
    ['one column, by name', 'url\nhttps://example.org/\n', 'csv'],
    ['prose, by name', 'Just a sentence.\n', 'csv'],
  ])('%s', (_, text, extension) => {
    expect(textType(text, extension, true)).toBe('text/csv');
  });

  it.each([
    ['prose with commas', 'Roses are red, violets are blue\nSugar is sweet, and so are you\n', ''],
    ['a letter', 'Dear John,\nthank you for the book,\nyours,\n', 'txt'],
    ['one record', 'name,age\n', 'txt'],
    ['records of many lengths', 'a,b\nc\nd,e,f,g\nh\n', 'txt'],
    ['a program', 'int a;\nint b;\nint c;\n', 'c'],
    ['calls', 'foo(a,b)\nbar(c,d)\n', 'txt'],
    ['a log', '2024-01-01 10:00:00,123 INFO started\n2024-01-01 10:00:01,456 INFO stopped\n', 'log'],
    ['lines of JSON', '{"a":1,"b":2}\n{"a":3,"b":4}\n', 'jsonl'],
    ['JSON named like a table', '{"a":1,\n"b":2}\n', 'csv'],
  ])('none: %s', (_, text, extension) => {
    expect(textType(text, extension, true)).toBe('text/plain');
  });

  it('leaves out the last record of a text that goes on', () => {
    expect(textType('name,age\nAda,36\nBob,41\nGra', '', false)).toBe('text/csv');
  });
});

describe('Markdown', () => {
  it.each([
    ['a heading and a link', '# A\n\nSee [b](https://example.org/).\n', ''],
    ['a heading and code in a fence', '# A\n\n```js\nx()\n```\n', 'txt'],
    ['headings of two ranks and a list', '# A\n\nText.\n\n## B\n\n- one\n- two\n', ''],
    ['a table', 'Some **bold** words\n\n| a | b |\n|---|---|\n| 1 | 2 |\n', ''],
    ['a page within', '<p align="center"><img src="a.png"></p>\n\n# A\n\n**Bold** words\n', ''],
    ['by name', 'Just words.\n', 'md'],
    ['by name, begun by an element', '<div align="center">\n\nwords\n\n</div>\n', 'markdown'],
    ['named like a table', '# A\n\nSee [b](https://example.org/).\n\n```\ncode\n```\n', 'csv'],
  ])('%s', (_, text, extension) => {
    expect(textType(text, extension, true)).toBe('text/markdown');
  });

  it.each([
    ['a program of the shell', '#!/bin/sh\n# say **hello**\n\n- [a](https://example.org/)\n', ''],
    ['settings', '# Where to listen\nport: 80\n# Names\n- a\n- b\n', 'yml'],
    ['a program', '# comment\nhandlers[name](event.target)\nf(**kwargs)\n', 'py'],
    ['a list', '- milk\n- eggs\n', 'txt'],
    ['an answer to a letter', '> Are you there?\n\nYes.\n', 'txt'],
    [
      'a program described in comments',
      '/**\n * See [a](https://a.b/).\n * - `x`\n */\nf(); // **`f`** of [b](./b)\n',
      'ts',
    ],
    ['PHP', '<?php\n# **x**\n?>\n<html>', 'php'],
    ['XML', '<?xml version="1.0"?><rss><title>a</title></rss>', 'xml'],
    ['XML of unknown elements', '<note><to>b</to></note>', ''],
  ])('none: %s', (_, text, extension) => {
    expect(textType(text, extension, true)).toBe('text/plain');
  });
});

describe('prose that begins like something else', () => {
  it.each([
    'The free world',
    'BMW builds cars.',
    'MZ is a rank.',
    'GIF89a is a format.',
    'ID3 tags name songs.',
    'RIFF!',
  ])('%s', (text) => {
    expect(textType(decode(Buffer.from(text)) ?? '', 'txt', true)).toBe('text/plain');
  });
});

describe('texts made to be slow', () => {
  const slow: Record<string, string> = {
    'brackets that open': '['.repeat(65_536),
    'elements that never end': '<a '.repeat(21_845),
    'comments that never end': '<!--'.repeat(16_384),
    'a document type of brackets': `<!DOCTYPE a ${'['.repeat(65_000)}`,
    quotes: '"'.repeat(65_535),
    'quotes in a document type': `<!DOCTYPE a ${`"'`.repeat(30_000)}`,
    'instructions in a document type': `<!DOCTYPE a ${'<?'.repeat(32_000)}`,
    'comments in a document type': `<!DOCTYPE a [${'<!--'.repeat(16_000)}`,
    commas: ','.repeat(65_536),
    spaces: ' '.repeat(65_536),
    'bars and dashes': `|${' ---|'.repeat(13_000)}x`,
    stars: '**a'.repeat(21_845),
    'digits in a cell': `a,b\n${'1'.repeat(30_000)}x,${'1,'.repeat(10)}`,
  };

  it.each(Object.keys(slow))('%s', (name) => {
    expect(typeof textType(slow[name]!, 'txt', true)).toBe('string');
  });

  it.each(['<?', '<!--'])('are searched once for the end of all the %s in a document type', (beginning) => {
    const search = jest.spyOn(String.prototype, 'indexOf');
    const root = rootOf(`<!DOCTYPE html ${beginning.repeat(16_000)}`);
    const searches = search.mock.calls.length;
    search.mockRestore();
    expect(root).toEqual({ name: 'html', html: true });
    expect(searches).toBeLessThan(10);
  });
});
