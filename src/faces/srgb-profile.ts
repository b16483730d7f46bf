/** Red, green and blue of sRGB as ICC profiles give them, XYZ under D50 (IEC 61966-2-1, adapted). */
const SRGB: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const TOLERANCE = 0.005;
const TABLE_AT = 128;
const ENTRY_BYTES = 12;
const MAX_ENTRIES = 100;

/**
 * Whether a colour profile (ICC.1:2022, § 7) says no more than that the picture is in sRGB, by its primaries: then its
 * colours need no conversion, which costs more than the rest of decoding. False for whatever cannot be read.
 */
export function isSrgbProfile(icc: Uint8Array): boolean {
  const profile = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const text = (at: number): string => String.fromCharCode(...icc.subarray(at, at + 4));
  const has = (at: number, bytes: number): boolean => at + bytes <= profile.byteLength;
  if (!has(TABLE_AT, 4) || text(16) !== 'RGB ') return false;
  const entries = profile.getUint32(TABLE_AT);
  if (entries > MAX_ENTRIES || !has(TABLE_AT + 4, entries * ENTRY_BYTES)) return false;
  const primaries = new Map(
    Array.from({ length: entries }, (_, index) => TABLE_AT + 4 + index * ENTRY_BYTES).map((at) => [text(at), profile.getUint32(at + 4)] as const),
  );
  return Object.entries(SRGB).every(([name, expected]) => {
    const at = primaries.get(name);
    return at !== undefined && has(at, 20) && expected.every((value, index) => Math.abs(profile.getInt32(at + 8 + index * 4) / 65_536 - value) <= TOLERANCE);
  });
}
