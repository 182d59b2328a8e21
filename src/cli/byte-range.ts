/** Which bytes an HTTP request asks for (RFC 9110 §14.1.2). Pure. */

/** Both ends belong to it. */
export type ByteRange = Readonly<{ first: number; last: number }>;

/**
 * @param header of the request; several ranges at once are answered by the whole, as the RFC lets a server do.
 * @returns 'unsatisfiable' for what lies behind the end.
 */
export function byteRangeOf(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const [match, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (match === undefined || (from === '' && to === '')) return 'whole';
  // '-500' is the last 500.
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (from !== '' && to !== '' && Number(to) < first) return 'whole';
  return first >= sizeBytes || (from === '' && Number(to) === 0) ? 'unsatisfiable' : { first, last };
}
