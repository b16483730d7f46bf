/** What is done to frames before they reach the judge: by an honest camera, or by someone who would deceive it. */
import sharp from 'sharp';
import { seeded } from './statistics.mjs';

const BACKDROP = 120;

/** JPEG as the SDK makes it. */
export function jpeg({ data, width, height }, quality = 70) {
  return sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 3 } }).jpeg({ quality }).toBuffer();
}

/** Draws `image` through `source`, which gives for a pixel of the new picture where it comes from in the old one. */
export function drawn(image, source) {
  const { data, width, height } = image;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [px, py] = source(x, y);
      const to = (y * width + x) * 3;
      if (px < 0 || py < 0 || px > width - 1.001 || py > height - 1.001) {
        out.fill(BACKDROP, to, to + 3);
        continue;
      }
      const left = Math.floor(px);
      const top = Math.floor(py);
      const [fx, fy] = [px - left, py - top];
      const at = (top * width + left) * 3;
      const below = at + width * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = data[at + channel] * (1 - fx) + data[at + 3 + channel] * fx;
        const lower = data[below + channel] * (1 - fx) + data[below + 3 + channel] * fx;
        out[to + channel] = Math.round(upper * (1 - fy) + lower * fy);
      }
    }
  }
  return { data: out, width, height };
}

/** Nearly normal, of standard deviation 1; each frame begins elsewhere in it. */
const GRAIN = Float32Array.from({ length: 2 ** 20 }, grainSource());

function grainSource() {
  const random = seeded(5);
  return () => (random() + random() + random() + random() - 2) * 1.73;
}

/** Brightness, and grain of a cheap sensor (standard deviation in grey levels). */
export function exposed({ data, width, height }, { gain = 1, noise = 0 }, random) {
  const out = new Uint8ClampedArray(data.length);
  const start = Math.floor(random() * GRAIN.length);
  for (let at = 0; at < data.length; at += 1) out[at] = data[at] * gain + GRAIN[(start + at) % GRAIN.length] * noise;
  return { data: out, width, height };
}

/** Shift in pixels, tilt in radians and scale about the middle. */
export function shifted({ width, height }, { dx = 0, dy = 0, tilt = 0, scale = 1 }) {
  const cos = Math.cos(tilt) / scale;
  const sin = Math.sin(tilt) / scale;
  const [cx, cy] = [width / 2, height / 2];
  return (x, y) => [cx + cos * (x - cx - dx) + sin * (y - cy - dy), cy - sin * (x - cx - dx) + cos * (y - cy - dy)];
}

/** A flat picture turned by `yaw` and `pitch` (radians) about its middle, seen by a camera `distance` pixels away. */
export function swung({ width, height }, { yaw = 0, pitch = 0, distance = 500, dx = 0, dy = 0 }) {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return (x, y) => {
    const [u, v] = [x - width / 2 - dx, y - height / 2 - dy];
    // The point (p, q) of the picture lies at (p·cy + q·sy·sp, q·cp, q·cy·sp − p·sy) and is seen at distance/(distance + z).
    const [a, b] = [distance * cy + u * sy, distance * sy * sp - u * cy * sp];
    const [c, d] = [v * sy, distance * cp - v * cy * sp];
    const determinant = a * d - b * c;
    return [width / 2 + (distance * (u * d - v * b)) / determinant, height / 2 + (distance * (v * a - u * c)) / determinant];
  };
}
