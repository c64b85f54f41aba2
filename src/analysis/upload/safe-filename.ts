/** Characters that a person may put into a name but no file, log line or header should carry. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}<>:"/\\|?*]/gu;

const MAX_CHARACTERS = 200;

/** The last part of the caller's name without anything that acts as a path, a control or a device. Shown, never opened. */
export function safeFilename(given: string | undefined): string {
  const last = (given ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last.replace(UNSAFE, '').replace(/^[.\s-]+|[.\s]+$/g, '');
  const [, stem = '', extension = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/su.exec(clean) ?? [];
  return (
    (stem
      .slice(0, MAX_CHARACTERS - extension.length)
      .toWellFormed()
      .replaceAll('\ufffd', '') || 'file') + extension
  );
}
