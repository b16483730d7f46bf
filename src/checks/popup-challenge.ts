/** Draws popups: what is asked, what counts as the answer, and the picture of the digits. */
import { randomInt } from 'node:crypto';
import type { PopupIssued } from '../rules/event.js';

export type PopupChallenge = Pick<PopupIssued, 'kind' | 'prompt' | 'options' | 'expected' | 'pictureSeed'>;

const DIGITS = 4;
const ZH_NUMBERS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'] as const;

/** A trainee entitled to longer times gets a question in words, which a screen reader can read out. */
export function drawPopupChallenge(kinds: readonly PopupIssued['kind'][], isAccessible: boolean): PopupChallenge {
  const offered = isAccessible && kinds.includes('QUESTION') ? (['QUESTION'] as const) : kinds;
  const kind = offered[randomInt(offered.length)] ?? 'NUMBER';
  return kind === 'NUMBER' ? drawNumber() : drawQuestion();
}

function drawNumber(): PopupChallenge {
  return {
    kind: 'NUMBER',
    prompt: { zh: '请输入图中的数字', en: 'Type the digits in the picture' },
    options: null,
    expected: Array.from({ length: DIGITS }, () => randomInt(10)).join(''),
    pictureSeed: randomInt(2 ** 31),
  };
}

function drawQuestion(): PopupChallenge {
  const [a, b] = [randomInt(1, 6), randomInt(1, 6)];
  const right = a + b;
  const options = new Set([right]);
  while (options.size < 4) options.add(randomInt(2, 13));
  return {
    kind: 'QUESTION',
    prompt: { zh: `${ZH_NUMBERS[a] ?? a}加${ZH_NUMBERS[b] ?? b}等于几？`, en: `What is ${a} plus ${b}?` },
    options: [...options].sort(() => randomInt(2) - 0.5).map(String),
    expected: String(right),
    pictureSeed: 0,
  };
}

/** Strokes of the digits 0…9 on a 10×16 field. */
const STROKES = [
  'M2 5Q2 1 5 1T8 5V11Q8 15 5 15T2 11Z',
  'M3 4L6 1V15M3 15H9',
  'M2 4Q2 1 5 1T8 5Q8 8 2 15H8',
  'M2 2Q8 -1 8 4Q8 8 4 8Q8 8 8 12Q8 16 2 14',
  'M6 1L1 10H9M7 6V15',
  'M8 1H3L2 8Q8 5 8 11Q8 16 2 14',
  'M7 1Q2 5 2 11Q2 15 5 15T8 11Q8 8 5 8T2 11',
  'M1 1H8L4 15',
  'M5 8Q2 7 2 4T5 1T8 4T5 8Q1 9 1 12T5 15T9 12T5 8',
  'M8 5Q8 8 5 8T2 5Q2 1 5 1T8 5Q8 11 4 15',
] as const;

/** The digits as an SVG drawing, bent and crossed a little; the same seed gives the same picture. */
export function drawDigits(digits: string, seed: number): string {
  const random = generator(seed);
  const between = (lo: number, hi: number): number => Math.round((lo + random() * (hi - lo)) * 10) / 10;
  const glyphs = [...digits].map((digit, index) => {
    const transform = `translate(${between(14, 22) + index * 38} ${between(8, 16)}) rotate(${between(-14, 14)}) scale(${between(2.6, 3.2)} ${between(2.6, 3.2)})`;
    return `<path transform="${transform}" d="${STROKES[Number(digit)] ?? ''}" stroke-width="${between(1, 1.6)}"/>`;
  });
  const noise = Array.from({ length: 4 }, () => `<path d="M${between(0, 170)} ${between(0, 70)}Q${between(0, 170)} ${between(0, 70)} ${between(0, 170)} ${between(0, 70)}" stroke-width="1" opacity=".45"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 172 72" width="258" height="108" role="img" aria-label="4 digits"><rect width="172" height="72" fill="#f4f6fb"/><g fill="none" stroke="#1f3a93" stroke-linecap="round" stroke-linejoin="round">${[...glyphs, ...noise].join('')}</g></svg>`;
}

/** Mulberry32: small and reproducible, for drawing only. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
