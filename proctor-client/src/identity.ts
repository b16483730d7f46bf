const DEVICE_KEY = 'xuejian.device';

const hex = (bytes: number): string =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** 16 random bytes as hex: the trainee's share of the committed schedule. */
export const drawNonce = (): string => hex(16);

/** One page load. */
export const drawInstanceId = (): string => hex(12);

/** The same for every page of this browser; a browser without storage counts as a new device each time. */
export function deviceId(): string {
  try {
    const stored = localStorage.getItem(DEVICE_KEY);
    if (stored && /^[0-9a-f]{24}$/.test(stored)) return stored;
    const drawn = hex(12);
    localStorage.setItem(DEVICE_KEY, drawn);
    return drawn;
  } catch {
    return hex(12);
  }
}
