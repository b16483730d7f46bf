/** The one spelling of a JSON value (RFC 8785), so that everyone hashes and signs the same bytes. */
import canonicalize from 'canonicalize';

/**
 * RFC 8785 canonical JSON.
 * @throws Error for what has no canonical form: undefined, NaN, infinities, lone surrogates, cycles.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('the value has no canonical JSON form');
  return text;
}
