import { isoTime, pdfDate } from './timestamps.js';
import { serialDate } from './xlsx/dates.js';

describe('pdfDate', () => {
  it.each([
    ["D:20240131120000+01'00'", '2024-01-31T11:00:00.000Z'],
    ["D:20240131120000-05'30", '2024-01-31T17:30:00.000Z'],
    ['D:20240131120000Z', '2024-01-31T12:00:00.000Z'],
    ["D:20240131120000Z00'00'", '2024-01-31T12:00:00.000Z'],
    ['D:2024', '2024-01-01T00:00:00.000Z'],
    ['20240131', '2024-01-31T00:00:00.000Z'],
    ['D:20241399', null],
    ['yesterday', null],
    ['', null],
  ])('%s', (written, expected) => {
    expect(pdfDate(written)).toBe(expected);
  });
});

describe('isoTime', () => {
  it.each([
    ['2024-03-01T08:30:00Z', '2024-03-01T08:30:00.000Z'],
    ['2024-03-01T08:30:00+02:00', '2024-03-01T06:30:00.000Z'],
    ['2024-03-01T08:30:00', '2024-03-01T08:30:00.000Z'],
    [' 2024-03-01 ', '2024-03-01T00:00:00.000Z'],
    ['1 March 2024', null],
    ['2024-99-99', null],
  ])('%s', (written, expected) => {
    expect(isoTime(written)).toBe(expected);
  });
});

describe('serialDate', () => {
  // What a spreadsheet shows for these numbers.
  it.each([
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [61, false, '1900-03-01'],
    [45351, false, '2024-02-29'],
    [45351.75, false, '2024-02-29T18:00:00'],
    [0.5, false, '12:00:00'],
    [43889, true, '2024-02-29'],
    [-1, false, null],
    [1e9, false, null],
  ])('%d', (serial, since1904, expected) => {
    expect(serialDate(serial, since1904)).toBe(expected);
  });
});
